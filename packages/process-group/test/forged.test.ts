import {
  encodeOrdered,
  encodeProposal,
  type ListedDeparture,
  type OrderedBody,
  type Proposal,
  type ResultBody,
} from '@group-services/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PerfectMetagroup } from './perfect-metagroup.js';
import { Process } from './processes.js';

/** Providers `a/x` (number 1, its daemon leads) and `b/x` (2). */
function pair() {
  const metagroup = new PerfectMetagroup();
  const a = new Process(metagroup, metagroup.start('a'), 1);
  const b = new Process(metagroup, metagroup.start('b'), 1);
  for (const process of [a, b]) {
    process.join({ instance: 'x', attributes: { defaultVote: 'approve' } });
    metagroup.settle();
  }
  const providers = () => a.daemon.engine.inspect().providers;
  return { metagroup, a, b, providers };
}

/** The daemon of b asks this of the leader. */
function ask({ metagroup, a, b }: ReturnType<typeof pair>, n: number, proposal: Proposal): void {
  const { membership: origin } = b.daemon;
  if (origin === undefined) throw new Error('b is in');
  metagroup.step(a.daemon, { kind: 'request', origin, n, body: encodeProposal(proposal) });
  metagroup.settle();
}

function down(no: number, provider: string): Proposal {
  const departure: ListedDeparture = { no, provider, reason: 'process-failure' };
  return { kind: 'down', low: 1, departures: [departure] };
}

test('a daemon speaks for its own providers alone', () => {
  const stage = pair();
  ask(stage, 90, { kind: 'join', low: 1, provider: 'a/y', attributes: {} });
  ask(stage, 91, { kind: 'leave', low: 1, proposer: 1 });
  ask(stage, 92, { kind: 'state', low: 1, proposer: 1, value: Uint8Array.of(1) });
  ask(stage, 93, { kind: 'expel', low: 1, proposer: 1, targets: ['b/x'] });
  ask(stage, 94, {
    kind: 'message',
    safe: false,
    proposer: 1,
    n: 94,
    low: 1,
    payload: Uint8Array.of(),
  });
  ask(stage, 95, { kind: 'report', low: 1, code: 'unresponsive', providers: [1] });
  ask(stage, 96, down(1, 'a/x'));
  expect(stage.providers()).toEqual(['a/x', 'b/x']);
  expect(stage.a.heard.slice(2)).toEqual([]);
  // Of its own it may say what it likes, but not who they are.
  ask(stage, 97, down(2, 'a/x'));
  expect(stage.a.heard.at(-1)).toMatchObject({
    membership: { left: [{ provider: 'b/x', reason: 'process-failure' }] },
  });
});

test('its votes count for its own voters alone', () => {
  const stage = pair();
  const { a, b, metagroup } = stage;
  a.propose(1, { kind: 'barrier' }, { phases: 'voting' });
  metagroup.settle();
  const protocol = Number(a.ballots(1)[0]?.protocol.id.split('.')[1]);
  const votes = [
    { no: 1, value: 'reject' },
    { no: 2, value: 'approve' },
    { no: 2, value: 'reject' },
    { no: 7, value: 'reject' },
  ] as const;
  ask(stage, 90, { kind: 'votes', low: 1, protocol, phase: 1, votes: [...votes] });
  ask(stage, 91, { kind: 'votes', low: 1, protocol, phase: 2, votes: [votes[2]] });
  a.vote(1, 'approve');
  metagroup.settle();
  expect(b.heard.at(-1)).toMatchObject({ kind: 'approved', phases: 1 });
});

const no = fc.nat(4);
const small = fc.nat(12);
const id = fc.constantFrom('a/x', 'b/x', 'b/y', 'c/z');
const bytes = fc.constant(Uint8Array.of(1));
const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 1, maxLength: 3 });
const vote = fc.constantFrom('approve' as const, 'reject' as const);

/** Whatever a leader could place that can be read, in any order. */
function bodies(daemons: readonly string[]): fc.Arbitrary<OrderedBody> {
  const daemon = fc.constantFrom(...daemons) as fc.Arbitrary<never>;
  const reason = fc.constantFrom('leave' as const, 'expel' as const, 'node-failure' as const);
  const change = fc.oneof(
    fc.record({
      kind: fc.constant('join' as const),
      joiners: list(fc.record({ id, no, daemon })),
      attributes: fc.constant(null),
    }),
    fc.record({
      kind: fc.constant('remove' as const),
      departures: list(fc.record({ no, provider: id, reason })),
    }),
    fc.record({ kind: fc.constant('state' as const), value: bytes }),
    fc.record({
      kind: fc.constant('message' as const),
      payload: bytes,
      safe: fc.boolean(),
    }),
    fc.constant({ kind: 'none' as const }),
  );
  const voting = fc.record({
    voters: fc.array(no, { maxLength: 3 }),
    defaultVote: vote,
    timeLimit: small,
    phases: fc.constant('voting' as const),
    maxPhases: small,
  });
  const request = fc.record({ origin: daemon, n: small, low: small });
  return fc.oneof(
    fc.record(
      {
        kind: fc.constant('start' as const),
        protocol: fc.constantFrom('join' as const, 'failure' as const, 'leave' as const),
        requests: fc.array(request, { maxLength: 2 }),
        change,
        voting,
      },
      { requiredKeys: ['kind', 'protocol', 'requests', 'change'] },
    ),
    fc.record({
      kind: fc.constant('result' as const),
      protocol: small,
      phase: fc.integer({ min: 1, max: 2 }),
      outcome: fc.constantFrom('continue' as const, 'approved' as const, 'rejected' as const),
      causes: fc.constant<ResultBody['causes']>([]),
      riders: fc.array(no, { maxLength: 2 }),
      stateValue: bytes,
      defaultVote: vote,
    }),
    fc.record({
      kind: fc.constant('rider' as const),
      protocol: small,
      phase: fc.integer({ min: 1, max: 2 }),
      no,
      payload: bytes,
    }),
    fc.record({
      kind: fc.constant('announce' as const),
      code: fc.constant('time-limit' as const),
      providers: list(id),
      requests: fc.array(request, { maxLength: 2 }),
    }),
  );
}

test('no stream of a leader makes a member throw, vote twice or keep requests for ever', () => {
  const { a, b } = pair();
  const daemons = [a, b].flatMap(({ daemon }) => daemon.membership ?? []);
  fc.assert(
    fc.property(fc.array(bodies(daemons), { maxLength: 12 }), (stream) => {
      const stage = pair();
      const { metagroup } = stage;
      const member = stage.b;
      const { membership: origin } = stage.a.daemon;
      if (origin === undefined) throw new Error('a is in');
      member.send(1, 'open');
      let position = member.daemon.delivered;
      for (const body of stream) {
        position += 1;
        const ordered = { kind: 'ordered', position, origin, body: encodeOrdered(body) } as const;
        metagroup.step(member.daemon, ordered);
        member.vote(1, 'approve', { message: 'rider' });
        member.vote(1, 'approve');
        metagroup.step(member.daemon, { kind: 'snapshotWanted', position });
      }
      const { engine } = member.daemon;
      expect(engine.inspect().openRequests).toBeLessThanOrEqual(2);
      metagroup.step(member.daemon, { kind: 'detached', reason: 'group-lost' });
      expect(engine.inspect().openRequests).toBe(0);
    }),
    { numRuns: 300 },
  );
});
