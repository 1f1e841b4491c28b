import { type Ballot, keepVoting, RejectedError, reject } from '@group-services/client';
import { expect } from 'vitest';
import { within } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes, join, listsAre, subscribe, text } from './harness/watched.js';

test('M18 M19 M20: a rollout is vetoed, then accepted with a rider', async ({ domain }) => {
  const attributes = { defaultVote: 'reject' } as const;
  const one = await join(await domain.connect('n1'), 'rollout', { attributes, instance: 'a' });
  const asked: Ballot[] = [];
  const two = await join(await domain.connect('n2'), 'rollout', {
    instance: 'b',
    vote: (ballot) => {
      asked.push(ballot);
      const isBad = text(ballot.proposedStateValue) === 'bad';
      if (isBad) return reject({ message: bytes('not this one') });
      return ballot.phase === 1 ? keepVoting({ stateValue: bytes('better') }) : 'approve';
    },
  });
  const watcher = await subscribe(await domain.connect('n3'), 'rollout');

  const vetoed = await one.handle.changeState(bytes('bad'), { phases: 'voting' });
  expect(vetoed).toMatchObject({
    outcome: 'rejected',
    kind: 'state',
    phases: 1,
    causes: [{ code: 'voted', value: 'reject', provider: 'n2/b' }],
    stateValue: undefined,
  });
  expect(vetoed.messages.map(({ from, message }) => [from, text(message)])).toEqual([
    ['n2/b', 'not this one'],
  ]);
  for (const member of [one, two]) {
    const rejected = await member.next('rejected');
    expect(rejected.position).toBe(vetoed.position);
    expect(text(rejected.proposedStateValue)).toBe('bad');
    expect(member.texts).toEqual(['not this one']);
  }

  const accepted = await one.handle.changeState(bytes('good'), { phases: 'voting' });
  expect(accepted).toMatchObject({ outcome: 'approved', phases: 2, causes: [] });
  expect(text(accepted.stateValue)).toBe('better');
  await watcher.next('state', ({ stateValue }) => text(stateValue) === 'better');
  expect(watcher.of('state')).toHaveLength(1);
  const [, first, second] = asked;
  expect(first).toMatchObject({ phase: 1, defaultVote: 'reject', joining: [], leaving: [] });
  expect(text(second?.proposedStateValue)).toBe('better');
  expect(second?.causes).toEqual([{ code: 'voted', value: 'continue', provider: 'n2/b' }]);
});

test('M18 M19: nobody is in a phase before all have voted in the one before', async ({
  domain,
}) => {
  const log: string[] = [];
  const phases = 3;
  const members = [];
  for (const node of ['n1', 'n2', 'n3']) {
    const member = await join(await domain.connect(node), 'meet', {
      instance: 'x',
      vote: ({ protocol, phase }) => {
        if (protocol.kind === 'barrier') log.push(`${phase} ${node}`);
        return phase < phases ? 'continue' : 'approve';
      },
    });
    members.push(member);
  }
  const [, proposer] = members;
  const met = await proposer?.handle.barrier();
  expect(met).toMatchObject({ outcome: 'approved', kind: 'barrier', phases });
  expect(log.map((line) => line.split(' ')[0])).toEqual([...'111222333']);
  for (const member of members) {
    expect(await member.next('barrier')).toMatchObject({ phases, position: met?.position });
  }
  const fixed = await proposer?.handle.barrier({ phases: { exactly: 2 } });
  expect(fixed).toMatchObject({
    outcome: 'rejected',
    causes: [{ code: 'max-phases', value: 'reject' }],
  });
});

test('M21: a voter that is killed gets the default vote, and is removed', async ({ domain }) => {
  const one = await join(await domain.connect('n1'), 'killed', {
    attributes: { defaultVote: 'approve', timeLimit: 0 },
  });
  const victim = await domain.member('n2', 'killed', { silent: true });
  const changing = one.handle.changeState(bytes('new'), { phases: 'voting' });
  await victim.asked();
  await victim.kill();
  const result = await within('the vote ends', changing);
  expect(result).toMatchObject({
    outcome: 'approved',
    phases: 1,
    causes: [{ code: 'provider-failed', value: 'approve', provider: victim.id }],
  });
  await one.listIs([one.handle.id]);
  const [, failure] = one.of('membership');
  expect(failure).toMatchObject({ left: [{ provider: victim.id, reason: 'process-failure' }] });
  expect(failure?.position).toBeGreaterThan(result.position);
});

test('M34: a voter that stays silent gets the default vote, and all are told', async ({
  domain,
}) => {
  const one = await join(await domain.connect('n1'), 'silent', {
    attributes: { defaultVote: 'reject' },
  });
  const silent = await domain.member('n3', 'silent', { silent: true });
  const result = await one.handle.barrier({ timeLimit: 200 });
  expect(result).toMatchObject({
    outcome: 'rejected',
    causes: [{ code: 'time-limit', value: 'reject', provider: silent.id }],
  });
  expect(await one.next('announcement')).toMatchObject({
    code: 'time-limit',
    providers: [silent.id],
  });
  expect(one.list).toEqual([one.handle.id, silent.id]);
});

