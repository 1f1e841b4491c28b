import * as z from 'zod/mini';
import { attributesSchema } from './attributes.js';
import { groupsAnswer, nodesAnswer } from './client-lists.js';
import {
  bytesField,
  countField,
  providerIdField,
  providerNameField,
  reasonField,
  traceField,
  u32Field,
} from './fields.js';
import { labelsOfProvidersField } from './labels.js';
import { object } from './object-schema.js';
import { drainAnswer } from './operator-messages.js';
import { LEAVE_REASONS, PROTOCOL_KINDS } from './protocol-words.js';
import type { DeliveredBundle, DeliveredMessage } from './provider-messages.js';
import {
  ANNOUNCEMENT_CODES,
  causeSchema,
  defaultVoteField,
  TIME_LIMIT_MAX,
} from './voting-bodies.js';

/**
 * What a daemon says to a process after the handshake (`external-layer.md` §3.4, `client-api.md`); the other
 * direction is `from-client.ts`. One-phase provider messages, the hot ones, have hand-written headers.
 */

const text = z.string().check(z.maxLength(4096));

const fenceField = z.string().check(z.maxLength(64));

export const viewSchema = object({
  version: countField,
  fence: fenceField,
  providers: z.array(providerIdField),
  /** The numbers of these providers, in the same order; `message` frames name senders by them. */
  numbers: z.array(u32Field),
  /** Of those who have any. */
  labels: z.optional(labelsOfProvidersField),
});

export const protocolInfoSchema = object({
  id: z.string().check(z.maxLength(64)),
  kind: z.enum(PROTOCOL_KINDS),
  proposer: z.optional(providerIdField),
});

const snapshotSchema = object({
  view: viewSchema,
  stateValue: z.nullable(bytesField),
  position: countField,
  protocol: z.optional(protocolInfoSchema),
});

const departureSchema = object({
  provider: providerIdField,
  reason: z.enum(LEAVE_REASONS),
  detail: z.optional(reasonField),
});

export const REMOVED_REASONS = [
  ...LEAVE_REASONS,
  'connection-lost',
  'group-lost',
  'overloaded',
  'not-authorized',
  'daemon-stopped',
] as const;

/** Why a daemon ends a connection that it could go on with. */
const CLOSING_REASONS = ['daemon-stopped', 'not-authorized', 'overloaded'] as const;

export const REFUSAL_CODES = [
  'ABORTED',
  'ATTRIBUTE_MISMATCH',
  'COLLISION',
  'CONNECTION_LOST',
  'DUPLICATE_INSTANCE',
  'INVALID_ARGUMENT',
  'NOT_AUTHORIZED',
  'OVERLOADED',
  'REMOVED',
  'STATE_CHANGED',
  'TIMEOUT',
  'UNAVAILABLE',
  'UNKNOWN_GROUP',
  'UNKNOWN_PROVIDER',
] as const;

/** The typed detail that a code carries; the client builds its errors from it. */
const refusalSchema = object({
  code: z.enum(REFUSAL_CODES),
  text,
  argument: z.optional(z.string().check(z.maxLength(256))),
  /** What is not permitted, as files of permissions call it. */
  action: z.optional(z.string().check(z.maxLength(64))),
  limit: z.optional(z.string().check(z.maxLength(256))),
  differences: z.optional(
    z.array(
      object({
        attribute: z.string().check(z.maxLength(64)),
        given: z.optional(z.unknown()),
        group: z.optional(z.unknown()),
      }),
    ),
  ),
  instance: z.optional(z.string().check(z.maxLength(64))),
  providers: z.optional(z.array(providerNameField)),
  stateValue: z.optional(z.nullable(bytesField)),
  milliseconds: z.optional(countField),
  reason: z.optional(z.enum(REMOVED_REASONS)),
});

const causes = z.array(causeSchema);

/** What has become of the list that the handle knows; see `FollowedView`. */
const viewChangeSchema = object({
  /** Of the new list. */
  version: countField,
  fence: fenceField,
  /** At the end of the new list, in this order, with their numbers. */
  joined: z.array(providerIdField),
  numbers: z.array(u32Field),
  /** Of those of the joined who have any. */
  labels: z.optional(labelsOfProvidersField),
  left: z.array(departureSchema),
});

/** What a protocol would change, as ballots and rejections show it. */
const proposalFields = {
  joining: z.array(providerIdField),
  leaving: z.array(departureSchema),
  proposedStateValue: z.optional(bytesField),
  message: z.optional(bytesField),
  attributes: z.optional(attributesSchema),
};

/** An approved protocol, with everything it changed. Written by hand. */
export const approvedSchema = object({
  kind: z.literal('approved'),
  handle: u32Field,
  position: countField,
  protocol: protocolInfoSchema,
  phases: countField,
  /** Set when this handle's own proposal is what ended. */
  request: z.optional(u32Field),
  attributes: z.optional(
    z.object({ attributes: attributesSchema, changed: z.array(z.string().check(z.maxLength(64))) }),
  ),
  membership: z.optional(viewChangeSchema),
  state: z.optional(object({ value: bytesField })),
  /** A provider message that was voted on. */
  message: z.optional(bytesField),
  /** Default votes that helped to approve it. */
  causes: z.optional(causes),
  /** Feature `trace`: what its proposal named. */
  trace: z.optional(traceField),
});
export type Approved = z.infer<typeof approvedSchema>;

