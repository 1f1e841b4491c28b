import type {
  DaemonId,
  DeadlineReached,
  GroupName,
  LogOutput,
  MembershipId,
  NodeName,
  PeerEnd,
} from '@group-services/core';
import type {
  LeaderRecovery,
  Branch as MetagroupBranch,
  Observation,
} from '@group-services/metagroup';
import type { Branch as ProcessGroupBranch, Traced } from '@group-services/process-group';
import type {
  AbsentNode,
  DaemonMessage,
  DrainReport,
  DrainWish,
  Entry,
  Features,
  FromClient,
  FromNameServer,
  ToClient,
  ToNameServer,
  VotingReport,
} from '@group-services/wire';

import type { PermissionFile } from './permissions.js';

/** A daemon of the domain as the name server knows it; `alive`: its lease is fresh. */
export type ListedNode = Extract<FromNameServer, { readonly kind: 'listed' }>['nodes'][number];

/** The daemons of the domain; null, and why, when the name server cannot tell. */
export interface NodesAnswer {
  readonly nodes: readonly ListedNode[] | null;
  readonly note: string | undefined;
}

/** What the name server knows of a group; the note says why it cannot tell. */
export interface GroupAnswer {
  /** Null: there is no such group, or the name server cannot tell. */
  readonly entry: Entry | null;
  /** Nodes that hold the group's state, when all of them are away. */
  readonly waitsFor: readonly AbsentNode[];
  /** What is in the way, for people. */
  readonly note: string | undefined;
  /** Whether the name server has answered. */
  readonly told: boolean;
}

/** How far the draining of a node is, or why that is not known. */
export type DrainAnswer =
  | { readonly ok: true; readonly report: DrainReport }
  | { readonly ok: false; readonly why: string };

/** Passes a wish on to the daemon of a node; answers once. */
export type AskDrain = (
  node: NodeName,
  wish: DrainWish,
  answer: (answer: DrainAnswer) => void,
) => void;

/** Number that the daemon's process gives to a client connection; never reused. */
export type ClientNo = number;

/** What is known of the voting in one group. */
export interface VotesAnswer {
  readonly group: string;
  /** Node of the daemon that leads the processor group, as far as it is known. */
  readonly leader: string | undefined;
  /** `leader`: all of it. `member`: what this daemon knows itself. `none`: it is not in the group. */
  readonly from: 'leader' | 'member' | 'none';
  /** Why the leader's answer is missing. */
  readonly note: string | undefined;
  /** Null: nothing is being voted on. */
  readonly voting: VotingReport | null;
}

