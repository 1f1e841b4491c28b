import * as z from 'zod/mini';
import { attributesSchema, partialAttributesSchema } from './attributes.js';
import {
  bytesField,
  countField,
  membershipIdField,
  providerIdField,
  providerNameField,
  reasonField,
  traceField,
  u32Field,
} from './fields.js';
import { labelsField } from './labels.js';
import { object } from './object-schema.js';
import { LEAVE_REASONS, PROTOCOL_KINDS } from './protocol-words.js';
import type { Bundled } from './provider-messages.js';
import {
  ANNOUNCEMENT_CODES,
  phaseChoice,
  type ResultBody,
  reportSchema,
  riderSchema,
  runningSchema,
  type VotesBody,
  votingSchema,
} from './voting-bodies.js';

/**
 * The external layer's bodies inside ordered multicasts, requests and replies
 * (`external-layer.md` §3.4). The internal layer carries them as bytes.
 *
 * A one-phase provider message has a fixed header and the same bytes as proposal and as START, so the
 * leader forwards the slice it received.
 */

/** A provider in the replicated list; `no` is unique within the generation and never reused. */
export const listedProviderSchema = object({
  id: providerIdField,
  no: u32Field,
  daemon: membershipIdField,
  labels: z.optional(labelsField),
});
export type ListedProvider = z.infer<typeof listedProviderSchema>;

export const departureSchema = object({
  no: u32Field,
  provider: providerIdField,
  reason: z.enum(LEAVE_REASONS),
  detail: z.optional(reasonField),
});
export type ListedDeparture = z.infer<typeof departureSchema>;

/**
 * What of its source a removal from a target group follows (`external-layer.md` §3.12): whoever is in both
 * is told of it after that position, and when none of these providers is listed any more.
 */
export const sourceMarkSchema = object({
  generation: countField,
  position: countField,
  /** Their numbers. */
  providers: z.optional(z.array(u32Field).check(z.maxLength(10_000))),
});
export type SourceMark = z.infer<typeof sourceMarkSchema>;

/** Request `n` of a daemon, and its lowest request that had no answer when this was sent. */
export const requestRefSchema = object({
  origin: membershipIdField,
  n: countField,
  low: countField,
});
export type RequestRef = z.infer<typeof requestRefSchema>;

export const proposalSchema = z.discriminatedUnion('kind', [
  object({
    kind: z.literal('join'),
    low: countField,
    provider: providerIdField,
    attributes: partialAttributesSchema,
    labels: z.optional(labelsField),
  }),
  object({
    kind: z.literal('leave'),
    low: countField,
    proposer: u32Field,
    reason: z.optional(reasonField),
    ...phaseChoice,
  }),
  object({
    kind: z.literal('expel'),
    low: countField,
    proposer: u32Field,
    targets: z.array(providerNameField).check(z.minLength(1), z.maxLength(10_000)),
    reason: z.optional(reasonField),
    ...phaseChoice,
  }),
  object({
    kind: z.literal('state'),
    low: countField,
    proposer: u32Field,
    value: bytesField,
    /** Absent: no condition; null: only if there is no value yet. */
    ifState: z.optional(z.nullable(bytesField)),
    ...phaseChoice,
  }),
  object({
    kind: z.literal('attributes'),
    low: countField,
    proposer: u32Field,
    attributes: partialAttributesSchema,
    ...phaseChoice,
  }),
  /** A provider message that is voted on; one-phase messages have their own form. */
  object({
    kind: z.literal('voted-message'),
    low: countField,
    proposer: u32Field,
    payload: bytesField,
    safe: z.boolean(),
    ...phaseChoice,
  }),
  object({ kind: z.literal('barrier'), low: countField, proposer: u32Field, ...phaseChoice }),
  reportSchema,
  /** PROVIDER_DOWN: processes whose socket broke, or that said goodbye or quit, or that are cast out. */
  object({
    kind: z.literal('down'),
    low: countField,
    departures: z.array(departureSchema).check(z.minLength(1), z.maxLength(10_000)),
    source: z.optional(sourceMarkSchema),
  }),
  /** Takes back request `target` if its protocol has not started. */
  object({ kind: z.literal('withdraw'), low: countField, target: countField }),
]);

/** The `proposer` of what a daemon proposes for an operator: the numbers of providers begin with 1. */
export const OPERATOR_NO = 0;

/** A one-phase provider message, as proposal and as START. */
export interface MessageBody {
  readonly kind: 'message';
  readonly safe: boolean;
  readonly proposer: number;
  readonly n: number;
  readonly low: number;
  readonly payload: Uint8Array;
}

/** Several of them as one proposal and one START: request `n` is all of them. */
export interface BundleBody extends Bundled {
  readonly kind: 'bundle';
  readonly safe: boolean;
  readonly proposer: number;
  readonly n: number;
  readonly low: number;
}

