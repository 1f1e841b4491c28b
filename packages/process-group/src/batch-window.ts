import type { Instant } from '@group-services/core';
import type { Attributes } from '@group-services/wire';

/** Something that may be collected into a batch. */
export interface Collected {
  /** When it came to this leader. */
  readonly at: Instant;
}

/** Whether the group collects joins, or failures and leaves (M27). */
export function batches({ batch }: Attributes, what: 'joins' | 'departures'): boolean {
  return batch === 'both' || batch === what;
}

/** The window opens with the first item; while another protocol runs nobody asks, so it extends. */
export function isCollected({ at }: Collected, attributes: Attributes, now: Instant): boolean {
  return now >= at + attributes.batchWindow;
}
