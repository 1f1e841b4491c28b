import * as z from 'zod';
import { attributesSchema, partialAttributesSchema, phasesSchema } from './attributes.js';
import { groupsAnswer, groupsQuestion, nodesAnswer, nodesQuestion } from './client-lists.js';
import {
  bytesField,
  countField,
  groupNameField,
  instanceField,
  providerIdField,
  providerNameField,
  reasonField,
  u32Field,
} from './fields.js';
import { LEAVE_REASONS, PROTOCOL_KINDS } from './group-bodies.js';
import { labelsField, labelsOfProvidersField } from './labels.js';
import { drainAnswer, operatorMessages } from './operator-messages.js';
import { proposedSchema } from './proposed.js';
import type {
  DeliveredBundle,
  DeliveredMessage,
  SendBundle,
  SendMessage,
} from './provider-messages.js';
import {
  ANNOUNCEMENT_CODES,
  castFields,
  causeSchema,
  defaultVoteField,
  TIME_LIMIT_MAX,
} from './voting-bodies.js';

/**
 * What a process and its daemon say to each other after the handshake (`external-layer.md`
 * §3.4, `client-api.md`). One-phase provider messages, the hot ones, have hand-written headers.
 *
 * `request` numbers are the client's, from 1, never reused on a connection; each request gets exactly
 * one answer. `handle` is the client's number for one membership or subscription.
 */

/** A limit in milliseconds; 0 = none. */
const timeout = z.number().min(0).max(0x7fffffff);
const text = z.string().max(4096);

/** The vote of the holder of `handle` in one phase; has no answer. Written by hand. */
export const voteSchema = z.object({
  kind: z.literal('vote'),
  handle: u32Field,
  /** Id of the protocol, as in the ballot. */
  protocol: z.string().max(64),
  phase: countField,
  ...castFields,
});

export const fromClientSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('join'),
    request: u32Field,
    handle: u32Field,
    group: groupNameField,
    instance: instanceField.optional(),
    attributes: partialAttributesSchema,
    labels: labelsField.optional(),
    timeout,
  }),
  z.object({
    kind: z.literal('subscribe'),
    request: u32Field,
    handle: u32Field,
    group: groupNameField,
    membership: z.boolean(),
    state: z.boolean(),
    persistent: z.boolean(),
    timeout,
  }),
  z.object({ kind: z.literal('unsubscribe'), request: u32Field, handle: u32Field }),
  z.object({
    kind: z.literal('propose'),
    request: u32Field,
    handle: u32Field,
    phases: phasesSchema,
    timeLimit: timeout.optional(),
    proposed: proposedSchema,
  }),
  /** Asks to be pinged, for as long as the connection lasts. */
  z.object({ kind: z.literal('monitor'), interval: z.number().min(1).max(0x7fffffff), timeout }),
  /** The answer to `ping`; false: the process says that something is wrong with it. */
  z.object({ kind: z.literal('pong'), n: countField, ok: z.boolean() }),
  /** Takes back a join, subscribe or proposal: answered by `refused` ABORTED, or by its result. */
  z.object({ kind: z.literal('withdraw'), target: u32Field }),
  /** `overloaded`: said by the library, since the program does not consume its events. */
  z.object({
    kind: z.literal('goodbye'),
    request: u32Field,
    handle: u32Field,
    overloaded: z.boolean().optional(),
  }),
  /**
   * The program has not taken so much of a handle's events that its group should wait for it, or has
   * caught up; said by the library (B4).
   */
  z.object({
    kind: z.literal('lagging'),
    handle: u32Field,
    lagging: z.boolean(),
    bytes: countField,
  }),
  groupsQuestion,
  nodesQuestion,
  ...operatorMessages,
  /** Ends every membership (reason `quit`); answered by `done`, then the daemon closes. */
  z.object({ kind: z.literal('close'), request: u32Field }),
]);

