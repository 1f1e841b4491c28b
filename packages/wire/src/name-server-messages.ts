import * as z from 'zod';
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

/** What daemons and name servers say to each other (`internal-layer.md` §2). */

const GROUPS_MAX = 100_000;

/** What a daemon holds of one processor group, said at registration and at every renewal. */
export const holdingSchema = z.object({
  group: groupNameField,
  generation: countField,
  version: versionField,
  membership: membershipIdField,
  joinVersion: versionField,
});

const id = z.string().min(1).max(256);

/** A node that a group waits for: it lists a full member there, whose daemon has no fresh lease. */
export const absentNodeSchema = z.object({
  node: nodeNameField,
  incarnation: countField,
  /** When its daemon was heard last; null: not since the name server started. */
  heardMsAgo: countField.nullable(),
});

/** Empty unless none of the group's full members has a fresh lease. */
const waitsFor = z.array(absentNodeSchema).max(1024);

/** More pieces of the same message follow at once; only the last one has none, and only with it anything counts. */
const more = z.literal(true).optional();

/** How far the name server's table was; counts its changes. */
const revision = countField.optional();

/** Which store of a name server answered a daemon last, in which start, and how far its table was. */
const servedField = z.object({
  store: storeField,
  epoch: countField,
  revision: countField,
});

/** Daemons that are named at most of those that cannot reach a node. */
export const ACCUSERS_SHOWN_MAX = 8;
/** Why a daemon is not reached, for people. */
const reachText = z.string().max(256);

/** A place in the list of nodes and groups; an empty name stands before all others. */
const listPlace = z.union([
  z.object({ node: z.string().max(64) }),
  z.object({ group: z.string().max(255) }),
]);

