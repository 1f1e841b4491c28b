/** How good all links are; percentages from 0 to 100, times in milliseconds. */
export interface Quality {
  readonly lossPercent: number;
  readonly duplicatePercent: number;
  /** Frames that are held back, so that later ones overtake them. */
  readonly reorderPercent: number;
  readonly delayMs: number;
  /** Every frame is early or late by up to so much; it reorders, too. */
  readonly jitterMs: number;
}

/** One direction of one link, by numbers of hosts. */
export interface Cut {
  readonly from: number;
  readonly to: number;
}

/** All that the switch does to frames. */
export interface Rules {
  readonly cuts: readonly Cut[];
  readonly quality: Quality;
}

export const PERFECT: Quality = {
  lossPercent: 0,
  duplicatePercent: 0,
  reorderPercent: 0,
  delayMs: 0,
  jitterMs: 0,
};

/** What has become of the frames so far; one for several hosts counts once for each. */
export interface Counters {
  readonly forwarded: number;
  /** On a direction that is cut. */
  readonly cut: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  /** Came in with a multicast address; counted once, whoever it is for. */
  readonly multicast: number;
}

const HELD_BACK_MS = 10;

/** When copies of a frame are to be sent, in milliseconds from now; an empty list is a lost frame. */
export interface Fate {
  readonly sendAfterMs: readonly number[];
  readonly isReordered: boolean;
}

/** Draws what becomes of one frame; `random` answers numbers from 0 to 1. */
export function fateOf(quality: Quality, random: () => number): Fate {
  const happens = (percent: number): boolean => random() * 100 < percent;
  if (happens(quality.lossPercent)) return { sendAfterMs: [], isReordered: false };
  const isReordered = happens(quality.reorderPercent);
  const base = quality.delayMs + (isReordered ? HELD_BACK_MS : 0);
  const late = (): number => Math.max(0, base + (random() * 2 - 1) * quality.jitterMs);
  const first = late();
  const again = happens(quality.duplicatePercent) ? [late()] : [];
  return { sendAfterMs: [first, ...again], isReordered };
}