export type Proposed = z.infer<typeof proposedSchema>;
export type ClientVote = z.infer<typeof voteSchema>;
export type FromClient = z.infer<typeof fromClientSchema> | ClientVote | SendMessage | SendBundle;

const fenceField = z.string().max(64);

export const viewSchema = z.object({
  version: countField,
  fence: fenceField,
  providers: z.array(providerIdField),
  /** The numbers of these providers, in the same order; `message` frames name senders by them. */
  numbers: z.array(u32Field),
  /** Of those who have any. */
  labels: labelsOfProvidersField.optional(),
});

export const protocolInfoSchema = z.object({
  id: z.string().max(64),
  kind: z.enum(PROTOCOL_KINDS),
  proposer: providerIdField.optional(),
});

const snapshotSchema = z.object({
  view: viewSchema,
  stateValue: bytesField.nullable(),
  position: countField,
  protocol: protocolInfoSchema.optional(),
});

const departureSchema = z.object({
  provider: providerIdField,
  reason: z.enum(LEAVE_REASONS),
  detail: reasonField.optional(),
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
const refusalSchema = z.object({
  code: z.enum(REFUSAL_CODES),
  text,
  argument: z.string().max(256).optional(),
  /** What is not permitted, as files of permissions call it. */
  action: z.string().max(64).optional(),
  limit: z.string().max(256).optional(),
  differences: z
    .array(
      z.object({
        attribute: z.string().max(64),
        given: z.unknown().optional(),
        group: z.unknown().optional(),
      }),
    )
    .optional(),
  instance: z.string().max(64).optional(),
  providers: z.array(providerNameField).optional(),
  stateValue: bytesField.nullable().optional(),
  milliseconds: countField.optional(),
  reason: z.enum(REMOVED_REASONS).optional(),
});

const causes = z.array(causeSchema);

/** What has become of the list that the handle knows; see `FollowedView`. */
const viewChangeSchema = z.object({
  /** Of the new list. */
  version: countField,
  fence: fenceField,
  /** At the end of the new list, in this order, with their numbers. */
  joined: z.array(providerIdField),
  numbers: z.array(u32Field),
  /** Of those of the joined who have any. */
  labels: labelsOfProvidersField.optional(),
  left: z.array(departureSchema),
});

/** What a protocol would change, as ballots and rejections show it. */
const proposalFields = {
  joining: z.array(providerIdField),
  leaving: z.array(departureSchema),
  proposedStateValue: bytesField.optional(),
  message: bytesField.optional(),
  attributes: attributesSchema.optional(),
};

/** An approved protocol, with everything it changed. Written by hand. */
export const approvedSchema = z.object({
  kind: z.literal('approved'),
  handle: u32Field,
  position: countField,
  protocol: protocolInfoSchema,
  phases: countField,
  /** Set when this handle's own proposal is what ended. */
  request: u32Field.optional(),
  attributes: z
    .object({ attributes: attributesSchema, changed: z.array(z.string().max(64)) })
    .optional(),
  membership: viewChangeSchema.optional(),
  state: z.object({ value: bytesField }).optional(),
  /** A provider message that was voted on. */
  message: bytesField.optional(),
  /** Default votes that helped to approve it. */
  causes: causes.optional(),
});
export type Approved = z.infer<typeof approvedSchema>;

/** A voting phase has begun: the holder is asked for its vote, a joiner before `joined`. Written by hand. */
export const ballotSchema = z.object({
  kind: z.literal('ballot'),
  handle: u32Field,
  protocol: protocolInfoSchema,
  phase: countField,
  ...proposalFields,
  /** Of the list that is voted about; a provider has it. */
  fence: fenceField,
  /** Told to joiners, who have no snapshot yet. */
  group: z.object({ view: viewSchema, stateValue: bytesField.nullable() }).optional(),
  /** Why the phase before continued. */
  causes,
  defaultVote: defaultVoteField,
  /** Milliseconds. */
  timeLeft: z.number().int().min(0).max(TIME_LIMIT_MAX).optional(),
});
export type Ballot = z.infer<typeof ballotSchema>;

export const toClientSchema = z.discriminatedUnion('kind', [
  /**
   * The answer to `join`: the new provider's snapshot, with the state value from before the join's
   * protocol. If riders of that protocol came along, `rider` frames and an `approved` at the same
   * position follow, without `membership`, which the snapshot shows already.
   */
  z.object({
    kind: z.literal('joined'),
    request: u32Field,
    handle: u32Field,
    provider: providerIdField,
    attributes: attributesSchema,
    snapshot: snapshotSchema,
  }),
  /** The answer to `subscribe`; null while a persistent one waits for its group. */
  z.object({
    kind: z.literal('subscribed'),
    request: u32Field,
    handle: u32Field,
    snapshot: snapshotSchema.nullable(),
  }),
  /** A persistent subscription goes on with a new life of its group. */
  z.object({ kind: z.literal('snapshot'), handle: u32Field, snapshot: snapshotSchema }),
  /** The phase of that ballot is over, or there is none: the vote does not count. */
  z.object({
    kind: z.literal('vote-not-expected'),
    handle: u32Field,
    protocol: z.string().max(64),
    phase: countField,
  }),
  /**
   * A message rider of the phase that has just ended, ahead of the `ballot`, `approved`, `rejected` or
   * `removed` frame of the same protocol for the same handle.
   */
  z.object({
    kind: z.literal('rider'),
    handle: u32Field,
    protocol: z.string().max(64),
    from: providerIdField,
    payload: bytesField,
  }),
  /** Voted down. To a joiner it is the answer to its `join`. */
  z.object({
    kind: z.literal('rejected'),
    handle: u32Field,
    position: countField,
    protocol: protocolInfoSchema,
    phases: countField,
    causes,
    /** Set when this handle's own proposal or join is what ended. */
    request: u32Field.optional(),
    /** The group's value, which the rejection left as it was; told to joiners. */
    stateValue: bytesField.nullable().optional(),
    ...proposalFields,
    /** Failed providers are removed whatever the votes say; told before the rejection. */
    membership: viewChangeSchema.optional(),
  }),
  z.object({
    kind: z.literal('announcement'),
    handle: u32Field,
    position: countField,
    code: z.enum(ANNOUNCEMENT_CODES),
    providers: z.array(providerIdField),
  }),
  /** Answer with `pong`. */
  z.object({ kind: z.literal('ping'), n: countField }),
  /** The last thing a provider hears; a subscription too, when the service ended it. */
  z.object({
    kind: z.literal('removed'),
    handle: u32Field,
    position: countField,
    protocol: protocolInfoSchema.optional(),
    reason: z.enum(REMOVED_REASONS),
    detail: reasonField.optional(),
    /** Set when its own `leave` is what removed it. */
    request: u32Field.optional(),
    /** Of the protocol that removed it; with `request`. */
    phases: countField.optional(),
    causes: causes.optional(),
    /** The group's state value after that protocol, if a rider changed it; with `request`. */
    stateValue: bytesField.optional(),
  }),
  /** The last frame of a connection that the daemon ends of its own accord, and why. */
  z.object({
    kind: z.literal('closing'),
    why: text,
    /** What every membership of the process ends with; left out: `connection-lost`. */
    reason: z.enum(CLOSING_REASONS).optional(),
  }),
  /** The group has no provider any more. */
  z.object({ kind: z.literal('dissolved'), handle: u32Field, position: countField }),
  /** The definite answer to a request that is not carried out. */
  refusalSchema.extend({ kind: z.literal('refused'), request: u32Field }),
  /** The answer to `unsubscribe`, `goodbye`, `reset` and `close`. */
  z.object({ kind: z.literal('done'), request: u32Field }),
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
