import { type DaemonId, isDaemonId } from '@group-services/core';
import * as z from 'zod/mini';
import type { Decoded } from './decoded.js';
import { drainReportSchema, drainWishField } from './drain-messages.js';
import { countField, daemonIdField, groupNameField, providerIdField } from './fields.js';
import { decodeControl, type EncodedFrame, encodeControl, FRAME, type Validator } from './frame.js';
import { decodeGroupFrame, encodeGroupFrame, type PeerMemberships } from './group-frames.js';
import type { GroupEnvelope } from './group-messages.js';
import { object } from './object-schema.js';
import { PROTOCOL_KINDS } from './protocol-words.js';
import { defaultVoteField } from './voting-bodies.js';

/** A voting phase as a daemon tells others about it: times are spans, since clocks differ. */
const votingReportSchema = object({
  protocol: z.string().check(z.maxLength(64)),
  kind: z.enum(PROTOCOL_KINDS),
  phase: countField,
  defaultVote: defaultVoteField,
  /** Voters whose vote is missing. */
  waitingFor: z.array(providerIdField).check(z.maxLength(100_000)),
  /** Milliseconds since the phase began. */
  waitedMs: countField,
  /** Milliseconds until default votes are cast; absent without a limit. */
  timeLeftMs: z.optional(countField),
});
export type VotingReport = z.infer<typeof votingReportSchema>;

const HEARS_MAX = 10_000;

export const nodeMessageSchema = z.discriminatedUnion('kind', [
  /** Sent to every watched peer at each interval; says whom the sender hears (two-way liveness). */
  object({
    kind: z.literal('heartbeat'),
    hears: z.array(daemonIdField).check(z.maxLength(HEARS_MAX)),
    /** The sender is being drained, and shall not be given a lead. */
    drained: z.optional(z.literal(true)),
  }),
  /** The daemon stops in order: not a failure that has to be waited for. */
  object({ kind: z.literal('stopping') }),
  /** Whom does the group wait for? Asked for operators, of the daemon that leads it. */
  object({ kind: z.literal('ask-votes'), number: countField, group: groupNameField }),
  /** The answer; `voting` is null when nothing is being voted on. */
  object({
    kind: z.literal('votes'),
    number: countField,
    /** Whether the one who answers leads the group. */
    leads: z.boolean(),
    voting: z.nullable(votingReportSchema),
  }),
  /** An operator wants this daemon to be drained, or no more, or asks how far that is. */
  object({ kind: z.literal('ask-drain'), number: countField, wish: drainWishField }),
  /** The answer. */
  object({ kind: z.literal('drain'), number: countField, report: drainReportSchema }),
]);

/** What daemons say to each other outside any group. */
export type NodeMessage = z.infer<typeof nodeMessageSchema>;

/**
 * Most of all messages are heartbeats, and the schema is the larger part of reading one. It stays the
 * definition: whatever is not plainly a heartbeat is left to it.
 */
export const nodeMessageValidator: Validator<NodeMessage> = {
  safeParse(value) {
    const hears = heardIn(value);
    return hears === undefined
      ? nodeMessageSchema.safeParse(value)
      : { success: true, data: { kind: 'heartbeat', hears } };
  },
};

function heardIn(value: unknown): DaemonId[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('kind' in value) || value.kind !== 'heartbeat' || !('hears' in value)) return undefined;
  if ('drained' in value) return undefined;
  const { hears } = value;
  if (!Array.isArray(hears) || hears.length > HEARS_MAX) return undefined;
  return hears.every((id) => typeof id === 'string' && isDaemonId(id)) ? hears : undefined;
}

/** Everything that travels on a link between daemons. */
export type DaemonMessage =
  | { readonly kind: 'node'; readonly message: NodeMessage }
  | { readonly kind: 'group'; readonly envelope: GroupEnvelope };

export function encodeDaemonFrame(message: DaemonMessage): EncodedFrame {
  return message.kind === 'group'
    ? encodeGroupFrame(message.envelope)
    : encodeControl(message.message);
}

export function decodeDaemonFrame(
  frame: Uint8Array,
  peer: PeerMemberships,
  self: PeerMemberships,
): Decoded<DaemonMessage> {
  if (frame[0] === FRAME.control) {
    const node = decodeControl(frame, nodeMessageValidator);
    return node.ok ? { ok: true, value: { kind: 'node', message: node.value } } : node;
  }
  const envelope = decodeGroupFrame(frame, peer, self);
  return envelope.ok ? { ok: true, value: { kind: 'group', envelope: envelope.value } } : envelope;
}
