import * as z from 'zod';

/**
 * What the daemon's admin endpoint answers. Texts that a later daemon may add to (roles, reasons) are
 * not narrowed, and unknown keys are dropped: gsctl may be older than the daemon.
 */

const count = z.int().nonnegative();
/** Of one provider. */
const labels = z.record(z.string(), z.string());

export const daemonStatus = z.object({
  node: z.string(),
  domain: z.string(),
  /** Of gsd. */
  version: z.string(),
  /** ISO 8601. */
  startedAt: z.string(),
  incarnation: count,
  address: z.string(),
  stopping: z.boolean(),
  /** An operator drains it: it gives up its leads, and takes no more joins. */
  drained: z.boolean().optional(),
  nameServer: z.object({
    connected: z.boolean(),
    /** Of several, the one that it is connected to. */
    address: z.string().optional(),
    epoch: count.optional(),
    /** It has been started again and cannot tell yet what there is. */
    recovering: z.boolean().optional(),
  }),
});

const peer = z.object({
  /** `node.incarnation` */
  daemon: z.string(),
  suspected: z.string().nullable(),
  heardMsAgo: z.number().nullable(),
  hearsUsMsAgo: z.number(),
  /** An operator drains it, as it said last. */
  drained: z.boolean().optional(),
});
export const peers = z.array(peer);

const listedNode = z.object({
  node: z.string(),
  incarnation: count,
  address: z.string(),
  /** Its lease at the name server is fresh. */
  alive: z.boolean(),
  /** It is not, since it has stopped in order. */
  stopped: z.literal(true).optional(),
  /** Some of those that cannot dial it, and why. */
  notReachedBy: z.array(z.object({ node: z.string(), why: z.string() })).optional(),
});

export const domainNodes = z.object({
  self: z.object({
    node: z.string(),
    incarnation: count,
    address: z.string(),
    drained: z.boolean().optional(),
  }),
  peers,
  /** As the name server knows them; null when it cannot tell, and why. */
  nodes: z.array(listedNode).nullable(),
  note: z.string().optional(),
});

/** What the name server knows of a group. */
export const groupEntry = z.object({
  group: z.string(),
  /** Null: there is no such group, or the name server cannot tell. */
  entry: z
    .object({
      generation: count,
      version: count,
      leader: z.string(),
      members: z.array(z.object({ id: z.string() })),
    })
    .nullable(),
  /** Nodes that hold the group's state, when all of them are away. */
  waitsFor: z.array(
    z.object({
      node: z.string(),
      incarnation: count,
      /** Null: not since the name server started. */
      heardMsAgo: count.nullable(),
    }),
  ),
  /** What is in the way, for people. */
  note: z.string().optional(),
  /** Whether the name server has answered. */
  told: z.boolean(),
});

const groupHere = z.object({
  group: z.string(),
  role: z.string(),
  generation: count,
  version: count,
  /** The version in which the present leader took over. */
  since: count,
  leader: z.string().optional(),
  daemons: z.array(
    z.object({
      node: z.string(),
      membership: z.string(),
      /** The version that brought it into the list. */
      joinVersion: count,
      /** It has its state snapshot. */
      full: z.boolean(),
    }),
  ),
  providers: z.array(z.string()),
  labels: z.record(z.string(), labels).default({}),
  viewVersion: count,
  fence: z.string(),
  stateBytes: count.optional(),
  attributes: z.record(z.string(), z.unknown()),
  local: z.object({
    providers: count,
    subscriptions: count,
    waitingJoins: count,
    waitingProposals: count,
    queued: count,
  }),
  stream: z
    .object({
      delivered: count,
      stable: count,
      retained: count,
      retainedBytes: count,
      requests: count,
      frozen: z.boolean(),
    })
    .optional(),
});
export const groupsHere = z.array(groupHere);

/** Whom a group waits for. */
export const votesAnswer = z.object({
  group: z.string(),
  leader: z.string().optional(),
  /** `leader`: all of it. `member`: what the daemon that was asked knows itself. `none`: nothing. */
  from: z.string(),
  /** Why the leader's answer is missing. */
  note: z.string().optional(),
  /** Null: nothing is being voted on. */
  voting: z
    .object({
      protocol: z.string(),
      kind: z.string(),
      phase: count,
      defaultVote: z.string(),
      waitingFor: z.array(z.string()),
      waitedMs: z.number(),
      timeLeftMs: z.number().optional(),
    })
    .nullable(),
});

const connectedProcess = z.object({
  client: count,
  name: z.string(),
  handles: count,
  memberships: z.array(
    z.object({
      group: z.string(),
      kind: z.string(),
      provider: z.string().optional(),
      labels: labels.optional(),
    }),
  ),
  /** What waits to be read by it. */
  queuedBytes: count,
  responsiveness: z.string().nullish(),
  /** Groups that wait for it. */
  pressing: z.array(
    z.object({
      group: z.string(),
      cause: z.string(),
      bytes: count,
      sinceMs: z.number().optional(),
    }),
  ),
});
export const connectedProcesses = z.array(connectedProcess);

export type DaemonStatus = z.output<typeof daemonStatus>;
export type Peer = z.output<typeof peer>;
export type DomainNodes = z.output<typeof domainNodes>;
export type GroupEntry = z.output<typeof groupEntry>;
/** A group as one daemon sees it. */
export type GroupHere = z.output<typeof groupHere>;
/** What is known of the voting in one group. */
export type VotesAnswer = z.output<typeof votesAnswer>;
export type ConnectedProcess = z.output<typeof connectedProcess>;
