import * as z from 'zod/mini';
import { addressField, countField, u32Field } from './fields.js';
import { object } from './object-schema.js';

/**
 * What a process asks about the whole domain, and hears: the groups and the nodes, by name. A list has no
 * bound and a frame has one, so that each answer holds as many as fit, and who asked goes on behind the last.
 */

export const groupsQuestion = object({
  kind: z.literal('groups'),
  request: u32Field,
  after: z.optional(z.string().check(z.maxLength(255))),
});

export const nodesQuestion = object({
  kind: z.literal('nodes'),
  request: u32Field,
  after: z.optional(z.string().check(z.maxLength(64))),
});

/** There are more, behind the last one here. */
const more = z.optional(z.literal(true));

export const groupsAnswer = object({
  kind: z.literal('groups'),
  request: u32Field,
  groups: z.array(
    object({
      group: z.string().check(z.maxLength(255)),
      leader: z.string().check(z.maxLength(64)),
      daemons: countField,
      providers: z.optional(countField),
    }),
  ),
  more,
});

export const nodesAnswer = object({
  kind: z.literal('nodes'),
  request: u32Field,
  nodes: z.array(
    object({
      node: z.string().check(z.maxLength(64)),
      address: addressField,
      /** Of the daemon that was started last on it. */
      incarnation: countField,
      alive: z.boolean(),
    }),
  ),
  more,
});
