import type { MembershipId } from '@group-services/core';
import * as z from 'zod/mini';
import { type Entry, entrySchema } from './entry.js';
import { addressField, bytesField, countField, membershipIdField, versionField } from './fields.js';
import { object } from './object-schema.js';

/**
 * What memberships of one processor group say to each other (`internal-layer.md` §§3–8).
 *
 * The hot ones are plain interfaces with hand-written headers (`group-frames.ts`); the rare ones are
 * msgpack maps described by zod schemas. All travel in an envelope that names the generation and both
 * memberships; a generation belongs to one group.
 */

/** One numbered message of the ordered stream, kept until it is stable. */
export interface LogEntry {
  readonly seq: number;
  /** Who submitted it; its counter runs from 1 per (origin, originJoinVersion). */
  readonly origin: MembershipId;
  readonly originJoinVersion: number;
  readonly counter: number;
  /** Delivered only once every member has it. */
  readonly safe: boolean;
  /** A change of the view: the body is an encoded {@link Entry}. */
  readonly view: boolean;
  readonly body: Uint8Array;
}

/** Cumulative acknowledgement; rides on whatever a member sends to its leader. */
export interface Acknowledgement {
  readonly version: number;
  readonly joinVersion: number;
  readonly contiguous: number;
  readonly stableSeen: number;
  /**
   * Odd while processes of the sender's daemon have too much unread (B4). Grows by one with each change
   * during a membership, so that of two acknowledgements the later one counts.
   */
  readonly pressure: number;
}

/** Who speaks as leader, and on which footing. */
export interface LeaderStamp {
  readonly version: number;
  readonly since: number;
  readonly cut: number;
  readonly stable: number;
}

export interface Data extends LeaderStamp {
  readonly kind: 'data';
  readonly ackRequired: boolean;
  readonly entry: LogEntry;
}

/** A message of the leader that carries nothing but numbers: catch up and acknowledge. */
export interface Sync extends LeaderStamp {
  readonly kind: 'sync';
  readonly ackRequired: boolean;
  readonly last: number;
}

export interface Submit extends Acknowledgement {
  readonly kind: 'submit';
  readonly counter: number;
  readonly safe: boolean;
  readonly body: Uint8Array;
}

export interface Ack extends Acknowledgement {
  readonly kind: 'ack';
}

export interface Nack {
  readonly kind: 'nack';
  readonly version: number;
  readonly from: number;
  readonly to: number;
}

/** The `index`-th request of this member to the leader that took over in `since`. */
export interface Request extends Acknowledgement {
  readonly kind: 'request';
  readonly since: number;
  readonly index: number;
  readonly n: number;
  readonly body: Uint8Array;
}

/** The leader's answer to request `n`. */
export interface Reply {
  readonly kind: 'reply';
  readonly since: number;
  readonly index: number;
  readonly n: number;
  readonly body: Uint8Array;
}

/** Requests or replies up to `index` have arrived. */
export interface Received {
  readonly kind: 'received';
  readonly since: number;
  readonly channel: 'requests' | 'replies';
  readonly index: number;
}

/** An entry at or below the cut, sent to the claimant that asked for it. */
export interface Fetched {
  readonly kind: 'fetched';
  readonly version: number;
  readonly entry: LogEntry;
}

export const groupControlSchema = z.discriminatedUnion('kind', [
  object({ kind: z.literal('insert'), address: addressField }),
  object({ kind: z.literal('leave') }),
  object({ kind: z.literal('handover'), entry: entrySchema }),
  object({ kind: z.literal('takeover'), entry: entrySchema }),
  object({
    kind: z.literal('state'),
    version: versionField,
    /** Null: this member is still joining. */
    contiguous: z.nullable(countField),
    /** As in {@link Acknowledgement}: the flow must not open before the first one arrives. */
    pressure: countField,
  }),
  object({
    kind: z.literal('fetch'),
    version: versionField,
    from: countField,
    to: countField,
  }),
  /** The leader asks another full member to send a joiner the snapshot of the view at `position`. */
  object({
    kind: z.literal('donate'),
    version: versionField,
    since: versionField,
    position: countField,
    joiner: membershipIdField,
    attempt: countField,
  }),
  object({
    kind: z.literal('snapshot'),
    version: versionField,
    since: versionField,
    cut: countField,
    position: countField,
    index: countField,
    chunks: countField,
    bytes: bytesField,
    /** Which sender of this snapshot it is; the leader's first attempt has no number. */
    attempt: z.optional(countField),
  }),
  object({
    kind: z.literal('snapshot-received'),
    version: versionField,
    position: countField,
    /** The chunk wanted next; equal to the number of chunks when all are here. */
    next: countField,
    attempt: z.optional(countField),
  }),
  /** Answer to what was addressed to a membership that is not (or no longer) there. */
  object({ kind: z.literal('gone'), membership: membershipIdField }),
  object({ kind: z.literal('not-leader') }),
  object({ kind: z.literal('stale'), generation: countField, version: versionField }),
  /** The sender was away for so long that it may have been removed: does the addressee count on it? */
  object({ kind: z.literal('woken'), n: countField }),
  /** Answer to it: the leader still lists the member, or the member still follows the leader. */
  object({ kind: z.literal('known'), n: countField }),
]);

export type GroupControl = z.infer<typeof groupControlSchema>;

export type GroupMessage =
  | Data
  | Sync
  | Submit
  | Ack
  | Nack
  | Request
  | Reply
  | Received
  | Fetched
  | GroupControl;

/** A message between two memberships of one generation. */
export interface GroupEnvelope {
  readonly generation: number;
  readonly from: MembershipId;
  /**
   * Undefined: whichever full membership of this generation the daemon has that gets it, so that one
   * frame serves several daemons. Only for `data` and `sync`.
   */
  readonly to: MembershipId | undefined;
  readonly message: GroupMessage;
}

/** What a snapshot holds besides the upper layer's state; packed, then cut into chunks. */
export const snapshotSchema = object({
  entry: entrySchema,
  counters: z.array(
    object({ origin: membershipIdField, joinVersion: versionField, counter: countField }),
  ),
  state: bytesField,
});

export type Snapshot = z.infer<typeof snapshotSchema>;
