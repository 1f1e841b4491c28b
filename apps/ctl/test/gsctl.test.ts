import { createServer } from 'node:net';
import type { Provider } from '@group-services/client';
import { describe, expect, onTestFinished } from 'vitest';
import { Domain } from './domain.js';
import { bytes, gsctl, joined, jsonOf, ran, test } from './support.js';

async function removedReason(provider: Provider): Promise<string | undefined> {
  for await (const event of provider) if (event.type === 'removed') return event.reason;
  return undefined;
}

describe('a daemon', () => {
  test('tells its status', async ({ domain }) => {
    const endpoint = domain.endpoint('n1');
    const provider = await joined(endpoint, 'seen', 'a');
    await provider.changeState(bytes('{"total":7}'));
    const { status, output, errors } = await ran(['status', '--endpoint', endpoint]);
    expect({ status, errors }).toEqual({ status: 0, errors: '' });
    expect(output).toMatch(/^node +n1$/mu);
    expect(output).toMatch(/^name server +connected to tcp:\S+, epoch \d+$/mu);
    expect(output).toMatch(/^ +seen +leader +n1 +1 +11 B +/mu);
    expect(output).toMatch(/^ +\d+ +tester +1$/mu);
    expect(await jsonOf(['status', '--endpoint', endpoint])).toMatchObject({
      endpoint,
      node: 'n1',
      domain: 'default',
      stopping: false,
      nameServer: { connected: true },
      groups: expect.arrayContaining([
        expect.objectContaining({ group: 'seen', role: 'leader', providers: ['n1/a'] }),
      ]),
      clients: expect.arrayContaining([expect.objectContaining({ name: 'tester', handles: 1 })]),
    });
  });

  test('is found through the environment', async ({ domain }) => {
    const env = { GROUP_SERVICES_ENDPOINT: domain.endpoint('n2') };
    expect((await ran(['status'], env)).output).toMatch(/^node +n2$/mu);
  });

  test('tells the nodes of the domain', async ({ domain }) => {
    const args = ['nodes', '--endpoint', domain.endpoint('n1')];
    const { status, output } = await ran(args);
    expect(status).toBe(0);
    expect(output).toMatch(/^n1 \(this node\) +fresh +- +tcp:/mu);
    expect(output).toMatch(/^n2 +fresh +.+ +tcp:/mu);
    expect(await jsonOf(args)).toMatchObject({
      nameServer: true,
      nodes: [
        { node: 'n1', isSelf: true, alive: true },
        { node: 'n2', isSelf: false, alive: true },
      ],
    });
  });
});

describe('a name server', () => {
  test('tells its status, and does not step down for nobody', async ({ domain }) => {
    const admin = ['--admin', domain.nameServerAdmin];
    const found = await jsonOf(['name-server', 'status', ...admin]);
    expect(found).toMatchObject([{ status: { domain: 'default', nodesAlive: 2 } }]);
    const { status, errors } = await ran(['name-server', 'step-down', ...admin]);
    expect(status).toBe(1);
    expect(errors).toContain('the only one of its store');
    const away = await ran(['name-server', 'status', '--admin', 'http://127.0.0.1:1']);
    expect(away).toMatchObject({ status: 3, output: expect.stringContaining('not reached') });
  });
});

describe('groups', () => {
  test('are listed', async ({ domain }) => {
    await joined(domain.endpoint('n1'), 'listed', 'a');
    const args = ['groups', '--endpoint', domain.endpoint('n2')];
    const { status, output } = await ran(args);
    expect(status).toBe(0);
    expect(output).toMatch(/^GROUP +LEADER +DAEMONS +PROVIDERS +ROLE OF N2$/mu);
    expect(output).toMatch(/^listed +n1 +1 +- +-$/mu);
    expect(await jsonOf(args)).toContainEqual({ group: 'listed', leader: 'n1', daemons: 1 });
  });

  test.for(['n1', 'n2'] as const)('are shown by %s', async (node, { domain }) => {
    const group = `shown by ${node}`;
    const provider = await joined(domain.endpoint('n1'), group, 'a');
    await provider.changeState(bytes('seven'));
    const args = ['group', group, '--endpoint', domain.endpoint(node)];
    const { status, output } = await ran(args);
    expect(status).toBe(0);
    expect(output).toMatch(new RegExp(`^group +${group}$`, 'mu'));
    expect(output).toMatch(node === 'n1' ? /^leader +n1 \(this node\)$/mu : /^leader +n1$/mu);
    expect(output).toMatch(/^state value +5 B$/mu);
    expect(output).toMatch(/^ +1 +n1\/a$/mu);
    expect(await jsonOf(args)).toMatchObject({
      group,
      node,
      listed: { leader: 'n1' },
      here: { leader: 'n1', providers: ['n1/a'], stateBytes: 5, viewVersion: 1 },
    });
  });

  test('that nobody provides are refused', async ({ domain }) => {
    const { status, output, errors } = await ran([
      ...['group', 'nowhere', '--endpoint', domain.endpoint('n1')],
    ]);
    expect({ status, output }).toEqual({ status: 1, output: '' });
    expect(errors).toBe('gsctl: nobody provides group nowhere; gsctl groups lists all');
  });
});

