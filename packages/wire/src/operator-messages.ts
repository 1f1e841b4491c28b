import * as z from 'zod/mini';
import { phasesSchema } from './attributes.js';
import { drainReportSchema, drainWishField } from './drain-messages.js';
import { groupNameField, nodeNameField, u32Field } from './fields.js';
import { object } from './object-schema.js';
import { operatedSchema } from './proposed.js';

/** A limit in milliseconds; 0 = none. */
const timeout = z.number().check(z.gte(0), z.lte(0x7fffffff));

/** What only operators say, over a connection as processes have them. */
export const operatorMessages = [
  /**
   * An operator proposes through the subscription `handle`, without being in the group: answered as what a
   * provider proposes.
   */
  object({
    kind: z.literal('operate'),
    request: u32Field,
    handle: u32Field,
    phases: phasesSchema,
    timeLimit: z.optional(timeout),
    proposed: operatedSchema,
  }),
  /** An operator gives up a group's state: the name server starts it anew. `done` or `refused`. */
  object({ kind: z.literal('reset'), request: u32Field, group: groupNameField }),
  /** An operator says that the daemon of this node will not come back. `done` or `refused`. */
  object({ kind: z.literal('forget'), request: u32Field, node: nodeNameField }),
  /** An operator wants the daemon of this node to be drained, or no more. `drain` or `refused`. */
  object({
    kind: z.literal('drain'),
    request: u32Field,
    node: nodeNameField,
    wish: drainWishField,
  }),
] as const;

/** The answer to `drain`. */
export const drainAnswer = object({
  kind: z.literal('drain'),
  request: u32Field,
  report: drainReportSchema,
});
