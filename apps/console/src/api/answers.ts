import type {
  DaemonNews,
  DaemonStatus,
  GroupPage,
  GroupStatus,
  NodesAnswer,
  VotesAnswer,
} from '@group-services/daemon-engine';
import type { NameServerInspection } from '@group-services/name-server';

/**
 * What the program that serves this page answers. Page and program are one build, so the answers are taken
 * by their types; what processes have put into them is shown as text and never trusted further.
 */
export type DaemonAnswer = Omit<DaemonStatus, 'groups' | 'clients' | 'peers'> & {
  readonly domain: string;
  readonly version: string;
  readonly startedAt: string;
  readonly pid: number;
  readonly groups: number;
  readonly clients: number;
  readonly peers: number;
};

/** What only the one that is active knows is missing where another one is. */
export type NameServerAnswer = Partial<Omit<NameServerInspection, 'groups' | 'nodes'>> & {
  readonly version: string;
  readonly pid: number;
  /** Of several on etcd. */
  readonly lead?: {
    readonly role: string;
    readonly since: string;
    readonly active: { readonly address: string; readonly admin: string } | null;
    readonly etcd: {
      readonly member: string | null;
      readonly latencyMs: number | null;
      readonly trouble: string | null;
    };
  };
};

export type Peer = DaemonStatus['peers'][number];

/** `/api/nodes` of a daemon. */
export interface DomainNodes extends Partial<NodesAnswer> {
  readonly nodes: NodesAnswer['nodes'];
  readonly peers: readonly Peer[];
}

export type Client = DaemonStatus['clients'][number] & { readonly queuedBytes: number };
export type Group = GroupStatus;

type Detail = NonNullable<GroupPage['detail']>;
export type Running = NonNullable<Detail['running']>;
export type Provider = Detail['providers'][number];

/** `/api/group` of a daemon: its bytes in base64, the first of them. */
export type GroupAnswer = Omit<GroupPage, 'detail'> & {
  readonly detail:
    | (Omit<Detail, 'stateValue'> & {
        readonly state: { readonly bytes: number; readonly base64: string } | null;
      })
    | null;
};

export type Votes = VotesAnswer;

/** `/api/nodes` and `/api/groups` of a name server. */
export type LeasedNode = NameServerInspection['nodes'][number];
export type Entry = NameServerInspection['groups'][number];

export interface DurationClasses {
  readonly kind: string;
  readonly classes: readonly number[];
  readonly count: number;
}

/** `/api/counters`; what a name server does not count is missing. */
export interface Counters {
  readonly at: number;
  readonly loopDelay: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  readonly memoryBytes: number;
  readonly changes?: number;
  readonly messages?: number;
  readonly plainMessages?: number;
  readonly protocols?: readonly {
    readonly kind: string;
    readonly outcome: string;
    readonly count: number;
  }[];
  readonly classesMs?: readonly number[];
  readonly phaseMs?: readonly DurationClasses[];
  readonly protocolMs?: readonly DurationClasses[];
  readonly retainedBytes?: number;
  readonly clients?: number;
  readonly queuedBytesMax?: number;
  readonly processorMs?: number;
}

/** `/api/operator` of a daemon: whether who looks at the page may act, and why not. */
export interface OperatorAnswer {
  readonly mayAct: boolean;
  readonly name?: string;
  readonly why?: string;
}

/** Of the options in force, those that the page needs. */
export interface Options {
  readonly nameServer?: readonly string[];
}

interface NameServerNews {
  readonly kind: 'logged';
  readonly level: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One event of `/api/events`, with the time of day. */
export type News = (DaemonNews | NameServerNews) & { readonly at: number };