/** What a {@link DaemonEngine} is told. */
export type DaemonInput =
  | DeadlineReached
  /** A connection to the name server has been welcomed. */
  | {
      readonly kind: 'nameServerUp';
      readonly epoch: number;
      /** Names the store of its table. */
      readonly store: string;
      readonly leaseMs: number;
      readonly isolation: 'continue' | 'suspend';
      readonly leaderRecovery: LeaderRecovery;
      /** What both ends of the connection know; nothing when left out. */
      readonly features?: Features | undefined;
    }
  | { readonly kind: 'nameServerDown' }
  | { readonly kind: 'fromNameServer'; readonly message: FromNameServer }
  | { readonly kind: 'fromPeer'; readonly peer: DaemonId; readonly message: DaemonMessage }
  /** A link with this daemon has been welcomed, in either direction. */
  | { readonly kind: 'peerUp'; readonly peer: DaemonId; readonly address: string }
  /** A link was closed by the peer's side. */
  | { readonly kind: 'peerClosed'; readonly peer: DaemonId }
  /** The peer could not be dialled, and why, for people; whether it may be dead is another input. */
  | {
      readonly kind: 'peerNotReached';
      readonly peer: DaemonId;
      readonly address: string;
      readonly why: string;
    }
  /** Nobody answers at the peer's address. */
  | { readonly kind: 'peerUnreachable'; readonly peer: DaemonId }
  /** A newer incarnation answers at the peer's address. */
  | { readonly kind: 'peerSuperseded'; readonly peer: DaemonId; readonly incarnation: number }
  | {
      readonly kind: 'clientOpened';
      readonly client: ClientNo;
      readonly name: string;
      /** Who the process is for permissions; `local` when left out. */
      readonly principal?: string | undefined;
      /** The admin endpoint, which has made sure that an operator speaks: permissions are not asked. */
      readonly isOperator?: true | undefined;
      /** Memberships of all processes of this principal; the bound of each process when left out. */
      readonly membershipsMax?: number | undefined;
      /** Open proposals of this connection; the bound of each process when left out. */
      readonly proposalsMax?: number | undefined;
    }
  /** What processes may do from now on; undefined: everything. */
  | { readonly kind: 'permissions'; readonly permissions: PermissionFile | undefined }
  | { readonly kind: 'fromClient'; readonly client: ClientNo; readonly message: FromClient }
  | {
      readonly kind: 'clientClosed';
      readonly client: ClientNo;
      /** The daemon's remark, when it closed the connection itself (`overloaded`). */
      readonly detail?: string | undefined;
    }
  /** What the process has not read of a handle has passed the mark, or is below half of it again. */
  | {
      readonly kind: 'pressure';
      readonly client: ClientNo;
      readonly handle: number;
      readonly pressed: boolean;
      /** Of this handle, unread now. */
      readonly bytes: number;
    }
  /** An operator asks who is in the domain: one `nodesListed` with this number answers. */
  | { readonly kind: 'listNodes'; readonly question: number }
  /** An operator asks what the name server knows of a group: one `groupDescribed` answers. */
  | { readonly kind: 'describeGroup'; readonly question: number; readonly group: GroupName }
  /** An operator asks whom a group waits for: one `votesAnswered` with this number answers. */
  | { readonly kind: 'askVotes'; readonly question: number; readonly group: GroupName }
  /** An operator drains a node, or no more, or asks how far that is: one `drainAnswered` answers. */
  | {
      readonly kind: 'askDrain';
      readonly question: number;
      readonly node: NodeName;
      readonly wish: DrainWish;
    }
  /** Orderly stop: leave everything, then `stopped`. */
  | { readonly kind: 'stop' };

/** A turn that a protocol of either layer has taken. */
export type Branch = MetagroupBranch | ProcessGroupBranch;

/** What a {@link DaemonEngine} wants done, in order. */
export type DaemonOutput =
  | { readonly kind: 'toNameServer'; readonly message: ToNameServer }
  | {
      readonly kind: 'toPeer';
      readonly peer: DaemonId;
      readonly address: string;
      readonly message: DaemonMessage;
    }
  /** The same to all of these; the array is the same as before while they are the same. */
  | {
      readonly kind: 'toPeers';
      readonly peers: readonly PeerEnd[];
      readonly message: DaemonMessage;
    }
  /** Dial this daemon; `peerUp`, `peerUnreachable` or `peerSuperseded` says how it went. */
  | { readonly kind: 'probePeer'; readonly peer: DaemonId; readonly address: string }
  /** No group has this daemon any more: its links may be closed. */
  | { readonly kind: 'dropPeer'; readonly peer: DaemonId }
  | { readonly kind: 'toClient'; readonly client: ClientNo; readonly message: ToClient }
  | { readonly kind: 'closeClient'; readonly client: ClientNo; readonly reason: string }
  | LogOutput
  /** Something that belongs to a trace is over. */
  | { readonly kind: 'traced'; readonly group: GroupName; readonly traced: Traced }
  | { readonly kind: 'nodesListed'; readonly question: number; readonly answer: NodesAnswer }
  | { readonly kind: 'groupDescribed'; readonly question: number; readonly answer: GroupAnswer }
  /** Undefined: there is no such group. */
  | {
      readonly kind: 'votesAnswered';
      readonly question: number;
      readonly answer: VotesAnswer | undefined;
    }
  | { readonly kind: 'drainAnswered'; readonly question: number; readonly answer: DrainAnswer }
  /** All is left in order; the process may end. */
  | { readonly kind: 'stopped' }
  /** For checkers; only with the option `observe`. */
  | {
      readonly kind: 'observed';
      readonly group: GroupName;
      readonly membership: MembershipId;
      readonly generation: number;
      readonly event:
        | Observation
        | { readonly kind: 'branch'; readonly name: Branch }
        | { readonly kind: 'ended'; readonly reason: string };
    };
