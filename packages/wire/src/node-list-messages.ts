import * as z from 'zod/mini';
import { addressField, countField, nodeNameField, releaseField, u32Field } from './fields.js';
import { object } from './object-schema.js';

/**
 * What is said about the daemons of the domain to who watches them, the predefined group `$nodes` (B12, feature
 * `nodes`): a process asks its daemon, the daemon the name server, which tells the list and then each change.
 */

/** A process watches the daemons of the domain through the handle; answered as `subscribe`. */
export const watchNodesQuestion = object({
  kind: z.literal('watch-nodes'),
  request: u32Field,
  handle: u32Field,
  timeout: z.number().check(z.gte(0), z.lte(0x7fffffff)),
});

/** A daemon wants to be told of all daemons, and of each change, for as long as the connection lasts. */
export const watchNodesMessage = object({ kind: z.literal('watch-nodes'), number: countField });

const nodeField = object({
  node: nodeNameField,
  incarnation: countField,
  address: addressField,
  release: z.optional(releaseField),
});

/** Why a daemon is on the list no more. */
export const NODE_ENDS = ['stopped', 'lease-over', 'superseded'] as const;

/** Daemons named by one frame at most. */
export const NODES_PER_FRAME = 1_000;

/**
 * The answer to `watch-nodes`, and then each change. `n` counts them, from 1; who misses one asks anew.
 */
export const nodesMessage = object({
  kind: z.literal('nodes'),
  number: countField,
  n: countField,
  /** Counts changes, also over starts of the name server. */
  position: countField,
  /** The first piece of the whole list, which takes the place of what was said before. */
  whole: z.optional(z.literal(true)),
  joined: z.array(nodeField).check(z.maxLength(NODES_PER_FRAME)),
  left: z
    .array(object({ node: nodeNameField, incarnation: countField, why: z.enum(NODE_ENDS) }))
    .check(z.maxLength(NODES_PER_FRAME)),
  /** More of it follows at once. */
  more: z.optional(z.literal(true)),
});

export type NodesMessage = z.infer<typeof nodesMessage>;
export type NodeOfDomain = z.infer<typeof nodeField>;
export type NodeEnd = (typeof NODE_ENDS)[number];