/** A voting phase has begun: the holder is asked for its vote, a joiner before `joined`. Written by hand. */
export const ballotSchema = object({
  kind: z.literal('ballot'),
  handle: u32Field,
  protocol: protocolInfoSchema,
  phase: countField,
  ...proposalFields,
  /** Of the list that is voted about; a provider has it. */
  fence: fenceField,
  /** Told to joiners, who have no snapshot yet. */
  group: z.optional(object({ view: viewSchema, stateValue: z.nullable(bytesField) })),
  /** Why the phase before continued. */
  causes,
  defaultVote: defaultVoteField,
  /** Milliseconds. */
  timeLeft: z.optional(z.int().check(z.gte(0), z.lte(TIME_LIMIT_MAX))),
});
export type Ballot = z.infer<typeof ballotSchema>;

export const toClientSchema = z.discriminatedUnion('kind', [
  /**
   * The answer to `join`: the new provider's snapshot, with the state value from before the join's
   * protocol. If riders of that protocol came along, `rider` frames and an `approved` at the same
   * position follow, without `membership`, which the snapshot shows already.
   */
  object({
    kind: z.literal('joined'),
    request: u32Field,
    handle: u32Field,
    provider: providerIdField,
    attributes: attributesSchema,
    snapshot: snapshotSchema,
  }),
  /** The answer to `subscribe`; null while a persistent one waits for its group. */
  object({
    kind: z.literal('subscribed'),
    request: u32Field,
    handle: u32Field,
    snapshot: z.nullable(snapshotSchema),
  }),
  /** A persistent subscription goes on with a new life of its group. */
  object({ kind: z.literal('snapshot'), handle: u32Field, snapshot: snapshotSchema }),
  /** The phase of that ballot is over, or there is none: the vote does not count. */
  object({
    kind: z.literal('vote-not-expected'),
    handle: u32Field,
    protocol: z.string().check(z.maxLength(64)),
    phase: countField,
  }),
  /**
   * A message rider of the phase that has just ended, ahead of the `ballot`, `approved`, `rejected` or
   * `removed` frame of the same protocol for the same handle.
   */
  object({
    kind: z.literal('rider'),
    handle: u32Field,
    protocol: z.string().check(z.maxLength(64)),
    from: providerIdField,
    payload: bytesField,
  }),
  /** Voted down. To a joiner it is the answer to its `join`. */
  object({
    kind: z.literal('rejected'),
    handle: u32Field,
    position: countField,
    protocol: protocolInfoSchema,
    phases: countField,
    causes,
    /** Set when this handle's own proposal or join is what ended. */
    request: z.optional(u32Field),
    /** The group's value, which the rejection left as it was; told to joiners. */
    stateValue: z.optional(z.nullable(bytesField)),
    ...proposalFields,
    /** Failed providers are removed whatever the votes say; told before the rejection. */
    membership: z.optional(viewChangeSchema),
    /** Feature `trace`: what its proposal named. */
    trace: z.optional(traceField),
  }),
  object({
    kind: z.literal('announcement'),
    handle: u32Field,
    position: countField,
    code: z.enum(ANNOUNCEMENT_CODES),
    providers: z.array(providerIdField),
  }),
  /** Answer with `pong`. */
  object({ kind: z.literal('ping'), n: countField }),
  /** The last thing a provider hears; a subscription too, when the service ended it. */
  object({
    kind: z.literal('removed'),
    handle: u32Field,
    position: countField,
    protocol: z.optional(protocolInfoSchema),
    reason: z.enum(REMOVED_REASONS),
    detail: z.optional(reasonField),
    /** Set when its own `leave` is what removed it. */
    request: z.optional(u32Field),
    /** Of the protocol that removed it; with `request`. */
    phases: z.optional(countField),
    causes: z.optional(causes),
    /** The group's state value after that protocol, if a rider changed it; with `request`. */
    stateValue: z.optional(bytesField),
  }),
  /** The last frame of a connection that the daemon ends of its own accord, and why. */
  object({
    kind: z.literal('closing'),
    why: text,
    /** What every membership of the process ends with; left out: `connection-lost`. */
    reason: z.optional(z.enum(CLOSING_REASONS)),
  }),
  /** The group has no provider any more. */
  object({ kind: z.literal('dissolved'), handle: u32Field, position: countField }),
  /** The definite answer to a request that is not carried out. */
  z.extend(refusalSchema, { kind: z.literal('refused'), request: u32Field }),
  /** The answer to `unsubscribe`, `goodbye`, `reset` and `close`. */
  object({ kind: z.literal('done'), request: u32Field }),
  groupsAnswer,
  nodesAnswer,
  drainAnswer,
]);

export type ClientView = z.infer<typeof viewSchema>;
export type ViewChange = z.infer<typeof viewChangeSchema>;
export type ClientSnapshot = z.infer<typeof snapshotSchema>;
export type ClientProtocolInfo = z.infer<typeof protocolInfoSchema>;
export type ClientDeparture = z.infer<typeof departureSchema>;
export type RemovedReason = (typeof REMOVED_REASONS)[number];
export type RefusalCode = (typeof REFUSAL_CODES)[number];
export type Refusal = z.infer<typeof refusalSchema>;
export type ToClient =
  | z.infer<typeof toClientSchema>
  | Approved
  | Ballot
  | DeliveredMessage
  | DeliveredBundle;
