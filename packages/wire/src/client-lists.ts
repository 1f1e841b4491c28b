import * as z from 'zod';
import { addressField, countField, u32Field } from './fields.js';

/**
 * What a process asks about the whole domain, and hears: the groups and the nodes, by name. A list has no
 * bound and a frame has one, so that each answer holds as many as fit, and who asked goes on behind the last.
 */

export const groupsQuestion = z.object({
  kind: z.literal('groups'),
  request: u32Field,
  after: z.string().max(255).optional(),
});

export const nodesQuestion = z.object({
  kind: z.literal('nodes'),
  request: u32Field,
  after: z.string().max(64).optional(),
});

/** There are more, behind the last one here. */
const more = z.literal(true).optional();

export const groupsAnswer = z.object({
  kind: z.literal('groups'),
  request: u32Field,
  groups: z.array(
    z.object({
      group: z.string().max(255),
      leader: z.string().max(64),
      daemons: countField,
      providers: countField.optional(),
    }),
  ),
  more,
});

export const nodesAnswer = z.object({
  kind: z.literal('nodes'),
  request: u32Field,
  nodes: z.array(
    z.object({
      node: z.string().max(64),
      address: addressField,
      /** Of the daemon that was started last on it. */
      incarnation: countField,
      alive: z.boolean(),
    }),
  ),
  more,
});
