import { describe, expect, onTestFinished, test } from 'vitest';
import { Domain } from './domain.js';
import { joined, ran } from './support.js';

const LEASE = ['--lease', '1s'];
/** Many programs, one after another. */
const PATIENT = { timeout: 180_000 };

async function domainWith(
  nameServer: readonly string[],
  daemons: readonly string[] = [],
): Promise<Domain> {
  const domain = await Domain.start(nameServer, daemons);
  onTestFinished(() => domain[Symbol.asyncDispose]());
  return domain;
}

/** Runs until it succeeds; gives the failures before. */
async function untilDone(args: readonly string[]): Promise<readonly string[]> {
  const failures: string[] = [];
  for (;;) {
    const { status, errors } = await ran(args);
    if (status === 0) return failures;
    expect(status).toBe(1);
    failures.push(errors);
  }
}

/** The daemons of a group are killed together; n3 is another node, as a container started anew is. */
async function replaced(daemons: readonly string[] = []): Promise<Domain> {
  const domain = await domainWith(['--fresh', ...LEASE], daemons);
  for (const node of ['n1', 'n2']) await joined(domain.endpoint(node), 'billing', node);
  for (const node of ['n1', 'n2']) domain.daemon(node).signal('SIGKILL');
  await domain.startDaemon('n3', daemons);
  return domain;
}

describe('all daemons of a group are gone for good', () => {
  test(
    'who joins, gsctl and both logs say for whom the group waits, until they are forgotten',
    PATIENT,
    async () => {
      const domain = await replaced();
      const endpoint = domain.endpoint('n3');
      const at = ['--endpoint', endpoint];
      const why =
        /waits for nodes .*n\d \(heard \d+ s ago\).*gsctl nodes forget NODE.*group reset billing/su;
      await expect(joined(endpoint, 'billing', 'c', { timeout: 3_000 })).rejects.toThrow(why);
      await domain.daemon('n3').line(/the group waits for nodes that are away/u);
      await domain.nameServer.line(/group-waits-for-nodes/u);
      for (const command of ['group', 'votes']) {
        expect(await ran([command, 'billing', ...at])).toMatchObject({
          status: 0,
          output: expect.stringMatching(why),
        });
      }
      const joining = joined(endpoint, 'billing', 'c');
      const failures = [
        ...(await untilDone(['nodes', 'forget', 'n1', ...at])),
        ...(await untilDone(['nodes', 'forget', 'n2', ...at])),
      ];
      for (const failure of failures) expect(failure).toContain('may be alive');
      expect((await joining).view.providers).toEqual(['n3/c']);
      const { output } = await ran(['nodes', ...at]);
      expect(output).toMatch(/^n3 \(this node\)/mu);
      expect(output).not.toMatch(/^n[12] /mu);
    },
  );

  test('ephemeral ones are not waited for', async () => {
    const domain = await replaced(['--ephemeral']);
    const provider = await joined(domain.endpoint('n3'), 'billing', 'c', { timeout: 20_000 });
    expect(provider.view.providers).toEqual(['n3/c']);
  });

  test('a living node is not forgotten, nor one that nobody knows', async () => {
    const domain = await domainWith(['--fresh']);
    const at = ['--endpoint', domain.endpoint('n1')];
    const living = await ran(['nodes', 'forget', 'n2', ...at]);
    expect(living).toMatchObject({ status: 1, errors: expect.stringContaining('n2 is alive') });
    const unknown = await ran(['nodes', 'forget', 'n9', ...at]);
    expect(unknown).toMatchObject({ status: 1, errors: expect.stringContaining('no node n9') });
  });

  test('one that was forgotten and lives after all ends, and says why', PATIENT, async () => {
    const domain = await domainWith(['--fresh', ...LEASE]);
    domain.daemon('n2').signal('SIGSTOP');
    await untilDone(['nodes', 'forget', 'n2', '--endpoint', domain.endpoint('n1')]);
    domain.daemon('n2').signal('SIGCONT');
    const { status, errors } = await domain.daemon('n2').ended;
    expect(status).toBe(1);
    expect(errors).toContain('given up by an operator (gsctl nodes forget)');
    await domain.startDaemon('n2');
    const provider = await joined(domain.endpoint('n2'), 'new', 'a');
    expect(provider.view.providers).toEqual(['n2/a']);
  });
});

describe('while the name server recovers', () => {
  test('nothing is said to be missing', PATIENT, async () => {
    const domain = await domainWith(['--fresh']);
    await joined(domain.endpoint('n1'), 'kept', 'a');
    domain.nameServer.signal('SIGKILL');
    await domain.nameServer.ended;
    await domain.startNameServer(['--recovery-window', '60s']);
    const at = ['--endpoint', domain.endpoint('n2')];
    // Until the daemon has dialled again it says that it has no connection; never that there is nothing.
    for (let told = ''; !told.includes('recovers'); ) {
      const { status, errors } = await ran(['groups', ...at]);
      expect(status).toBe(1);
      told = errors;
    }
    for (const command of [
      ['groups'],
      ['group', 'kept'],
      ['group', 'reset', 'kept', '--yes'],
      ['nodes', 'forget', 'n9'],
    ]) {
      const { status, output, errors } = await ran([...command, ...at]);
      expect({ status, output }).toEqual({ status: 1, output: '' });
      expect(errors).toMatch(/recovers after a restart .* for \d+\.\d s more/u);
    }
    const { output: nodes } = await ran(['nodes', ...at]);
    expect(nodes).toMatch(/There may be more nodes: the name server recovers/u);
    const { output: votes } = await ran(['votes', 'kept', ...at]);
    expect(votes).toContain('the name server recovers');
  });
});

describe('names', () => {
  test('that look like paths or options can be asked for', PATIENT, async () => {
    const domain = await domainWith(['--fresh']);
    for (const group of ['.', '..', '-x', '--json']) {
      await joined(domain.endpoint('n1'), group, 'a');
      for (const [node, command] of [
        ['n1', 'group'],
        ['n2', 'votes'],
      ] as const) {
        const args = [command, '--endpoint', domain.endpoint(node), '--', group];
        const { status, output } = await ran(args);
        expect({ command, status }).toEqual({ command, status: 0 });
        expect(output).toMatch(new RegExp(`^group +${group.replaceAll('.', '\\.')}$`, 'mu'));
      }
    }
  });

  test('that begin with a dash get a hint', async () => {
    const { status, errors } = await ran(['group', '-x']);
    expect(status).toBe(2);
    expect(errors).toContain('gsctl group … -- -x');
  });
});
