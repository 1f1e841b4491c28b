import type { MembershipId } from '@group-services/core';
import type { LogEntry } from '@group-services/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Log } from './log.js';

const origin = 'a.1.1' as MembershipId;

function entry(seq: number, bytes = 1): LogEntry {
  const body = new Uint8Array(bytes);
  return { seq, origin, originJoinVersion: 1, counter: 0, safe: false, view: false, body };
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

describe('M9 M12: the retained part of the stream', () => {
  test('gaps keep the contiguous prefix back until they are filled', () => {
    const log = new Log(100);
    expect(log.put(entry(1))).toBe(true);
    expect(log.put(entry(3))).toBe(true);
    expect(log.contiguous).toBe(1);
    expect(log.gaps(3, 9)).toEqual([{ from: 2, to: 2 }]);
    expect(log.put(entry(2))).toBe(true);
    expect(log.contiguous).toBe(3);
    expect(log.gaps(3, 9)).toEqual([]);
  });

  test('gaps are told from the lowest on, so many and so far as asked for', () => {
    const log = new Log(100);
    for (const seq of [2, 3, 6, 8]) log.put(entry(seq));
    const gaps = [
      { from: 1, to: 1 },
      { from: 4, to: 5 },
      { from: 7, to: 7 },
      { from: 9, to: 20 },
    ];
    expect(log.gaps(20, 9)).toEqual(gaps);
    expect(log.gaps(20, 2)).toEqual(gaps.slice(0, 2));
    expect(log.gaps(4, 9)).toEqual([gaps[0], { from: 4, to: 4 }]);
    expect(log.gaps(3, 9)).toEqual([gaps[0]]);
    expect(log.gaps(2 ** 50, 9).at(-1)).toEqual({ from: 9, to: 2 ** 50 });
  });

  test('what is known, discarded or too far ahead is not taken', () => {
    const log = new Log(10);
    log.put(entry(1));
    log.discardTo(1);
    expect(log.put(entry(1))).toBe(false);
    expect(log.put(entry(12))).toBe(false);
    expect(log.put(entry(11))).toBe(true);
    expect(log.put(entry(11))).toBe(false);
    expect(log.get(1)).toBeUndefined();
    expect(log.length).toBe(1);
  });

  test('a takeover drops what lies beyond a gap', () => {
    const log = new Log(10);
    for (const seq of [1, 2, 4, 5]) log.put(entry(seq, 10));
    log.dropAboveContiguous();
    expect([log.contiguous, log.last, log.length, log.bytes]).toEqual([2, 2, 2, 20]);
    log.put(entry(3));
    expect(log.contiguous).toBe(3);
  });

  test('a snapshot starts it anew behind its position', () => {
    const log = new Log(10);
    log.put(entry(1));
    log.reset(7);
    expect([log.contiguous, log.discarded, log.length, log.bytes]).toEqual([7, 7, 0, 0]);
    expect(log.put(entry(7))).toBe(false);
    log.put(entry(8));
    expect(log.get(8)?.seq).toBe(8);
  });

  test('whatever comes, it behaves like a set of numbers', () => {
    const operation = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), ahead: fc.integer({ min: -5, max: 40 }) }),
      fc.record({ kind: fc.constant('discard' as const), keep: fc.integer({ min: 0, max: 5 }) }),
      fc.record({ kind: fc.constant('drop' as const) }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 3_000 }), (operations) => {
        const log = new Log(30);
        const held = new Set<number>();
        let contiguous = 0;
        for (const each of operations) {
          if (each.kind === 'put') {
            const seq = Math.max(0, contiguous + each.ahead);
            if (log.put(entry(seq))) held.add(seq);
            while (held.has(contiguous + 1)) contiguous += 1;
          } else if (each.kind === 'discard') {
            const upTo = Math.max(log.discarded, contiguous - each.keep);
            log.discardTo(upTo);
            for (const seq of held) if (seq <= upTo) held.delete(seq);
          } else {
            log.dropAboveContiguous();
            for (const seq of held) if (seq > contiguous) held.delete(seq);
          }
          expect(log.contiguous).toBe(contiguous);
          expect([log.length, log.bytes]).toEqual([held.size, held.size]);
        }
        const upTo = contiguous + 40;
        const missing = log.gaps(upTo, 40).flatMap(({ from, to }) => numbers(from, to));
        expect(missing).toEqual(numbers(contiguous + 1, upTo).filter((seq) => !held.has(seq)));
        for (const seq of held) expect(log.get(seq)?.seq).toBe(seq);
      }),
      { numRuns: 50 },
    );
  });
});