describe('group reset', () => {
  test.for(['n1', 'n2'] as const)('starts a group anew through %s', async (node, { domain }) => {
    const group = `reset through ${node}`;
    const provider = await joined(domain.endpoint('n1'), group, 'a');
    await provider.changeState(bytes('old'));
    const endpoint = domain.endpoint(node);
    const watch = gsctl(['watch', group, '--json', '--endpoint', domain.endpoint('n2')]);
    await watch.line(/"snapshot"/u);
    const ended = removedReason(provider);
    const args = ['group', 'reset', group, '--yes', '--endpoint', endpoint];
    expect(await ran(args)).toMatchObject({
      status: 0,
      output: `Group ${group} is given up; the next join starts it anew.`,
    });
    expect(await ended).toBe('group-lost');
    await watch.line(/"dissolved"/u);
    const again = await joined(domain.endpoint('n2'), group, 'b');
    expect(again.stateValue).toBeUndefined();
    expect(again.view.providers).toEqual(['n2/b']);
  });

  test('asks first, and nobody is there to answer', async ({ domain }) => {
    const endpoint = domain.endpoint('n1');
    const provider = await joined(endpoint, 'asked about', 'a');
    const { status, errors } = await ran(['group', 'reset', 'asked about', '--endpoint', endpoint]);
    expect(status).toBe(2);
    expect(errors).toContain('say --yes if you mean it');
    expect(provider.view.providers).toEqual(['n1/a']);
  });

  test('refuses a group that nobody provides', async ({ domain }) => {
    const args = ['group', 'reset', 'nowhere', '--yes', '--endpoint', domain.endpoint('n1')];
    const { status, output, errors } = await ran(args);
    expect({ status, output }).toEqual({ status: 1, output: '' });
    expect(errors).toBe('gsctl: cannot reset group nowhere: there is no group nowhere');
  });
});

describe('watch', () => {
  test.for(['n1', 'n2'] as const)('shows changes through %s', async (node, { domain }) => {
    const group = `watched through ${node}`;
    const args = ['watch', group, '--endpoint', domain.endpoint(node)];
    const forPeople = gsctl(args);
    const forPrograms = gsctl([...args, '--json']);
    await forPeople.line(/^Watching group/u);
    const first = await joined(domain.endpoint('n1'), group, 'a');
    await forPeople.line(/snapshot +view 1: n1\/a; state none/u);
    await forPrograms.line(/"snapshot"/u);
    await joined(domain.endpoint('n1'), group, 'b');
    await first.changeState(bytes('{"total":7}'));
    await first.changeState(new Uint8Array([0xff]));
    await forPeople.line(/state +base64:\/w== +\[state \S+ by n1\/a\]$/u);
    await forPrograms.line(/base64/u);
    for (const watch of [forPeople, forPrograms]) watch.signal('SIGINT');
    const [people, programs] = await Promise.all([forPeople.ended, forPrograms.ended]);
    expect(people.status).toBe(0);
    expect(people.output).toMatch(
      /membership +\+n1\/b; view 2: n1\/a, n1\/b +\[join \S+ by n1\/b\]$/mu,
    );
    expect(people.output).toMatch(/state +\{"total":7\} +\[state \S+ by n1\/a\]$/mu);
    expect({ status: programs.status, errors: programs.errors }).toEqual({ status: 0, errors: '' });
    const events = programs.output.split('\n').map((line): unknown => JSON.parse(line));
    expect(events).toMatchObject([
      { type: 'snapshot', group, view: { providers: ['n1/a'] }, stateValue: null },
      { type: 'membership', joined: ['n1/b'], left: [] },
      { type: 'state', stateValue: { text: '{"total":7}' }, previous: null },
      { type: 'state', stateValue: { base64: '/w==' }, previous: { text: '{"total":7}' } },
    ]);
  });

  test('ends in peace when nobody reads any more', async ({ domain }) => {
    const watch = gsctl(['watch', 'unread', '--endpoint', domain.endpoint('n1')]);
    await watch.line(/^Watching group/u);
    watch.stopReading();
    await joined(domain.endpoint('n1'), 'unread', 'a');
    expect(await watch.ended).toMatchObject({ status: 0 });
  });

  test('says that the daemon is lost', async () => {
    await using domain = await Domain.start();
    const endpoint = domain.endpoint('n1');
    const watch = gsctl(['watch', 'lost', '--json', '--endpoint', endpoint]);
    await joined(domain.endpoint('n2'), 'lost', 'a');
    await watch.line(/"snapshot"/u);
    await domain.kill('n1');
    const { status, output, errors } = await watch.ended;
    expect(status).toBe(3);
    expect(output).toContain('"reason":"connection-lost"');
    const message = `lost the daemon at ${endpoint}. Is gsd still running there?`;
    expect(JSON.parse(errors)).toEqual({ error: { status: 3, message } });
  });
});

