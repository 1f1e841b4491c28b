import { spawn } from 'node:child_process';
import { describe, expect, onTestFinished } from 'vitest';
import { built } from './child.js';
import { gsctl, joined, jsonOf, ran, test } from './support.js';

/** Several programs, one after another. */
const PATIENT = { timeout: 180_000 };

/** On a terminal of its own, as a person has one; gives what was written to it. */
function onTerminal(args: readonly string[]) {
  // `exec`: a shell that stays between the terminal and gsctl is interrupted as well, and tells its own status.
  const command = ['exec', process.execPath, built('ctl', 'gsctl.js'), ...args].join(' ');
  const child = spawn('script', ['-qfec', command, '/dev/null'], { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  let written = '';
  let changed = (): void => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text;
    changed();
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const shows = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      // Generous: it is only ever reached by a test that fails.
      const limit = setTimeout(() => reject(new Error(`no ${text} in ${written}`)), 30_000);
      changed = () => {
        if (!written.includes(text)) return;
        clearTimeout(limit);
        resolve();
      };
      changed();
    });
  return { ended, shows, type: (text: string) => child.stdin.write(text), written: () => written };
}

describe('top', () => {
  test('fills a terminal until Ctrl-C, and gives it back', PATIENT, async ({ domain }) => {
    await joined(domain.endpoint('n1'), 'shown on top', 'a');
    const top = onTerminal(['top', '--interval', '100ms', '--endpoint', domain.endpoint('n1')]);
    await top.shows('shown on top');
    expect(top.written()).toContain('\u001b[?1049h');
    top.type('\u0003');
    expect(await top.ended).toBe(0);
    expect(top.written().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
  });

  test('gives it back when the daemon dies', PATIENT, async ({ domain }) => {
    await domain.startDaemon('n3');
    const top = onTerminal(['top', '--interval', '100ms', '--endpoint', domain.endpoint('n3')]);
    await top.shows('groups: none');
    await domain.kill('n3');
    expect(await top.ended).toBe(3);
    expect(top.written()).toMatch(/\[\?1049l(?!.*\[\?1049h).*gsctl: (?:lost|cannot reach)/su);
  });

  test('prints one picture without a terminal', PATIENT, async ({ domain }) => {
    await joined(domain.endpoint('n1'), 'pictured', 'a');
    const args = ['top', '--interval', '100ms', '--endpoint', domain.endpoint('n1')];
    const { status, output } = await ran(args);
    expect(status).toBe(0);
    expect(output).toMatch(/^pictured +leader +n1 +1 +\d+ +\d+ B$/mu);
    expect(output).not.toContain('\u001b');
    expect(await jsonOf(args)).toMatchObject({
      node: 'n1',
      groups: expect.arrayContaining([expect.objectContaining({ group: 'pictured' })]),
      processes: expect.arrayContaining([expect.objectContaining({ name: 'tester' })]),
    });
  });
});

describe('watch', () => {
  test('$nodes tells of daemons that come and go', PATIENT, async ({ domain }) => {
    const watch = gsctl(['watch', '$nodes', '--json', '--endpoint', domain.endpoint('n1')]);
    await watch.line(/"type":"snapshot".*"providers":\[.*"n2\/\d+".*"version":"\d/u);
    await domain.startDaemon('n4');
    await watch.line(/"type":"membership".*"joined":\["n4\/\d+"\]/u);
    domain.daemon('n4').signal('SIGTERM');
    await watch.line(/"left":\[\{"provider":"n4\/\d+","reason":"goodbye"/u);
    watch.signal('SIGTERM');
    expect((await watch.ended).status).toBe(0);
  });
});

describe('bench', () => {
  test(
    'measures the domain beside the loopback, and leaves nothing',
    PATIENT,
    async ({ domain }) => {
      const at = ['--endpoint', domain.endpoint('n1')];
      const found = await jsonOf([
        'bench',
        '--seconds',
        '1',
        '--peer',
        domain.endpoint('n2'),
        ...at,
      ]);
      expect(found).toMatchObject({ nodes: ['n1', 'n2'], seconds: 1 });
      const { results } = found as { readonly results: readonly { what: string; count: number }[] };
      expect(results.map(({ what }) => what)).toEqual([
        'loopback, one by one',
        'loopback, 256 at once',
        'message, agreed',
        'message, safe',
        'messages, 256 at once',
        'barrier of all',
      ]);
      for (const { count } of results) expect(count).toBeGreaterThan(0);
      const processes = (await jsonOf(['clients', ...at])) as { clients: { name: string }[] };
      expect(processes.clients.map(({ name }) => name)).not.toContain('gsctl bench');
    },
  );
});

test('votes says who slows the group down, and of whom it knows', PATIENT, async ({ domain }) => {
  await joined(domain.endpoint('n1'), 'not slow', 'a');
  const at = ['--endpoint', domain.endpoint('n1'), '--also', 'http://127.0.0.1:1'];
  expect(await jsonOf(['votes', 'not slow', ...at])).toMatchObject({
    group: 'not slow',
    slowedBy: { pressing: [], asked: ['n1'], unreached: [{ at: 'http://127.0.0.1:1' }] },
  });
});
