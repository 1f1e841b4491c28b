import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { JSON_ERROR, outputOf } from '../src/json/outputs.js';
import { joined, jsonOf, ran, test } from './support.js';

/** Many programs, one after another; `jsonOf` compares each output with its schema. */
const PATIENT = { timeout: 180_000 };

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gsctl-json-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('what --json prints is what docs/json says', () => {
  test('of groups and what is proposed to them', PATIENT, async ({ domain }) => {
    const at = ['--endpoint', domain.endpoint('n1')];
    await joined(domain.endpoint('n1'), 'as json', 'a');
    await joined(domain.endpoint('n2'), 'as json', 'b');
    for (const words of [
      ['state', 'set', 'as json', 'v'],
      ['state', 'get', 'as json'],
      ['send', 'as json', 'v'],
      ['barrier', 'as json'],
      ['votes', 'as json'],
      ['group', 'as json'],
      ['groups'],
      ['expel', 'as json', 'n2/b'],
      ['group', 'reset', 'as json', '--yes'],
    ]) {
      await jsonOf([...words, ...at]);
    }
  });

  test('of daemons', PATIENT, async ({ domain }) => {
    const at = ['--endpoint', domain.endpoint('n1')];
    const file = join(await newFolder(), 'dump.json.gz');
    for (const words of [['status'], ['nodes'], ['clients'], ['dump', '--out', file]]) {
      await jsonOf([...words, ...at]);
    }
    const doctor = await ran(['doctor', '--json', ...at]);
    expect(outputOf(['doctor'])?.safeParse(JSON.parse(doctor.output)).success).toBe(true);
  });

  test(
    'of the processes of two nodes, and of one that is not reached',
    PATIENT,
    async ({ domain }) => {
      await joined(domain.endpoint('n2'), 'two nodes', 'here');
      const ready = JSON.parse(await domain.daemon('n2').line(/"ready":true/u)) as {
        admin: string;
      };
      const also = ['--also', ready.admin, '--also', 'http://127.0.0.1:1'];
      const found = await jsonOf(['clients', '--endpoint', domain.endpoint('n1'), ...also]);
      expect(found).toMatchObject({
        node: 'n1',
        others: [
          {
            node: 'n2',
            clients: expect.arrayContaining([expect.objectContaining({ name: 'tester' })]),
          },
          { url: 'http://127.0.0.1:1', error: expect.stringContaining('cannot reach') },
        ],
      });
    },
  );

  test('of certificates and tokens', PATIENT, async () => {
    const folder = await newFolder();
    const out = ['--out', folder];
    await jsonOf(['certs', 'init', ...out]);
    await jsonOf(['certs', 'issue', 'node', 'n1', ...out]);
    await jsonOf(['certs', 'issue', 'name-server', ...out]);
    await jsonOf(['certs', 'issue', 'client', 'web', ...out]);
    await jsonOf(['certs', 'show', join(folder, 'n1.crt')]);
    await jsonOf(['certs', 'revoke', join(folder, 'n1.crt'), '--ca', folder]);
    const { output } = await ran(['token', 'new', '--principal', 'web', '--json']);
    expect(outputOf(['token', 'new'])?.parse(JSON.parse(output))).toEqual(JSON.parse(output));
  });

  test('of errors', PATIENT, async ({ domain }) => {
    const at = ['--endpoint', domain.endpoint('n1'), '--json'];
    for (const words of [['group'], ['group', 'nowhere'], ['nodes', 'drain', 'nobody']]) {
      const { status, output, errors } = await ran([...words, ...at]);
      const error: unknown = JSON.parse(errors);
      expect(JSON_ERROR.parse(error)).toEqual(error);
      expect({ status, output }).toMatchObject({
        output: '',
        status: JSON_ERROR.parse(error).error.status,
      });
    }
  });
});
