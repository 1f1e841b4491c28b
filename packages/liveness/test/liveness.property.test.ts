import type { DaemonId } from '@group-services/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LivenessEngine, type LivenessInput } from '../src/index.js';
import { LivenessNetwork } from './network.js';

const names = ['a.1', 'b.1', 'c.1', 'd.1'].map((name) => name as DaemonId);
const daemon = fc.constantFrom(...names);

const fault = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), from: daemon, to: daemon }),
  fc.record({
    kind: fc.constant('pause' as const),
    daemon,
    forMs: fc.integer({ min: 10, max: 5000 }),
  }),
  fc.record({ kind: fc.constant('heal' as const) }),
);

test('whatever the faults were, two intervals after a suspicion time without any all are trusted', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fault, fc.integer({ min: 0, max: 3000 })), { maxLength: 12 }),
      (faults) => {
        const network = new LivenessNetwork(names);
        for (const [one, waitMs] of faults) {
          if (one.kind === 'cut') network.cut(one.from, one.to);
          else if (one.kind === 'pause') network.pause(one.daemon, one.forMs);
          else network.heal();
          network.runUntil(network.now + waitMs);
        }
        network.runUntil(network.now + 5000);
        network.heal();
        network.runUntil(network.now + 1500);
        for (const by of names) {
          for (const peer of names) expect(network.isSuspected(by, peer)).toBe(false);
        }
      },
    ),
    { numRuns: 60 },
  );
});

const input: fc.Arbitrary<LivenessInput> = fc.oneof(
  fc.record({
    kind: fc.constant('heartbeat' as const),
    from: daemon,
    hears: fc.subarray([...names]),
  }),
  fc.record({ kind: fc.constant('heard' as const), from: daemon }),
  fc.record({
    kind: fc.constantFrom('linkClosed', 'unreachable', 'superseded', 'stopping'),
    peer: daemon,
  }),
  fc.record({
    kind: fc.constant('watch' as const),
    peers: fc.subarray(names.map((name) => ({ daemon: name }))),
  }),
  fc.constant({ kind: 'deadlineReached' as const }),
);

test('what it says and what it answers agree, at every step of any schedule', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(input, fc.nat(600)), { maxLength: 80 }), (steps) => {
      const engine = new LivenessEngine({
        self: 'a.1' as DaemonId,
        heartbeatMs: 250,
        suspectAfterMs: 1000,
      });
      const said = new Set<DaemonId>();
      let now = 0;
      for (const [one, waitMs] of steps) {
        now += waitMs;
        if (one.kind === 'watch') {
          const kept = new Set(one.peers.map((peer) => peer.daemon));
          for (const peer of said) if (!kept.has(peer)) said.delete(peer);
        }
        for (const output of engine.step(one, now)) {
          if (output.kind === 'suspect') {
            expect(said.has(output.peer) && output.why !== 'superseded').toBe(false);
            said.add(output.peer);
          }
          if (output.kind === 'alive') {
            expect(said.has(output.peer)).toBe(true);
            said.delete(output.peer);
          }
          if (output.kind === 'heartbeat') expect(output.to).not.toContain('a.1');
        }
        const suspected = engine.status(now).filter((peer) => peer.suspected !== null);
        expect(new Set(suspected.map((peer) => peer.daemon))).toEqual(said);
      }
    }),
  );
});
