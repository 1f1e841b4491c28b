import * as z from 'zod/mini';
import type { Decoded } from './decoded.js';
import { entrySchema, memberSchema } from './entry.js';
import {
  addressField,
  countField,
  daemonIdField,
  groupNameField,
  membershipIdField,
  nodeNameField,
  storeField,
  versionField,
} from './fields.js';
import { decodeControl, type EncodedFrame, encodeControl } from './frame.js';
import { nodesMessage, watchNodesMessage } from './node-list-messages.js';
import { object } from './object-schema.js';

/** What daemons and name servers say to each other (`internal-layer.md` §2). */

const GROUPS_MAX = 100_000;

/** What a daemon holds of one processor group, said at registration and at every renewal. */
export const holdingSchema = object({
  group: groupNameField,
  generation: countField,
  version: versionField,
  membership: membershipIdField,
  joinVersion: versionField,
});

const id = z.string().check(z.minLength(1), z.maxLength(256));

/** What a daemon holds, as {@link HoldingsDigest} says it. */
export const digestField = z.string().check(z.regex(/^[0-9a-f]{32}$/));

/** A node that a group waits for: it lists a full member there, whose daemon has no fresh lease. */
export const absentNodeSchema = object({
  node: nodeNameField,
  incarnation: countField,
  /** When its daemon was heard last; null: not since the name server started. */
  heardMsAgo: z.nullable(countField),
});

/** Empty unless none of the group's full members has a fresh lease. */
const waitsFor = z.array(absentNodeSchema).check(z.maxLength(1024));

/** More pieces of the same message follow at once; only the last one has none, and only with it anything counts. */
const more = z.optional(z.literal(true));

/** How far the name server's table was; counts its changes. */
const revision = z.optional(countField);

/** Which store of a name server answered a daemon last, in which start, and how far its table was. */
const servedField = object({
  store: storeField,
  epoch: countField,
  revision: countField,
});

/** Daemons that are named at most of those that cannot reach a node. */
export const ACCUSERS_SHOWN_MAX = 8;
/** Why a daemon is not reached, for people. */
const reachText = z.string().check(z.maxLength(256));

/** Nodes that one renewal names the latest known start of. */
export const STARTS_MAX = 64;

/** Starts of nodes of which the sender meets an earlier one: whoever admitted that did not know of them. */
const starts = z.optional(
  z.array(object({ node: nodeNameField, incarnation: countField })).check(z.maxLength(STARTS_MAX)),
);

/** A place in the list of nodes and groups; an empty name stands before all others. */
const listPlace = z.union([
  object({ node: z.string().check(z.maxLength(64)) }),
  object({ group: z.string().check(z.maxLength(255)) }),
]);

