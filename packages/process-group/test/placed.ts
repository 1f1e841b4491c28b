import type { MembershipId, PendingBody } from '@group-services/core';
import { decodeOrdered, type Entry, messagesIn, type ToClient } from '@group-services/wire';

/** One entry of the log of a {@link PerfectMetagroup}; the first has position 1. */
export type Placed =
  | {
      readonly kind: 'body';
      readonly origin: MembershipId;
      readonly body: Uint8Array;
      /** See {@link widthOf}. */
      readonly width: number;
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

/** How many positions a body takes: every message of a bundle has one. */
export function widthOf(body: Uint8Array): number {
  const decoded = decodeOrdered(body);
  return decoded.ok && decoded.value.kind === 'bundle' ? decoded.value.count : 1;
}

/** The position of what has this number in the log; where there is none, of what comes next. */
export function positionOf(log: readonly Placed[], number: number): number {
  let position = number;
  for (const placed of log.slice(0, number - 1)) {
    if (placed.kind === 'body') position += placed.width - 1;
  }
  return position;
}

/** What a process is told. */
export function opened(message: ToClient): readonly ToClient[] {
  return message.kind === 'bundle' ? messagesIn(message) : [message];
}

/** What a new leader that has delivered so much is told of the rest. */
export function bodiesBehind(log: readonly Placed[], delivered: number): PendingBody[] {
  return log.flatMap((placed, index) =>
    index >= delivered && placed.kind === 'body'
      ? [{ position: index + 1, body: placed.body }]
      : [],
  );
}
