import type { MembershipId } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { PendingBody } from '../src/index.js';

/** One entry of the log of a {@link PerfectMetagroup}; the first has position 1. */
export type Placed =
  | {
      readonly kind: 'body';
      readonly origin: MembershipId;
      readonly body: Uint8Array;
      safe: boolean;
    }
  | { readonly kind: 'view'; readonly entry: Entry };

/** The last position up to `delivered` that everybody is bound to. */
export function safeUpTo(log: readonly Placed[], delivered: number): number {
  for (let position = delivered; position > 0; position -= 1) {
    const placed = log[position - 1];
    if (placed?.kind === 'view' || placed?.safe === true) return position;
  }
  return 0;
}

/** What a new leader that has delivered so much is told of the rest. */
export function bodiesBehind(log: readonly Placed[], delivered: number): PendingBody[] {
  return log.flatMap((placed, index) =>
    index >= delivered && placed.kind === 'body'
      ? [{ position: index + 1, body: placed.body }]
      : [],
  );
}