export const toNameServerSchema = z.discriminatedUnion('kind', [
  /** First message after WELCOME: everything the daemon is a member of, with the newest entry known. */
  object({
    kind: z.literal('register'),
    epoch: countField,
    holdings: z
      .array(z.extend(holdingSchema, { entry: entrySchema, full: z.boolean() }))
      .check(z.maxLength(GROUPS_MAX)),
    /** Generations of groups that this daemon was in and is in no more: none before them continues. */
    seen: z.optional(
      z
        .array(object({ group: groupNameField, generation: countField }))
        .check(z.maxLength(GROUPS_MAX)),
    ),
    /** Left out by a daemon that has never been answered. */
    served: z.optional(servedField),
    more,
  }),
  object({
    kind: z.literal('renew'),
    number: countField,
    holdings: z.array(holdingSchema).check(z.maxLength(GROUPS_MAX)),
    starts,
    more,
  }),
  /** The same, without naming what is held. */
  object({ kind: z.literal('renew-digest'), number: countField, digest: digestField, starts }),
  object({
    kind: z.literal('resolve'),
    number: countField,
    group: groupNameField,
    membership: membershipIdField,
    address: addressField,
    create: z.boolean(),
  }),
  object({
    kind: z.literal('change'),
    id,
    group: groupNameField,
    generation: countField,
    fromVersion: versionField,
    asker: membershipIdField,
    leader: membershipIdField,
    members: z.array(memberSchema).check(z.minLength(1), z.maxLength(1024)),
    /** The asker claims the lead, or could not finish the takeover it had begun. */
    takeover: z.boolean(),
  }),
  object({
    kind: z.literal('full'),
    group: groupNameField,
    generation: countField,
    membership: membershipIdField,
    joinVersion: versionField,
  }),
  object({
    kind: z.literal('delete'),
    group: groupNameField,
    generation: countField,
    version: versionField,
    membership: membershipIdField,
  }),
  /** An entry lists this membership, but it is over: it left while nobody could confirm it. */
  object({
    kind: z.literal('disown'),
    group: groupNameField,
    generation: countField,
    membership: membershipIdField,
  }),
  object({
    kind: z.literal('probed'),
    id,
    group: groupNameField,
    generation: countField,
    version: versionField,
    leads: z.boolean(),
  }),
  /** The nodes by name, then the groups by name, behind this one; as many as fit into an answer. */
  object({ kind: z.literal('list'), number: countField, after: z.optional(listPlace) }),
  /** An operator gives up what is left of a group. */
  object({ kind: z.literal('reset'), number: countField, group: groupNameField }),
  /** What is known of one group, and whom it waits for. */
  object({ kind: z.literal('describe'), number: countField, group: groupNameField }),
  /** An operator says that the daemon of this node will not come back: its memberships are over. */
  object({ kind: z.literal('forget'), number: countField, node: nodeNameField }),
  /** That daemon cannot be dialled where it says, and why; null: it can (again). */
  object({
    kind: z.literal('not-reached'),
    daemon: daemonIdField,
    address: addressField,
    why: z.nullable(reachText),
  }),
  /** The answer to `name-wanted`: this daemon lives. */
  object({ kind: z.literal('name-held'), number: countField }),
  /** An orderly stop: the lease ends now. */
  object({ kind: z.literal('unregister') }),
  watchNodesMessage,
]);

export const CHANGE_REFUSALS = [
  'version',
  'generation',
  'not-a-full-member',
  'leader-alive',
  'invalid',
  'recovering',
] as const;

export const FORGET_OUTCOMES = [
  'forgotten',
  /** There is no such node. */
  'unknown',
  /** Its daemon is connected. */
  'connected',
  /** Its daemon has been heard so recently that it may be serving its groups. */
  'heard',
] as const;