export type Proposal = z.infer<typeof proposalSchema> | VotesBody | MessageBody | BundleBody;

export const replySchema = z.discriminatedUnion('kind', [
  /** Dealt with; no protocol was necessary (already removed, nothing to withdraw). */
  object({ kind: z.literal('done') }),
  object({ kind: z.literal('withdrawn') }),
  object({
    kind: z.literal('attribute-mismatch'),
    /** Nothing may be left out. */
    strict: z.optional(z.boolean()),
    differences: z.array(
      object({
        attribute: z.string().check(z.maxLength(64)),
        given: z.optional(z.unknown()),
        group: z.optional(z.unknown()),
      }),
    ),
  }),
  object({ kind: z.literal('duplicate-instance') }),
  /** The list has no room for the labels of one more. */
  object({ kind: z.literal('labels-full') }),
  object({ kind: z.literal('unknown-provider'), providers: z.array(providerNameField) }),
  object({ kind: z.literal('state-changed'), stateValue: z.nullable(bytesField) }),
  object({ kind: z.literal('collision') }),
  /** The proposer is not in the list any more; the proposal was not run. */
  object({ kind: z.literal('proposer-removed') }),
  /** Nobody provides the group, so nothing an operator proposes can be run. */
  object({ kind: z.literal('unprovided') }),
]);

/** DROPPED, and other answers that end a request without a protocol. */
export type ReplyBody = z.infer<typeof replySchema>;

const changeSchema = z.discriminatedUnion('kind', [
  object({
    kind: z.literal('join'),
    joiners: z.array(listedProviderSchema).check(z.minLength(1), z.maxLength(10_000)),
    /** Complete when this join begins a life of the group, otherwise null. */
    attributes: z.nullable(attributesSchema),
  }),
  object({
    kind: z.literal('remove'),
    departures: z.array(departureSchema).check(z.minLength(1), z.maxLength(10_000)),
  }),
  object({ kind: z.literal('state'), value: bytesField }),
  object({
    kind: z.literal('attributes'),
    attributes: attributesSchema,
    changed: z.array(z.string().check(z.maxLength(64))),
  }),
  /** A provider message that was voted on; `safe` is how its result is delivered. */
  object({ kind: z.literal('message'), payload: bytesField, safe: z.boolean() }),
  /** A barrier changes nothing. */
  object({ kind: z.literal('none') }),
]);
export type Change = z.infer<typeof changeSchema>;

/** Requests that one body names. */
export const REQUESTS_MAX = 10_000;

export const startSchema = object({
  kind: z.literal('start'),
  protocol: z.enum(PROTOCOL_KINDS),
  proposer: z.optional(providerIdField),
  /** The requests that this protocol answers; empty for what the leader itself begins. */
  requests: z.array(requestRefSchema).check(z.maxLength(REQUESTS_MAX)),
  change: changeSchema,
  voting: z.optional(votingSchema),
  source: z.optional(sourceMarkSchema),
  /** Feature `trace`: what its proposal named. */
  trace: z.optional(traceField),
});

/** The START of a protocol; of a one-phase protocol it is the result. */
export type StartBody = z.infer<typeof startSchema>;

/** ANNOUNCE: a notice to providers. */
export const announceSchema = object({
  kind: z.literal('announce'),
  code: z.enum(ANNOUNCEMENT_CODES),
  providers: z.array(providerIdField).check(z.maxLength(100_000)),
  requests: z.array(requestRefSchema).check(z.maxLength(REQUESTS_MAX)),
});
export type AnnounceBody = z.infer<typeof announceSchema>;

export const orderedSchema = z.discriminatedUnion('kind', [
  startSchema,
  riderSchema,
  announceSchema,
]);

export type OrderedBody = z.infer<typeof orderedSchema> | ResultBody | MessageBody | BundleBody;

export const groupSnapshotSchema = object({
  /** Counts the lives of the group within this generation. */
  life: countField,
  attributes: attributesSchema,
  providers: z.array(listedProviderSchema).check(z.maxLength(100_000)),
  nextNo: u32Field,
  /** By how much positions are ahead of the numbers of the stream. */
  surplus: countField,
  /** Counts changes of the list within this life; 0 before the first join. */
  viewVersion: countField,
  /** Position of the protocol that made the present list. */
  viewPosition: countField,
  stateValue: z.nullable(bytesField),
  /** Per daemon: requests started up to `upTo`, and those ahead of it, each with its proposer or 0. */
  started: z.array(
    object({
      origin: membershipIdField,
      upTo: countField,
      ahead: z.array(object({ n: countField, proposer: countField })),
    }),
  ),
  /** The protocol that is being voted on, if there is one. */
  running: z.nullable(z.extend(runningSchema, { start: startSchema })),
});

/** What a joining daemon gets of the group (`external-layer.md` §3.4). */
export type GroupSnapshot = z.infer<typeof groupSnapshotSchema>;