describe('doctor', () => {
  test('looks at what is reached, and says what is not', async ({ domain }) => {
    const at = ['--endpoint', domain.endpoint('n1'), '--json'];
    const { status, output } = await ran(['doctor', '--also', 'http://127.0.0.1:1', ...at]);
    expect(status).toBe(1);
    const { looked, findings } = JSON.parse(output) as {
      readonly looked: readonly string[];
      readonly findings: readonly { readonly where: string; readonly what: string }[];
    };
    expect(looked).toEqual(['the daemon of n1', 'http://127.0.0.1:1']);
    const where = findings.map((one) => one.where);
    expect(where).toContain('http://127.0.0.1:1');
    expect(findings.filter(({ what }) => what.includes('not reached'))).toHaveLength(1);
  });
});

describe('gsctl', () => {
  test('says at which endpoint nobody answers', async ({ domain }) => {
    const endpoint = `unix://${domain.path('nobody.sock')}`;
    const commands = [['status'], ['nodes'], ['groups'], ['group', 'x'], ['watch', 'x']];
    const endings = commands.map((command) => ran([...command, '--endpoint', endpoint]));
    for (const { status, output, errors } of await Promise.all(endings)) {
      expect({ status, output }).toEqual({ status: 3, output: '' });
      expect(errors).toMatch(/^gsctl: cannot reach the daemon at unix:.*nobody\.sock: .*ENOENT/u);
      expect(errors).toContain('gsctl --endpoint ADDRESS');
    }
  });

  test('does not wait for a daemon that says nothing', async ({ domain }) => {
    const path = domain.path('silent.sock');
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(() => void server.close());
    const { status, errors } = await ran(['status', '--endpoint', `unix://${path}`]);
    expect(status).toBe(3);
    expect(errors).toMatch(/^gsctl: cannot reach the daemon at unix:.*silent\.sock: /u);
  });

  test.for([
    [],
    ['physician', 'x'],
    ['status', 'x'],
    ['state', 'put', 'x'],
    ['group'],
    ['status', '--bogus'],
    ['status', '--endpoint', 'udp://localhost:1'],
  ])('refuses %j as misuse', async (args) => {
    const { status, output, errors } = await ran(args);
    expect({ status, output }).toEqual({ status: 2, output: '' });
    expect(errors).toMatch(/^Try gsctl( \w+)* --help\.$/mu);
  });

  test('tells programs of errors as JSON', async ({ domain }) => {
    const at = ['--endpoint', domain.endpoint('n1'), '--json'];
    for (const [args, status, message] of [
      [['group', 'nowhere', ...at], 1, 'nobody provides group nowhere; gsctl groups lists all'],
      [['group', ...at], 2, 'the name of a group is missing; the form is: gsctl group NAME'],
    ] as const) {
      const ending = await ran(args);
      expect(ending).toMatchObject({ status, output: '' });
      expect(JSON.parse(ending.errors)).toMatchObject({ error: { status, message } });
    }
  });

  test('has help and a version', async () => {
    expect(await ran(['--help'])).toMatchObject({ status: 0, errors: '' });
    expect((await ran(['help', 'state', 'set'])).output).toMatch(/^Usage: gsctl state set/u);
    expect(await ran(['--version'])).toMatchObject({ status: 0, output: '0.1.0' });
  });
});
