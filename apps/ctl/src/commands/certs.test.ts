import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from '@group-services/transport/tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../command/run.js';
import { COMMANDS } from './all.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gsctl-certs-'));
  await ran('certs', 'init', '--domain', 'shop', '--out', folder);
});
afterAll(() => rm(folder, { recursive: true }));

async function ran(...argv: string[]) {
  const printed: string[] = [];
  const remarks: string[] = [];
  const status = await runCommand({
    commands: COMMANDS,
    version: '1.2.3',
    argv,
    env: {},
    io: {
      stdin: process.stdin,
      print: async (text) => void printed.push(text),
      remark: (line) => void remarks.push(line),
      progress: () => {},
      terminal: undefined,
      isTerminal: false,
      stopped: () => new AbortController().signal,
    },
  });
  return { status, text: printed.join('\n'), remarks: remarks.join('\n') };
}

const issue = (...more: string[]) => ran('certs', 'issue', ...more, '--out', folder, '--json');

describe('certs', () => {
  it('never replaces an authority, and keeps its key from others', async () => {
    expect((await stat(join(folder, 'ca.key'))).mode & 0o777).toBe(0o600);
    const again = await ran('certs', 'init', '--domain', 'shop', '--out', folder);
    expect(again).toMatchObject({ status: 1, remarks: expect.stringMatching(/never replaced/u) });
  });

  it.each([
    [['node', 'n1'], 'group-services://shop/node/n1', 'n1'],
    [['name-server'], 'group-services://shop/name-server', 'name-server'],
    [['client', 'billing'], 'group-services://shop/client/billing', 'billing'],
  ])('issues what stands for %j', async (words, uri, file) => {
    const { status, text } = await issue(...words, '--host', 'x.example', '--days', '10');
    expect(status).toBe(0);
    const facts = JSON.parse(text);
    expect(facts).toMatchObject({ standsFor: [uri], daysLeft: 9, isAuthority: false });
    expect(facts.hosts).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', 'x.example']));
    expect((await stat(join(folder, `${file}.key`))).mode & 0o777).toBe(0o600);
    const shown = await ran('certs', 'show', join(folder, `${file}.crt`));
    expect(shown.text).toMatch(new RegExp(`^stands for +${uri}$`, 'mu'));
  });

  it('takes certificates back, and keeps those of before in the list', async () => {
    await issue('node', 'n8');
    await issue('node', 'n9');
    const revoke = (name: string) =>
      ran('certs', 'revoke', join(folder, `${name}.crt`), '--ca', folder, '--json');
    expect(JSON.parse((await revoke('n8')).text)).toMatchObject({ revoked: 1 });
    expect(JSON.parse((await revoke('n9')).text)).toMatchObject({ revoked: 2 });
    const read = (name: string) => readFile(join(folder, name), 'utf8');
    const [ca, cert, key, crl] = await Promise.all(
      ['ca.crt', 'n9.crt', 'n9.key', 'ca.crl'].map(read),
    );
    expect(() => prepare({ ca, cert, key, crl })).not.toThrow();
  });

  it('says what is wrong', async () => {
    expect((await ran('certs', 'show', join(folder, 'ca.key'))).remarks).toMatch(
      /is no certificate/u,
    );
    const elsewhere = await ran('certs', 'issue', 'node', 'n1', '--ca', join(folder, 'none'));
    expect(elsewhere).toMatchObject({
      status: 1,
      remarks: expect.stringMatching(/cannot read .*ca\.crt/u),
    });
    expect(await issue('client', 'a/b')).toMatchObject({ status: 2 });
  });
});

describe('token new', () => {
  it('gives the token to the one and its hash to the other', async () => {
    const { status, text, remarks } = await ran('token', 'new', '--principal', 'ops');
    expect(status).toBe(0);
    expect(text).toMatch(/^[\w-]{43}$/u);
    expect(remarks).toMatch(/^- \{ token-sha256: "[0-9a-f]{64}", principal: ops \}$/u);
    expect(remarks).not.toContain(text);
  });

  it('wants to know whose it is', async () => {
    expect(await ran('token', 'new')).toMatchObject({ status: 2 });
  });
});
