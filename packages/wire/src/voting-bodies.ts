import * as z from 'zod/mini';
import { phasesSchema } from './attributes.js';
import { bytesField, countField, providerIdField, traceField, u32Field } from './fields.js';
import { object } from './object-schema.js';

/**
 * What voting adds to the external layer's bodies (`external-layer.md` §§3.4–3.8).
 *
 * A protocol is named by the position of its START. Message riders travel as ordered bodies of their
 * own, placed when the vote arrives, so that a RESULT stays small however many there are; the RESULT
 * says whose count.
 */

export const VOTE_VALUES = ['approve', 'continue', 'reject'] as const;
export type VoteValue = (typeof VOTE_VALUES)[number];

/** What may count for who does not vote. The place of a word is what hand-written codecs write. */
export const DEFAULT_VOTES = ['approve', 'reject'] as const;
export const defaultVoteField = z.enum(DEFAULT_VOTES);
export type DefaultVote = z.infer<typeof defaultVoteField>;

/** Voters, and whatever there may be one of for each of them. */
export const LIST_MAX = 100_000;
/** Votes in one message. */
export const VOTES_MAX = 10_000;
export const TIME_LIMIT_MAX = 0x7fffffff;

const milliseconds = z.int().check(z.gte(0), z.lte(TIME_LIMIT_MAX));

/** Fixed in START; a START without it, or without voters, is approved as it is. */
export const votingSchema = object({
  /** Provider numbers, joiners included. */
  voters: z.array(u32Field).check(z.maxLength(LIST_MAX)),
  /** In force in the first phase. */
  defaultVote: defaultVoteField,
  /** Milliseconds per phase; 0: none. */
  timeLimit: milliseconds,
  phases: phasesSchema,
  /** 0: unlimited. */
  maxPhases: countField,
});
export type Voting = z.infer<typeof votingSchema>;

/** Phase choice and limit that a proposal carries; absent: one phase, the group's limit. */
export const phaseChoice = {
  phases: z.optional(phasesSchema),
  timeLimit: z.optional(milliseconds),
  /** Feature `trace`: the protocol is part of this trace. */
  trace: z.optional(traceField),
};

export const CAUSE_CODES = [
  'voted',
  'default-vote',
  'time-limit',
  'provider-failed',
  'max-phases',
] as const;

/** How one vote that decided came about. */
export const causeSchema = object({
  code: z.enum(CAUSE_CODES),
  value: z.enum(VOTE_VALUES),
  provider: z.optional(providerIdField),
});
export type WireCause = z.infer<typeof causeSchema>;

/** What somebody votes, without who it is. */
export const castFields = {
  /** `default`: the handler threw, the default vote in force is cast. */
  value: z.enum([...VOTE_VALUES, 'default']),
  stateValue: z.optional(bytesField),
  message: z.optional(bytesField),
  defaultVote: z.optional(defaultVoteField),
};

/** One provider's vote on its way to the leader. */
export const voteSchema = object({ no: u32Field, ...castFields });
export type WireVote = z.infer<typeof voteSchema>;

/** VOTES: never answered, done at the RESULT of the phase. Written by hand (`voting-codecs.ts`). */
export const votesSchema = object({
  kind: z.literal('votes'),
  low: countField,
  protocol: countField,
  phase: countField,
  votes: z.array(voteSchema).check(z.minLength(1), z.maxLength(VOTES_MAX)),
});
export type VotesBody = z.infer<typeof votesSchema>;

export const OUTCOMES = ['continue', 'approved', 'rejected'] as const;

/** RESULT of one voting phase. Written by hand (`voting-codecs.ts`). */
export const resultSchema = object({
  kind: z.literal('result'),
  protocol: countField,
  phase: countField,
  outcome: z.enum(OUTCOMES),
  causes: z.array(causeSchema).check(z.maxLength(LIST_MAX + 1)),
  /** Whose message riders of this phase count, in the leader's order of receipt. */
  riders: z.array(u32Field).check(z.maxLength(LIST_MAX)),
  /** The latest value proposed in this phase; absent: as before. */
  stateValue: z.optional(bytesField),
  /** In force in the next phase. */
  defaultVote: defaultVoteField,
});
export type ResultBody = z.infer<typeof resultSchema>;

/** A message rider, ahead of the RESULT of its phase. */
export const riderSchema = object({
  kind: z.literal('rider'),
  protocol: countField,
  phase: countField,
  no: u32Field,
  payload: bytesField,
});
export type RiderBody = z.infer<typeof riderSchema>;

export const ANNOUNCEMENT_CODES = [
  'time-limit',
  'unresponsive',
  'responsive-again',
  'self-reported-error',
] as const;
export type AnnouncementCode = (typeof ANNOUNCEMENT_CODES)[number];

/** A daemon asks for an announcement about one of its providers; done at the ANNOUNCE that names it. */
export const reportSchema = object({
  kind: z.literal('report'),
  low: countField,
  code: z.enum(ANNOUNCEMENT_CODES),
  providers: z.array(u32Field).check(z.minLength(1), z.maxLength(10_000)),
});

/** A protocol whose voting is not over, as a joining daemon gets it. */
export const runningSchema = object({
  /** Position of the START. */
  protocol: countField,
  phase: countField,
  /** The state value proposed so far; null: none. */
  proposedState: z.nullable(bytesField),
  defaultVote: defaultVoteField,
  /** Why the phase before continued. */
  causes: z.array(causeSchema).check(z.maxLength(LIST_MAX + 1)),
  /** Message riders of the phase before, as shown in the present one. */
  shown: z.array(object({ from: providerIdField, payload: bytesField })),
  /** Message riders placed in the present phase, in order. */
  placed: z.array(object({ no: u32Field, payload: bytesField })),
});
