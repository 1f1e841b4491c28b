import { NEVER } from '@group-services/core';
import {
  decodeToClient,
  encodeProposal,
  encodeReply,
  encodeToClient,
  joinFrame,
} from '@group-services/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PerfectMetagroup } from './perfect-metagroup.js';
import { Process, textOf } from './processes.js';

/** Two daemons with a provider each; nothing of it is on its way any more. */
function pair(proposalQueue: number) {
  const metagroup = new PerfectMetagroup({ proposalQueue });
  const a = new Process(metagroup, metagroup.start('a'), 1);
  const b = new Process(metagroup, metagroup.start('b'), 1);
  for (const process of [a, b]) {
    process.join({ instance: 'x' });
    metagroup.settle();
  }
  return { metagroup, a, b };
}

test('a daemon has its share of the queue open at the leader, the rest waits in order', () => {
  const { metagroup, b } = pair(8);
  for (let i = 1; i <= 20; i += 1) b.send(1, `1:${i}`);
  expect(b.daemon.open.size).toBe(4);
  expect(b.daemon.engine.inspect()).toMatchObject({ openRequests: 4, waitingProposals: 16 });
  metagroup.settle();
  const own = b.heard.flatMap((it) => (it.kind === 'message' ? [it.request] : []));
  expect(own).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
});

test('a flood by one process does not starve others on the same daemon', () => {
  const { metagroup, a, b } = pair(8);
  const other = new Process(metagroup, b.daemon, 2);
  other.join({ instance: 'y' });
  metagroup.settle();
  for (let i = 1; i <= 2_000; i += 1) b.send(1, `flood ${i}`);
  for (let i = 1; i <= 3; i += 1) other.send(1, `other ${i}`);
  metagroup.settle();
  const order = a.heard.flatMap((it) => (it.kind === 'message' ? [textOf(it.payload)] : []));
  const places = [1, 2, 3].map((i) => order.indexOf(`other ${i}`));
  // Behind the four that were open at the leader, then in turns; each in its own order.
  expect(places).toEqual([5, 7, 9]);
  const flood = order.filter((text) => text.startsWith('flood'));
  expect(flood).toEqual(Array.from({ length: 2_000 }, (_, i) => `flood ${i + 1}`));
});

test('B4: a flood of proposals to be voted on holds up nobody else', () => {
  const { metagroup, b } = pair(8_000);
  const quiet = new Process(metagroup, b.daemon, 2);
  quiet.join({ instance: 'y' });
  metagroup.settle();
  for (let i = 1; i <= 100; i += 1) b.propose(1, { kind: 'barrier' }, { phases: 'voting' });
  b.send(1, 'behind its own barriers');
  metagroup.settle();
  expect(b.daemon.engine.inspect()).toMatchObject({ openRequests: 2, waitingProposals: 98 });
  quiet.send(1, 'soon');
  metagroup.settle();
  expect(b.daemon.engine.inspect()).toMatchObject({ openRequests: 3, waitingProposals: 98 });
});

test('what is dropped when it collides goes to the leader at once', () => {
  const metagroup = new PerfectMetagroup({ proposalQueue: 8_000 });
  const a = new Process(metagroup, metagroup.start('a'), 1);
  a.join({ instance: 'x', attributes: { contention: 'drop' } });
  metagroup.settle();
  for (let i = 1; i <= 10; i += 1) a.propose(1, { kind: 'barrier' }, { phases: 'voting' });
  metagroup.settle();
  expect(a.heard.filter((it) => it.kind === 'refused' && it.code === 'COLLISION')).toHaveLength(9);
});

test('failures and joins do not wait behind proposals', () => {
  const { metagroup, b } = pair(2);
  metagroup.flow(false);
  for (let i = 1; i <= 5; i += 1) b.send(1, `1:${i}`);
  b.goodbye(1);
  metagroup.settle();
  metagroup.flow(true);
  metagroup.settle();
  expect(metagroup.leader?.engine.inspect().providers).toEqual(['a/x']);
  const codes = b.heard.flatMap((it) => (it.kind === 'refused' ? [it.code] : []));
  expect(codes).toEqual(Array.from({ length: 5 }, () => 'REMOVED'));
});

test('a flow that opens is not answered with everything at once', () => {
  const { metagroup, a, b } = pair(2_000);
  metagroup.flow(false);
  for (let i = 0; i < 600; i += 1) (i % 2 === 0 ? a : b).send(1, 'x');
  metagroup.settle();
  const before = metagroup.logLength;
  metagroup.flow(true);
  expect(metagroup.logLength - before).toBe(64);
  expect(a.daemon.engine.deadline()).toBeLessThanOrEqual(metagroup.now);
  metagroup.settle();
  expect(metagroup.logLength - before).toBe(600);
});

test('a daemon stays for the linger time, then it is out and idle', () => {
  const { metagroup, a, b } = pair(8);
  expect(b.daemon.engine.deadline()).toBe(NEVER);
  b.goodbye(1);
  metagroup.settle();
  expect(b.daemon.engine.deadline()).toBe(metagroup.now + 1_000);
  metagroup.advance(999);
  metagroup.settle();
  expect(b.daemon.membership).toBeDefined();
  metagroup.advance(1);
  metagroup.settle();
  expect([b.daemon.membership, b.daemon.engine.isIdle]).toEqual([undefined, true]);
  expect([a.daemon.engine.isIdle, a.daemon.engine.inspect().providers]).toEqual([false, ['a/x']]);
});

