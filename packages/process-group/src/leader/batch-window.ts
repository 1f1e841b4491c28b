import type { Instant } from '@group-services/core';
import type { Attributes } from '@group-services/wire';

/** Something that may be collected into a batch. */
export interface Collected {
  /** When it came to this leader. */
  readonly at: Instant;
}

/** Joiners or departures of one batch at most: its START must fit a frame, whatever it says of them. */
export const BATCH_MAX = 1_000;

/** Whether the group collects joins, or failures and leaves (M27). */
export function batches({ batch }: Attributes, what: 'joins' | 'departures'): boolean {
  return batch === 'both' || batch === what;
}

/** The window opens with the first item; while another protocol runs nobody asks, so it extends. */
export function isCollected({ at }: Collected, attributes: Attributes, now: Instant): boolean {
  return now >= at + attributes.batchWindow;
}

/** Whether a batch takes so many more; what comes after the first that it does not is for the next. */
export function batchRoom(): (count?: number) => boolean {
  let taken = 0;
  let isFull = false;
  return (count = 1) => {
    isFull ||= taken > 0 && taken + count > BATCH_MAX;
    if (!isFull) taken += count;
    return !isFull;
  };
}
