import * as z from 'zod/mini';
import { partialAttributesSchema, phasesSchema } from './attributes.js';
import { groupsQuestion, nodesQuestion } from './client-lists.js';
import { countField, groupNameField, instanceField, traceField, u32Field } from './fields.js';
import { labelsField } from './labels.js';
import { watchNodesQuestion } from './node-list-messages.js';
import { object } from './object-schema.js';
import { operatorMessages } from './operator-messages.js';
import { proposedSchema } from './proposed.js';
import type { SendBundle, SendMessage } from './provider-messages.js';
import { castFields } from './voting-bodies.js';

/**
 * What a process says to its daemon after the handshake (`external-layer.md` §3.4, `client-api.md`). It stands by
 * itself: the checks of it belong to daemons, and the library of processes carries none of them.
 *
 * `request` numbers are the client's, from 1, never reused on a connection; each request gets exactly
 * one answer. `handle` is the client's number for one membership or subscription.
 */

/** A limit in milliseconds; 0 = none. */
const timeout = z.number().check(z.gte(0), z.lte(0x7fffffff));

/** The vote of the holder of `handle` in one phase; has no answer. Written by hand. */
export const voteSchema = object({
  kind: z.literal('vote'),
  handle: u32Field,
  /** Id of the protocol, as in the ballot. */
  protocol: z.string().check(z.maxLength(64)),
  phase: countField,
  ...castFields,
});

export const fromClientSchema = z.discriminatedUnion('kind', [
  object({
    kind: z.literal('join'),
    request: u32Field,
    handle: u32Field,
    group: groupNameField,
    instance: z.optional(instanceField),
    attributes: partialAttributesSchema,
    labels: z.optional(labelsField),
    timeout,
  }),
  object({
    kind: z.literal('subscribe'),
    request: u32Field,
    handle: u32Field,
    group: groupNameField,
    membership: z.boolean(),
    state: z.boolean(),
    persistent: z.boolean(),
    timeout,
  }),
  object({ kind: z.literal('unsubscribe'), request: u32Field, handle: u32Field }),
  object({
    kind: z.literal('propose'),
    request: u32Field,
    handle: u32Field,
    phases: phasesSchema,
    timeLimit: z.optional(timeout),
    proposed: proposedSchema,
    /** Feature `trace`: the protocol is part of this trace. */
    trace: z.optional(traceField),
  }),
  /** Asks to be pinged, for as long as the connection lasts. */
  object({
    kind: z.literal('monitor'),
    interval: z.number().check(z.gte(1), z.lte(0x7fffffff)),
    timeout,
  }),
  /** The answer to `ping`; false: the process says that something is wrong with it. */
  object({ kind: z.literal('pong'), n: countField, ok: z.boolean() }),
  /** Takes back a join, subscribe or proposal: answered by `refused` ABORTED, or by its result. */
  object({ kind: z.literal('withdraw'), target: u32Field }),
  /** `overloaded`: said by the library, since the program does not consume its events. */
  object({
    kind: z.literal('goodbye'),
    request: u32Field,
    handle: u32Field,
    overloaded: z.optional(z.boolean()),
  }),
  /**
   * The program has not taken so much of a handle's events that its group should wait for it, or has
   * caught up; said by the library (B4).
   */
  object({
    kind: z.literal('lagging'),
    handle: u32Field,
    lagging: z.boolean(),
    bytes: countField,
  }),
  groupsQuestion,
  nodesQuestion,
  watchNodesQuestion,
  ...operatorMessages,
  /** Ends every membership (reason `quit`); answered by `done`, then the daemon closes. */
  object({ kind: z.literal('close'), request: u32Field }),
]);

export type Proposed = z.infer<typeof proposedSchema>;
export type ClientVote = z.infer<typeof voteSchema>;
export type FromClient = z.infer<typeof fromClientSchema> | ClientVote | SendMessage | SendBundle;