export const fromNameServerSchema = z.discriminatedUnion('kind', [
  object({
    kind: z.literal('renewed'),
    number: countField,
    /** The present entries of the groups that the renewal named. */
    entries: z.array(entrySchema).check(z.maxLength(GROUPS_MAX)),
    /** Of those groups: the generations that have no entry any more. */
    gone: z
      .array(object({ group: groupNameField, generation: countField }))
      .check(z.maxLength(GROUPS_MAX)),
    /** The recovery window is open: nobody can tell yet which groups go on. */
    recovering: z.optional(z.boolean()),
    /** More of what is gone follows at once: the lease is renewed by the last piece alone. */
    more,
    revision,
  }),
  /** What a daemon holds is not what the table says of it: it is to name its holdings. */
  object({ kind: z.literal('holdings-wanted'), number: countField }),
  object({
    kind: z.literal('resolved'),
    number: countField,
    group: groupNameField,
    membership: membershipIdField,
    /** Null: there is no such group, and `create` was false. */
    entry: z.nullable(entrySchema),
    revision,
    /** Nobody can let the asker in before one of these is back, or all of them are given up. */
    waitsFor: z.optional(waitsFor),
  }),
  object({
    kind: z.literal('changed'),
    id,
    group: groupNameField,
    accepted: z.boolean(),
    reason: z.optional(z.enum(CHANGE_REFUSALS)),
    /** The current entry; null when there is none. */
    entry: z.nullable(entrySchema),
    revision,
  }),
  /** Announced recovery and every other accepted change: tells the members of the old and the new list. */
  object({ kind: z.literal('notice'), entry: entrySchema, revision }),
  /** Another daemon wants to be taken by the name of the addressee's node; from where, and its process. */
  object({
    kind: z.literal('name-wanted'),
    number: countField,
    address: addressField,
    pid: z.optional(countField),
  }),
  object({
    kind: z.literal('probe'),
    id,
    group: groupNameField,
    generation: countField,
    version: versionField,
    entry: entrySchema,
    complainer: membershipIdField,
    /** How often this member has complained in this version. */
    complaints: countField,
  }),
  object({
    kind: z.literal('deleted'),
    group: groupNameField,
    generation: countField,
    version: versionField,
    entry: z.nullable(entrySchema),
    /** The membership of the addressee that is over by this: it says so with `disown`. */
    membership: z.optional(membershipIdField),
    revision,
  }),
  /** The answer to `reset`: the generation that is over; null: there is no such group. */
  object({
    kind: z.literal('given-up'),
    number: countField,
    group: groupNameField,
    generation: z.nullable(countField),
  }),
  /** The answer to `describe`; null: there is no such group. */
  object({
    kind: z.literal('described'),
    number: countField,
    group: groupNameField,
    entry: z.nullable(entrySchema),
    waitsFor,
  }),
  /** The answer to `forget`. */
  object({
    kind: z.literal('forgotten'),
    number: countField,
    node: nodeNameField,
    outcome: z.enum(FORGET_OUTCOMES),
    /** With `heard`: after so many more milliseconds of silence it can be forgotten. */
    leftMs: z.optional(countField),
  }),
  /** To the daemon that another one cannot dial at its address, and why; null: it can (again). */
  object({
    kind: z.literal('not-reached'),
    by: nodeNameField,
    address: addressField,
    why: z.nullable(reachText),
  }),
  /** The name server ends this connection: why, for people. The last frame. */
  object({ kind: z.literal('closing'), text: z.string().check(z.maxLength(4096)) }),
  /** A group that this daemon has looked for in vain exists now. */
  object({ kind: z.literal('formed'), group: groupNameField }),
  /** An operator's question cannot be answered yet: the recovery window is open. */
  object({ kind: z.literal('recovering'), number: countField, leftMs: countField }),
  object({
    kind: z.literal('listed'),
    number: countField,
    groups: z
      .array(
        object({
          group: groupNameField,
          generation: countField,
          version: versionField,
          leader: membershipIdField,
          daemons: countField,
        }),
      )
      .check(z.maxLength(GROUPS_MAX)),
    nodes: z
      .array(
        object({
          node: nodeNameField,
          incarnation: countField,
          address: addressField,
          /** Its lease is fresh. */
          alive: z.boolean(),
          /** It is not, since it has stopped in order. */
          stopped: z.optional(z.literal(true)),
          /** Some of those that cannot dial it, and why. */
          notReachedBy: z.optional(
            z
              .array(object({ node: nodeNameField, why: reachText }))
              .check(z.maxLength(ACCUSERS_SHOWN_MAX)),
          ),
        }),
      )
      .check(z.maxLength(GROUPS_MAX)),
    /** There are more, behind the last one here. */
    more: z.optional(z.literal(true)),
  }),
  nodesMessage,
]);

export type ListPlace = z.infer<typeof listPlace>;
export type AbsentNode = z.infer<typeof absentNodeSchema>;
export type Holding = z.infer<typeof holdingSchema>;
export type ToNameServer = z.infer<typeof toNameServerSchema>;
export type FromNameServer = z.infer<typeof fromNameServerSchema>;
export type ChangeRefusal = (typeof CHANGE_REFUSALS)[number];

export function encodeNameServerMessage(message: ToNameServer | FromNameServer): EncodedFrame {
  return encodeControl(message);
}

export function decodeToNameServer(frame: Uint8Array): Decoded<ToNameServer> {
  return decodeControl(frame, toNameServerSchema);
}

export function decodeFromNameServer(frame: Uint8Array): Decoded<FromNameServer> {
  return decodeControl(frame, fromNameServerSchema);
}
