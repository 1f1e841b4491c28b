import { daemonOf, type Instant, nodeOf } from '@group-services/core';
import type { Progress } from '@group-services/metagroup';
import type { GroupDetail } from '@group-services/process-group';
import type { VotingReport } from '@group-services/wire';
import type { ClientStatus } from './client-status.js';
import type { Clients } from './clients.js';
import type { GroupSession } from './group-session.js';
import type { Groups } from './groups.js';
import type { NameServerLink } from './name-server-link.js';
import type { Peers } from './peers.js';
import type { Shared } from './shared.js';
import { votingReport } from './voting-report.js';

/** How far the stream of a group has come here. */
export type StreamStatus = Omit<Progress, 'contiguous' | 'submissions'>;

/** One group as its daemon sees it. */
export interface GroupStatus {
  readonly group: string;
  /** Whom this daemon waits for to get in, and what can be done, for people. */
  readonly waiting: string | null;
  readonly role: 'joining' | 'leader' | 'taking-over' | 'member' | 'none';
  readonly generation: number;
  readonly version: number;
  /** The version in which the present leader took over. */
  readonly since: number;
  /** Node of the daemon that leads the processor group. */
  readonly leader: string | undefined;
  /** Oldest first; `full`: it has its state snapshot. */
  readonly daemons: readonly {
    readonly node: string;
    readonly membership: string;
    /** The version that brought it into the list. */
    readonly joinVersion: number;
    readonly full: boolean;
  }[];
  readonly providers: readonly string[];
  /** Of those providers who have any. */
  readonly labels: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly viewVersion: number;
  readonly fence: string;
  readonly stateBytes: number | undefined;
  /** The phase that is being voted in: at the leader with all whose vote is missing. */
  readonly voting: VotingReport | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** For how long nothing was placed since this daemon leads: too much unstable, or unread. */
  readonly flowClosedMs: number;
  readonly pressedMs: number;
  /** What is going on in this daemon. */
  readonly local: {
    readonly providers: number;
    readonly subscriptions: number;
    /** Joins that nobody has answered yet. */
    readonly waitingJoins: number;
    /** Proposals that wait for room at the leader. */
    readonly waitingProposals: number;
    /** Proposals that wait for their turn here, if this daemon leads. */
    readonly queued: number;
  };
  readonly stream: StreamStatus | undefined;
}

/** Another daemon that shares a group with this one. */
export interface PeerReport extends PeerStatus {
  /** It is being drained, as it said last. */
  readonly drained: boolean;
}

type PeerStatus = ReturnType<Peers['status']>[number];

/** One group in full; `detail` is undefined while this daemon is not in the group. */
export interface GroupPage extends GroupStatus {
  readonly detail: GroupDetail | undefined;
}

/** A daemon's own report, behind `gsctl` and the admin endpoint. */
export interface DaemonStatus {
  readonly node: string;
  readonly incarnation: number;
  readonly address: string;
  readonly stopping: boolean;
  /** An operator drains it: it gives up its leads, and takes no more joins. */
  readonly drained: boolean;
  readonly nameServer: {
    readonly connected: boolean;
    readonly epoch: number | undefined;
    /** It has been started again and collects what daemons hold, as it said last. */
    readonly recovering: boolean;
    /** Policy `suspend`: no contact for a lease, and all groups stand still. */
    readonly isolated: boolean;
  };
  readonly peers: readonly PeerReport[];
  readonly groups: readonly GroupStatus[];
  readonly clients: readonly ClientStatus[];
}

/** The parts that the report is made from. */
export interface InspectParts {
  readonly shared: Shared;
  readonly peers: Peers;
  readonly nameServer: NameServerLink;
  readonly groups: Groups;
  readonly clients: Clients;
}

export function inspect(parts: InspectParts): DaemonStatus {
  const { shared, peers, nameServer, groups, clients } = parts;
  return {
    node: shared.options.node,
    incarnation: shared.options.incarnation,
    address: shared.options.address,
    stopping: shared.stopping,
    drained: shared.drained,
    nameServer: {
      connected: nameServer.isConnected,
      epoch: nameServer.epoch,
      recovering: nameServer.isRecovering,
      isolated: shared.isolated,
    },
    peers: peers.status().map((peer) => ({ ...peer, drained: peers.isDrained(peer.daemon) })),
    groups: groups
      .all()
      .map((session) => groupStatus(session, shared.now))
      .sort((a, b) => (a.group < b.group ? -1 : 1)),
    clients: clients.list(),
  };
}

export function groupPage(session: GroupSession, now: Instant): GroupPage {
  return { ...groupStatus(session, now), detail: session.processGroup.detail() };
}

function groupStatus(session: GroupSession, now: Instant): GroupStatus {
  const { metagroup } = session;
  const entry = metagroup?.entry;
  const external = session.processGroup.inspect();
  const progress = metagroup?.progress();
  return {
    group: session.group,
    waiting: session.waitingText ?? null,
    role: metagroup?.role ?? 'none',
    generation: session.generation,
    version: entry?.version ?? 0,
    since: entry?.since ?? 0,
    leader: entry === undefined ? undefined : nodeOf(daemonOf(entry.leader)),
    daemons: (entry?.members ?? []).map((member) => ({
      node: nodeOf(daemonOf(member.id)),
      membership: member.id,
      joinVersion: member.joinVersion,
      full: member.full,
    })),
    providers: external.providers,
    labels: external.labels,
    viewVersion: external.viewVersion,
    fence: external.fence,
    stateBytes: external.stateValueBytes,
    voting: votingReport(session, now),
    flowClosedMs: session.tally.flowClosedMs,
    pressedMs: session.tally.pressedMs,
    attributes: external.attributes,
    local: {
      providers: external.localProviders,
      subscriptions: external.subscriptions,
      waitingJoins: external.waitingJoins,
      waitingProposals: external.waitingProposals,
      queued: external.queued,
    },
    stream: progress === undefined ? undefined : streamStatus(progress),
  };
}

function streamStatus({ contiguous: _, submissions: __, ...shown }: Progress): StreamStatus {
  return shown;
}
