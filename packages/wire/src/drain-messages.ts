import * as z from 'zod/mini';
import { countField } from './fields.js';
import { object } from './object-schema.js';

/**
 * Draining a node before its daemon is stopped (`docs/adr/0036-a-drained-node-gives-up-its-leads.md`):
 * what an operator may want of a daemon, and what it then says of itself.
 */

/** `look`: only how far it is. */
export const DRAIN_WISHES = ['drain', 'undrain', 'look'] as const;
export const drainWishField = z.enum(DRAIN_WISHES);

const NAMED_MAX = 16;

/** What is still there; a daemon without leads and members can be stopped and nobody notices. */
export const drainReportSchema = object({
  /** Whether it gives up its leads and takes no more joins. */
  drained: z.boolean(),
  /** Groups that it leads. */
  leads: countField,
  /** Processes that have joined or subscribed. */
  processes: countField,
  providers: countField,
  subscriptions: countField,
  /** Some of what it waits for, in words. */
  waitsFor: z.array(z.string().check(z.maxLength(1024))).check(z.maxLength(NAMED_MAX)),
});

export type DrainWish = (typeof DRAIN_WISHES)[number];
export type DrainReport = z.infer<typeof drainReportSchema>;