test('lines of the log about a group have the same fields in all programs', async ({ domain }) => {
  const one = await join(await domain.connect('n1'), 'logged', {
    attributes: { defaultVote: 'reject' },
  });
  await domain.member('n3', 'logged', { silent: true });
  await one.handle.barrier({ timeLimit: 200 });
  const linesOf = async (admin: string) => {
    const response = await fetch(`${admin}/api/log`);
    const lines = (await response.json()) as Record<string, unknown>[];
    return lines.filter(({ group }) => group === 'logged');
  };
  const daemons = (
    await Promise.all(['n1', 'n3'].map((node) => linesOf(domain.daemon(node).admin)))
  ).flat();
  const table = await linesOf(domain.nameServer.admin);
  const generation = table[0]?.['generation'];
  expect(generation).toEqual(expect.any(Number));
  expect(table.map((line) => [line['msg'], line['generation'], line['version']])).toEqual([
    ['group-formed', generation, 1],
    ['members-changed', generation, 2],
  ]);
  const lists = daemons.filter(({ msg }) => msg === 'a list of daemons came into force');
  expect(lists.map((line) => [line['generation'], line['version']])).toContainEqual([
    generation,
    2,
  ]);
  const [overdue] = daemons.filter(({ msg }) => msg === 'vote-overdue');
  expect(overdue).toMatchObject({ generation, version: 2, kind: 'barrier' });
  expect(overdue?.['protocol']).toBe(`${String(generation)}.${String(overdue?.['position'])}`);
});

test('M34: any node says whom a group waits for', async ({ domain }) => {
  const one = await join(await domain.connect('n1'), 'waiting', {
    attributes: { defaultVote: 'approve' },
  });
  const silent = await domain.member('n2', 'waiting', { silent: true });
  const meeting = one.handle.barrier({ timeLimit: 60_000 });
  await silent.asked();
  for (const node of ['n1', 'n2', 'n3']) {
    const votes = await domain.daemon(node).status('/api/groups/waiting/votes');
    expect(votes).toMatchObject({
      group: 'waiting',
      leader: 'n1',
      from: 'leader',
      voting: { kind: 'barrier', phase: 1, defaultVote: 'approve', waitingFor: [silent.id] },
    });
    const { voting } = votes as { voting: { waitedMs: number; timeLeftMs: number } };
    expect(voting.waitedMs).toBeGreaterThanOrEqual(0);
    expect(voting.timeLeftMs).toBeLessThanOrEqual(60_000);
  }
  await silent.kill();
  expect(await meeting).toMatchObject({ outcome: 'approved' });
  const nobody = domain.daemon('n3').status('/api/groups/nobody/votes');
  await expect(nobody).rejects.toThrow('404');
});

test('M22: a join is voted down, by everybody alike', async ({ domain }) => {
  const guard = await join(await domain.connect('n1'), 'guarded', {
    attributes: { joinPhases: 'voting' },
    vote: ({ joining }) => (joining.some((id) => id.endsWith('/bad')) ? 'reject' : 'approve'),
  });
  const watcher = await subscribe(await domain.connect('n2'), 'guarded');
  const other = await domain.connect('n3');
  const ballots: Ballot[] = [];
  const joining = other.join('guarded', {
    instance: 'bad',
    vote: (ballot) => {
      ballots.push(ballot);
      return 'approve';
    },
  });
  const error = await joining.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(RejectedError);
  const cause = { code: 'voted', value: 'reject', provider: guard.handle.id };
  expect(error).toMatchObject({ result: { outcome: 'rejected', kind: 'join', causes: [cause] } });
  expect(ballots).toMatchObject([{ phase: 1, joining: ['n3/bad'], view: { version: 1 } }]);
  expect(await guard.next('rejected')).toMatchObject({ kind: 'join', joining: ['n3/bad'] });

  const good = await join(other, 'guarded', { instance: 'good' });
  await listsAre([guard, watcher, good], [guard.handle.id, 'n3/good']);
  expect(watcher.of('membership')).toHaveLength(1);
});

test('M27: joins that come together are one protocol', async ({ domain }) => {
  const ballots: Ballot[] = [];
  const first = await join(await domain.connect('n1'), 'batch', {
    attributes: { batch: 'joins', batchWindow: 1_000, joinPhases: 'voting' },
    vote: (ballot) => {
      ballots.push(ballot);
      return 'approve';
    },
  });
  const services = await Promise.all(['n1', 'n2', 'n3'].map((node) => domain.connect(node)));
  const joined = await Promise.all(services.map((each) => join(each, 'batch')));
  const positions = await Promise.all(joined.map((each) => each.next('snapshot')));
  expect(new Set(positions.map(({ position }) => position)).size).toBe(1);
  expect(ballots).toHaveLength(1);
  expect(new Set(ballots[0]?.joining)).toEqual(new Set(joined.map(({ handle }) => handle.id)));
  await listsAre(joined, first.list);
  expect(first.of('membership')).toHaveLength(1);
});