export const toNameServerSchema = z.discriminatedUnion('kind', [
  /** First message after WELCOME: everything the daemon is a member of, with the newest entry known. */
  z.object({
    kind: z.literal('register'),
    epoch: countField,
    holdings: z
      .array(holdingSchema.extend({ entry: entrySchema, full: z.boolean() }))
      .max(GROUPS_MAX),
    /** Generations of groups that this daemon was in and is in no more: none before them continues. */
    seen: z
      .array(z.object({ group: groupNameField, generation: countField }))
      .max(GROUPS_MAX)
      .optional(),
    /** Left out by a daemon that has never been answered. */
    served: servedField.optional(),
    more,
  }),
  z.object({
    kind: z.literal('renew'),
    number: countField,
    holdings: z.array(holdingSchema).max(GROUPS_MAX),
    more,
  }),
  z.object({
    kind: z.literal('resolve'),
    number: countField,
    group: groupNameField,
    membership: membershipIdField,
    address: addressField,
    create: z.boolean(),
  }),
  z.object({
    kind: z.literal('change'),
    id,
    group: groupNameField,
    generation: countField,
    fromVersion: versionField,
    asker: membershipIdField,
    leader: membershipIdField,
    members: z.array(memberSchema).min(1).max(1024),
    /** The asker claims the lead, or could not finish the takeover it had begun. */
    takeover: z.boolean(),
  }),
  z.object({
    kind: z.literal('full'),
    group: groupNameField,
    generation: countField,
    membership: membershipIdField,
    joinVersion: versionField,
  }),
  z.object({
    kind: z.literal('delete'),
    group: groupNameField,
    generation: countField,
    version: versionField,
    membership: membershipIdField,
  }),
  /** An entry lists this membership, but it is over: it left while nobody could confirm it. */
  z.object({
    kind: z.literal('disown'),
    group: groupNameField,
    generation: countField,
    membership: membershipIdField,
  }),
  z.object({
    kind: z.literal('probed'),
    id,
    group: groupNameField,
    generation: countField,
    version: versionField,
    leads: z.boolean(),
  }),
  /** The nodes by name, then the groups by name, behind this one; as many as fit into an answer. */
  z.object({ kind: z.literal('list'), number: countField, after: listPlace.optional() }),
  /** An operator gives up what is left of a group. */
  z.object({ kind: z.literal('reset'), number: countField, group: groupNameField }),
  /** What is known of one group, and whom it waits for. */
  z.object({ kind: z.literal('describe'), number: countField, group: groupNameField }),
  /** An operator says that the daemon of this node will not come back: its memberships are over. */
  z.object({ kind: z.literal('forget'), number: countField, node: nodeNameField }),
  /** That daemon cannot be dialled where it says, and why; null: it can (again). */
  z.object({
    kind: z.literal('not-reached'),
    daemon: daemonIdField,
    address: addressField,
    why: reachText.nullable(),
  }),
  /** An orderly stop: the lease ends now. */
  z.object({ kind: z.literal('unregister') }),
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
  z.object({
    kind: z.literal('renewed'),
    number: countField,
    /** The present entries of the groups that the renewal named. */
    entries: z.array(entrySchema).max(GROUPS_MAX),
    /** Of those groups: the generations that have no entry any more. */
    gone: z.array(z.object({ group: groupNameField, generation: countField })).max(GROUPS_MAX),
    /** The recovery window is open: nobody can tell yet which groups go on. */
    recovering: z.boolean().optional(),
    /** More of what is gone follows at once: the lease is renewed by the last piece alone. */
    more,
    revision,
  }),
  z.object({
    kind: z.literal('resolved'),
    number: countField,
    group: groupNameField,
    membership: membershipIdField,
    /** Null: there is no such group, and `create` was false. */
    entry: entrySchema.nullable(),
    revision,
    /** Nobody can let the asker in before one of these is back, or all of them are given up. */
    waitsFor: waitsFor.optional(),
  }),
  z.object({
    kind: z.literal('changed'),
    id,
    group: groupNameField,
    accepted: z.boolean(),
    reason: z.enum(CHANGE_REFUSALS).optional(),
    /** The current entry; null when there is none. */
    entry: entrySchema.nullable(),
    revision,
  }),
  /** Announced recovery and every other accepted change: tells the members of the old and the new list. */
  z.object({ kind: z.literal('notice'), entry: entrySchema, revision }),
  z.object({
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
  z.object({
    kind: z.literal('deleted'),
    group: groupNameField,
    generation: countField,
    version: versionField,
    entry: entrySchema.nullable(),
    /** The membership of the addressee that is over by this: it says so with `disown`. */
    membership: membershipIdField.optional(),
    revision,
  }),
  /** The answer to `reset`: the generation that is over; null: there is no such group. */
  z.object({
    kind: z.literal('given-up'),
    number: countField,
    group: groupNameField,
    generation: countField.nullable(),
  }),
  /** The answer to `describe`; null: there is no such group. */
  z.object({
    kind: z.literal('described'),
    number: countField,
    group: groupNameField,
    entry: entrySchema.nullable(),
    waitsFor,
  }),
  /** The answer to `forget`. */
  z.object({
    kind: z.literal('forgotten'),
    number: countField,
    node: nodeNameField,
    outcome: z.enum(FORGET_OUTCOMES),
    /** With `heard`: after so many more milliseconds of silence it can be forgotten. */
    leftMs: countField.optional(),
  }),
  /** To the daemon that another one cannot dial at its address, and why; null: it can (again). */
  z.object({
    kind: z.literal('not-reached'),
    by: nodeNameField,
    address: addressField,
    why: reachText.nullable(),
  }),
  /** The name server ends this connection: why, for people. The last frame. */
  z.object({ kind: z.literal('closing'), text: z.string().max(4096) }),
  /** A group that this daemon has looked for in vain exists now. */
  z.object({ kind: z.literal('formed'), group: groupNameField }),
  /** An operator's question cannot be answered yet: the recovery window is open. */
  z.object({ kind: z.literal('recovering'), number: countField, leftMs: countField }),
  z.object({
    kind: z.literal('listed'),
    number: countField,
    groups: z
      .array(
        z.object({
          group: groupNameField,
          generation: countField,
          version: versionField,
          leader: membershipIdField,
          daemons: countField,
        }),
      )
      .max(GROUPS_MAX),
    nodes: z
      .array(
        z.object({
          node: nodeNameField,
          incarnation: countField,
          address: addressField,
          /** Its lease is fresh. */
          alive: z.boolean(),
          /** It is not, since it has stopped in order. */
          stopped: z.literal(true).optional(),
          /** Some of those that cannot dial it, and why. */
          notReachedBy: z
            .array(z.object({ node: nodeNameField, why: reachText }))
            .max(ACCUSERS_SHOWN_MAX)
            .optional(),
        }),
      )
      .max(GROUPS_MAX),
    /** There are more, behind the last one here. */
    more: z.literal(true).optional(),
  }),
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