test('who comes back within the linger time stays in', () => {
  const { metagroup, b } = pair(8);
  b.goodbye(1);
  metagroup.settle();
  metagroup.advance(500);
  b.join({ instance: 'y' });
  metagroup.settle();
  metagroup.advance(5_000);
  metagroup.settle();
  expect(b.daemon.engine.inspect().providers).toEqual(['a/x', 'b/y']);
});

test('no bytes of a peer make it throw', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(0x01, 0x20, 0x21),
      (tail, type) => {
        const { metagroup, a, b } = pair(8);
        const body = Uint8Array.of(type, ...tail);
        const origin = b.daemon.membership;
        const membership = a.daemon.membership;
        if (origin === undefined || membership === undefined) throw new Error('both are in');
        metagroup.step(a.daemon, { kind: 'request', origin, n: 99, body });
        metagroup.step(a.daemon, { kind: 'reply', n: 1, body });
        metagroup.step(b.daemon, { kind: 'ordered', position: 99, origin: membership, body });
        const next = { membership: origin, generation: 9, position: 1, snapshot: body };
        metagroup.step(b.daemon, { kind: 'attached', ...next });
      },
    ),
    { numRuns: 50 },
  );
});

test('no votes, reports and results of a peer make it throw, or end what others decide', () => {
  const small = fc.nat(9);
  const votes = fc.record({
    kind: fc.constant('votes' as const),
    low: small,
    protocol: small,
    phase: fc.nat(2),
    votes: fc.array(
      fc.record({
        no: fc.nat(4),
        value: fc.constantFrom('approve' as const, 'continue' as const, 'default' as const),
        message: fc.constant(Uint8Array.of(1)),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  });
  const providers = fc.array(fc.nat(4), { minLength: 1, maxLength: 3 });
  const report = fc.record({
    kind: fc.constant('report' as const),
    low: small,
    code: fc.constant('unresponsive' as const),
    providers,
  });
  const bodies = fc.array(fc.oneof(votes, report), { maxLength: 12 });
  fc.assert(
    fc.property(bodies, (all) => {
      const { metagroup, a, b } = pair(8);
      const origin = b.daemon.membership;
      if (origin === undefined) throw new Error('b is in');
      a.propose(1, { kind: 'barrier' }, { phases: 'voting' });
      metagroup.settle();
      for (const [index, proposal] of all.entries()) {
        const body = encodeProposal(proposal);
        metagroup.step(a.daemon, { kind: 'request', origin, n: 1_000 + index, body });
        metagroup.settle();
      }
      // Only the daemon of a provider votes for it.
      expect(a.heard.some((it) => it.kind === 'approved' && it.protocol.kind === 'barrier')).toBe(
        false,
      );
      expect(metagroup.complaints).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('what comes at the wrong time is ignored', () => {
  const metagroup = new PerfectMetagroup();
  const daemon = metagroup.start('a');
  const body = new Uint8Array();
  for (const input of [
    { kind: 'flow', open: false },
    { kind: 'following' },
    { kind: 'snapshotWanted', position: 1 },
    { kind: 'reply', n: 1, body: encodeReply({ kind: 'done' }) },
    { kind: 'unsubscribe', client: 1, request: 1, handle: 1 },
    { kind: 'goodbye', client: 1, request: 2, handle: 1 },
    { kind: 'withdraw', client: 1, target: 1 },
    { kind: 'clientGone', client: 1, reason: 'quit' },
    { kind: 'send', client: 1, handle: 1, request: 3, safe: false, payload: body },
    { kind: 'deadlineReached' },
  ] as const) {
    metagroup.step(daemon, input);
  }
  expect([daemon.engine.isIdle, metagroup.steps(), metagroup.complaints]).toEqual([true, [], []]);
});

test('an expel fits a frame, and so does the answer to one of strangers', () => {
  const { metagroup, b } = pair(8);
  const strangers = Array.from({ length: 6_000 }, (_, i) => `c/${i}`);
  b.propose(1, { kind: 'expel', providers: strangers });
  b.propose(1, { kind: 'expel', providers: strangers.slice(0, 1_000), reason: 'x'.repeat(1_000) });
  b.propose(1, { kind: 'expel', providers: [...'abcdefghij'].map((it) => it.repeat(1_024)) });
  metagroup.settle();
  const refused = b.heard.flatMap((it) => (it.kind === 'refused' ? [it] : []));
  expect(refused.map(({ code, argument }) => [code, argument])).toEqual([
    ['INVALID_ARGUMENT', 'providers'],
    ['INVALID_ARGUMENT', 'providers'],
    ['UNKNOWN_PROVIDER', undefined],
  ]);
  for (const message of refused) {
    expect(decodeToClient(joinFrame(encodeToClient(message))).ok).toBe(true);
  }
});

test('a process whose state flickers has one report open, and the last state is announced', () => {
  const { metagroup, a, b } = pair(8);
  metagroup.flow(false);
  for (let i = 0; i < 500; i += 1) {
    b.report('self-reported-error');
    b.report('responsive-again');
    metagroup.settle();
  }
  expect(b.daemon.engine.inspect().openRequests).toBe(1);
  metagroup.flow(true);
  metagroup.settle();
  const codes = a.heard.flatMap((it) => (it.kind === 'announcement' ? [it.code] : []));
  expect(codes).toEqual(['self-reported-error', 'responsive-again']);
  expect(b.daemon.engine.inspect().openRequests).toBe(0);
});
