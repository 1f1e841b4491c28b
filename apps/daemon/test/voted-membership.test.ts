import { AbortedError, TimeoutError, type VoteValue } from '@group-services/client';
import { expect } from 'vitest';
import type { Daemon } from './harness/daemon.js';
import { eventually, within } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes, join, text } from './harness/watched.js';

/** A vote handler that is answered by the test, ballot by ballot. */
function byHand() {
  const open: ((vote: VoteValue) => void)[] = [];
  return {
    vote: () => new Promise<VoteValue>((resolve) => open.push(resolve)),
    /** Waits until it is asked, then votes. */
    answer: async (vote: VoteValue): Promise<void> => {
      const resolve = await eventually('a ballot is open', () => open.shift());
      resolve(vote);
    },
    asked: async (): Promise<void> => {
      await eventually('a ballot is open', () => open.length > 0);
    },
  };
}

/** Waits until something of a group waits for its turn at the leader. */
async function queuedAt(leader: Daemon, group: string): Promise<void> {
  await eventually(`something waits in ${group}`, async () => {
    const groups = (await leader.status('/api/groups')) as Status[];
    return groups.some((it) => it.group === group && it.local.queued > 0);
  });
}

interface Status {
  readonly group: string;
  readonly local: { readonly queued: number };
}

test('M22: the limit of a join counts until its protocol starts', async ({ domain }) => {
  const guard = byHand();
  await join(await domain.connect('n1'), 'limited', {
    attributes: { joinPhases: 'voting', timeLimit: 0 },
    vote: guard.vote,
  });
  const services = await domain.connect('n2');
  const started = services.join('limited', { instance: 'started', timeout: 1_500 });
  await guard.asked();
  // It waits behind the first one for as long; when it gives up, that limit has passed.
  const waiting = services.join('limited', { instance: 'waiting', timeout: 1_500 });
  await expect(waiting).rejects.toBeInstanceOf(TimeoutError);
  await guard.answer('approve');
  expect((await started).id).toBe('n2/started');
});

for (const by of ['timeout', 'signal'] as const) {
  test(`M22: a join given up by its ${by} before its start never was`, async ({ domain }) => {
    const guard = byHand();
    const group = `given-up-by-${by}`;
    const one = await join(await domain.connect('n1'), group, { vote: guard.vote });
    const meeting = one.handle.barrier();
    await guard.asked();
    const controller = new AbortController();
    const { signal } = controller;
    const services = await domain.connect('n3');
    const joining = services.join(group, by === 'timeout' ? { timeout: 300 } : { signal });
    if (by === 'signal') {
      await queuedAt(domain.daemon('n1'), group);
      controller.abort();
    }
    const error = await joining.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(by === 'timeout' ? TimeoutError : AbortedError);
    // Whoever hears of it may let the group go on in the same instant.
    await guard.answer('approve');
    await meeting;
    await services.join(group, { instance: 'after' });
    await one.listIs([one.handle.id, 'n3/after']);
    expect(one.of('membership').map(({ joined }) => joined)).toEqual([['n3/after']]);
  });
}

test('M22: a join that is aborted after its start says goodbye when it is approved', async ({
  domain,
}) => {
  const guard = byHand();
  const one = await join(await domain.connect('n1'), 'regret', {
    attributes: { joinPhases: 'voting' },
    vote: guard.vote,
  });
  const controller = new AbortController();
  const services = await domain.connect('n3');
  const joining = services.join('regret', {
    instance: 'late',
    signal: controller.signal,
    vote: () => {
      controller.abort('changed my mind');
      return 'approve';
    },
  });
  await guard.answer('approve');
  const error = await joining.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(AbortedError);
  expect(error).toMatchObject({ cause: 'changed my mind' });
  await one.next('membership', ({ left }) => left[0]?.reason === 'goodbye');
  const changes = one.of('membership').map(({ joined, left }) => [joined.length, left.length]);
  expect(changes).toEqual([
    [1, 0],
    [0, 1],
  ]);
});

test('M23: who wants to leave votes on it, and stays when it is voted down', async ({ domain }) => {
  const votes: string[] = [];
  const one = await join(await domain.connect('n1'), 'leaving', {
    vote: ({ phase }) => (phase === 1 ? 'continue' : 'reject'),
  });
  const two = await join(await domain.connect('n2'), 'leaving', {
    vote: ({ leaving }) => {
      votes.push(
        ...leaving.map(({ provider, reason, detail }) => `${provider} ${reason} ${detail}`),
      );
      return 'approve';
    },
  });
  const { id } = two.handle;
  const refused = await two.handle.leave({ phases: 'voting', reason: 'tired' });
  expect(refused).toMatchObject({ outcome: 'rejected', kind: 'leave', phases: 2 });
  expect(votes).toEqual([`${id} leave tired`, `${id} leave tired`]);
  const rejected = await one.next('rejected');
  expect(rejected).toMatchObject({ kind: 'leave', leaving: [{ provider: id, detail: 'tired' }] });
  expect(two.list).toEqual([one.handle.id, id]);
  // Without a vote nobody can hold it.
  const left = await two.handle.leave();
  expect(left).toMatchObject({ outcome: 'approved', kind: 'leave', phases: 0 });
  await two.over;
  expect(two.events.at(-1)).toMatchObject({ type: 'removed', position: left.position });
});

test('M23: the target of an expel does not vote', async ({ domain }) => {
  const asked: string[] = [];
  const voter = (name: string, value: VoteValue) => ({
    vote: (): VoteValue => {
      asked.push(name);
      return value;
    },
  });
  const services = await domain.connect('n2');
  const one = await join(services, 'expelling', voter('one', 'approve'));
  const two = await join(services, 'expelling', voter('two', 'approve'));
  const other = await domain.connect('n3');
  const target = await join(other, 'expelling', voter('target', 'reject'));
  const targets = [target.handle.id];
  // Who joins may be told before the others.
  await one.listIs([one.handle.id, two.handle.id, ...targets]);
  const expelled = await one.handle.expel(targets, { phases: 'voting', reason: 'asleep' });
  expect(expelled).toMatchObject({ outcome: 'approved', kind: 'expel', phases: 1 });
  await target.over;
  expect(asked.sort()).toEqual(['one', 'two']);
  expect(target.events.at(-1)).toMatchObject({
    type: 'removed',
    reason: 'expel',
    detail: 'asleep',
    position: expelled.position,
    protocol: { kind: 'expel', proposer: one.handle.id },
  });
  await two.listIs([one.handle.id, two.handle.id]);
});

test('B5: goodbye leaves the outcome of a vote that has begun unknown', async ({ domain }) => {
  const guard = byHand();
  const one = await join(await domain.connect('n1'), 'goodbye', { vote: guard.vote });
  const two = await join(await domain.connect('n2'), 'goodbye');
  const voted = two.handle.changeState(bytes('voted'), { phases: 'voting' });
  const queued = two.handle.changeState(bytes('queued'));
  const outcomes = Promise.allSettled([voted, queued]);
  await guard.asked();
  await two.handle.goodbye();
  await expect(voted).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  // The leader comes to the other one when the vote is over, and does not run it.
  await guard.answer('approve');
  const [, waited] = await within('both are answered', outcomes);
  expect(waited).toMatchObject({ reason: { code: 'REMOVED', reason: 'goodbye' } });
  await one.listIs([one.handle.id]);
  expect(text(one.handle.stateValue)).not.toBe('queued');
});
