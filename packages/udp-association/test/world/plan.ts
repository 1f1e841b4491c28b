// What a seed decides: the network, what is said, and who goes when.
import { Rng } from '@group-services/core';

/** A direction between two processes is cut during this time. */
export interface Cut {
  readonly from: number;
  readonly until: number;
}

export type Ending = 'close' | 'abort' | 'vanish';

export interface Plan {
  readonly seed: number;
  /** Of the network, not of what is said. */
  readonly faults: Rng;
  readonly workload: Rng;
  readonly datagramBytes: number;
  readonly listeners: number;
  readonly multicast: boolean;
  readonly lose: number;
  readonly double: number;
  readonly truncate: number;
  readonly corrupt: number;
  /** The network keeps order: every datagram takes equally long. */
  readonly isOrderly: boolean;
  readonly delayMs: number;
  /** Some datagrams come seconds late. */
  readonly late: number;
  /** By direction, towards the listeners and back. */
  readonly cuts: { readonly there: Cut | undefined; readonly back: Cut | undefined };
  /** The operating system says when nobody listens any more. */
  readonly tellsRefusals: boolean;
  readonly frames: number;
  readonly reliableShare: number;
  readonly largeShare: number;
  readonly pauses: boolean;
  /** One process stands still for a while. */
  readonly stall: { readonly end: number; readonly at: number; readonly ms: number } | undefined;
  /** One process ends without a word and another begins at its address. */
  readonly restart: { readonly end: number; readonly at: number; readonly ms: number } | undefined;
  /** Bytes that may be under way to each end. */
  readonly window: number;
  /** Then one end goes. */
  readonly quietUntil: number;
  readonly ending: { readonly kind: Ending; readonly end: number };
}

/** Frames are sent, and the network does its worst, for so long. */
export const BUSY_MS = 2_500;
/** By then what was lost is repaired. */
const QUIET_UNTIL_MS = 12_000;
/** Sometimes longer than silence is borne. */
const LONG_QUIET_UNTIL_MS = 30_000;
/** Longer cuts last for ever. */
export const LONGEST_CUT_MS = 6_000;
/** Six times of silence at three seconds, the last words of `close`, and a little. */
export const LEARNT_WITHIN_MS = 24_000;

export function drawPlan(seed: number): Plan {
  const rng = new Rng(seed);
  const faults = rng.fork();
  const workload = rng.fork();
  const isOrderly = rng.chance(0.15);
  const often = (share: number, most: number): number =>
    !isOrderly && rng.chance(share) ? rng.next() * most : 0;
  const multicast = rng.chance(0.3);
  const listeners = multicast ? 2 : 1;
  const end = (): number => rng.between(0, listeners);
  return {
    seed,
    faults,
    workload,
    isOrderly,
    multicast,
    listeners,
    datagramBytes: rng.pick([576, 1_200, 1_400]),
    lose: often(0.6, 0.4),
    double: often(0.4, 0.3),
    truncate: often(0.25, 0.1),
    corrupt: often(0.2, 0.05),
    delayMs: rng.pick([0.2, 2, 20, 80]),
    late: often(0.2, 0.05),
    cuts: { there: drawCut(rng, isOrderly), back: drawCut(rng, isOrderly) },
    tellsRefusals: rng.chance(0.5),
    frames: rng.between(5, 50),
    reliableShare: rng.pick([0, 0.2, 1]),
    largeShare: rng.pick([0, 0.05, 0.2]),
    pauses: rng.chance(0.3),
    stall: rng.chance(0.15) ? drawAbsence(rng, end(), 5_000) : undefined,
    restart: !isOrderly && rng.chance(0.25) ? drawAbsence(rng, end(), 3_000) : undefined,
    window: rng.pick([2_000, 8_000, 32_000]),
    quietUntil: rng.chance(0.2) ? LONG_QUIET_UNTIL_MS : QUIET_UNTIL_MS,
    ending: { kind: rng.pick(['close', 'close', 'abort', 'vanish'] as const), end: end() },
  };
}

function drawCut(rng: Rng, isOrderly: boolean): Cut | undefined {
  const from = rng.between(0, BUSY_MS);
  const forever = rng.chance(0.3);
  if (isOrderly || !rng.chance(0.12)) return undefined;
  return {
    from,
    until: forever ? Number.POSITIVE_INFINITY : from + rng.between(100, LONGEST_CUT_MS),
  };
}

function drawAbsence(
  rng: Rng,
  end: number,
  longestMs: number,
): { readonly end: number; readonly at: number; readonly ms: number } {
  return { end, at: rng.between(100, BUSY_MS), ms: rng.between(1, longestMs) };
}
