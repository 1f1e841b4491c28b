import type {
  DaemonId,
  DeadlineReached,
  EndReason,
  GroupName,
  MembershipId,
  PendingBody,
} from '@group-services/core';
import type {
  AnnouncementCode,
  Bundled,
  DefaultVote,
  Entry,
  Labels,
  PartialAttributes,
  Phases,
  Proposed,
  Refusal,
  SourceMark,
  VoteValue,
} from '@group-services/wire';

/** What the processes of this node ask; numbers are the daemon's (`client`) and the client's own. */
export type ClientInput =
  | {
      readonly kind: 'join';
      readonly client: number;
      readonly request: number;
      readonly handle: number;
      /** Made up when left out. */
      readonly instance?: string | undefined;
      readonly attributes: PartialAttributes;
      readonly labels?: Labels | undefined;
      /** Until the join's protocol starts; 0: no limit. */
      readonly timeoutMs: number;
    }
  | {
      readonly kind: 'subscribe';
      readonly client: number;
      readonly request: number;
      readonly handle: number;
      readonly membership: boolean;
      readonly state: boolean;
      readonly persistent: boolean;
      /** Until the answer; 0: no limit. */
      readonly timeoutMs: number;
    }
  | {
      readonly kind: 'unsubscribe';
      readonly client: number;
      readonly request: number;
      readonly handle: number;
    }
  | {
      readonly kind: 'propose';
      readonly client: number;
      readonly handle: number;
      readonly request: number;
      readonly phases: Phases;
      readonly timeLimit?: number | undefined;
      readonly proposed: Proposed;
      /** For an operator: the handle is a subscription. */
      readonly operator?: boolean | undefined;
      /** The protocol is part of this trace. */
      readonly trace?: string | undefined;
    }
  | {
      readonly kind: 'send';
      readonly client: number;
      readonly handle: number;
      readonly request: number;
      readonly safe: boolean;
      readonly payload: Uint8Array;
    }
  /** Several messages as one; `request` is that of the first. */
  | ({
      readonly kind: 'bundle';
      readonly client: number;
      readonly handle: number;
      readonly request: number;
      readonly safe: boolean;
    } & Bundled)
  /** The vote of the holder of `handle`, a provider or a joiner. */
  | {
      readonly kind: 'vote';
      readonly client: number;
      readonly handle: number;
      /** Id of the protocol, as in the ballot. */
      readonly protocol: string;
      readonly phase: number;
      /** `default`: the default vote in force is cast. */
      readonly value: VoteValue | 'default';
      readonly stateValue?: Uint8Array | undefined;
      readonly message?: Uint8Array | undefined;
      readonly defaultVote?: DefaultVote | undefined;
    }
  /** The daemon found out about the responsiveness of a process: each of its providers is named. */
  | { readonly kind: 'report'; readonly client: number; readonly code: AnnouncementCode }
  | { readonly kind: 'withdraw'; readonly client: number; readonly target: number }
  | {
      readonly kind: 'goodbye';
      readonly client: number;
      readonly request: number;
      readonly handle: number;
      /** Its program does not consume its events. */
      readonly overloaded?: boolean | undefined;
    }
  /** An operator has taken the right to this handle from the process: it ends, and `refusal` says why. */
  | {
      readonly kind: 'denied';
      readonly client: number;
      readonly handle: number;
      readonly refusal: Refusal;
    }
  | {
      readonly kind: 'clientGone';
      readonly client: number;
      readonly reason: 'quit' | 'process-failure';
      readonly detail?: string | undefined;
      /** What it provided in the group's source, and fails there as well. */
      readonly source?: SourceMark | undefined;
    };

/** Daemons known to have stopped in order: their nodes have not failed without a word. */
export type StoppedDaemons = ReadonlySet<DaemonId>;

/** Remark of an orderly stop in the failure leaves of a daemon's providers. */
export const DAEMON_STOPPED = 'daemon stopped';

/** How a group stands on this node that others depend on. */
export interface SourceHere {
  /** A process provides it, and means to stay. */
  readonly joinable: boolean;
  /** A provider of this node is listed. */
  readonly provided: boolean;
  /** Of the list that is without one; undefined: this daemon is not in the group. */
  readonly mark: SourceMark | undefined;
}

/** What the internal layer tells; its positions are numbers of the stream (see `Replica.positionOf`). */
export type MetagroupSideInput =
  | {
      readonly kind: 'attached';
      readonly membership: MembershipId;
      readonly generation: number;
      readonly position: number;
      /** The state at `position`; null: this daemon formed the processor group. */
      readonly snapshot: Uint8Array | null;
    }
  | {
      readonly kind: 'view';
      readonly entry: Entry;
      readonly position: number;
      readonly stopped: StoppedDaemons;
    }
  | {
      readonly kind: 'ordered';
      readonly position: number;
      /** Who placed it: the leader of its time. */
      readonly origin: MembershipId;
      readonly body: Uint8Array;
    }
  /** This daemon leads from now on; `pending` will come as `ordered`. */
  | {
      readonly kind: 'leading';
      readonly entry: Entry;
      readonly pending: readonly PendingBody[];
      readonly stopped: StoppedDaemons;
    }
  | { readonly kind: 'following' }
  /** To the leader: each once per term, in order per origin; our own come this way too. */
  | {
      readonly kind: 'request';
      readonly origin: MembershipId;
      readonly n: number;
      readonly body: Uint8Array;
    }
  /** The leader's answer to our request `n`. */
  | { readonly kind: 'reply'; readonly n: number; readonly body: Uint8Array }
  /** To the leader: nothing may be multicast while closed. Open when the lead begins. */
  | { readonly kind: 'flow'; readonly open: boolean }
  /**
   * To the leader: while some process has too much unread, messages and proposals of providers wait;
   * votes, failures and joins go on. Nobody presses when the lead begins.
   */
  | { readonly kind: 'pressure'; readonly pressed: boolean }
  | { readonly kind: 'snapshotWanted'; readonly position: number }
  | { readonly kind: 'detached'; readonly reason: EndReason };

/** What a {@link ProcessGroupEngine} is told. */
export type ProcessGroupInput =
  | DeadlineReached
  | ClientInput
  | MetagroupSideInput
  /** A group that was looked for in vain exists now. */
  | { readonly kind: 'formed' }
  /** What keeps this daemon from getting in, as far as it is known; for those whose time is up. */
  | { readonly kind: 'hindrance'; readonly why: string | undefined }
  /** A group that is in `sourcesWanted`, and whenever it is another one. */
  | { readonly kind: 'source'; readonly group: GroupName; readonly here: SourceHere }
  /** The group may have gone on without this daemon: nobody new is shown what it has. */
  | { readonly kind: 'standsStill'; readonly still: boolean }
  /** Orderly stop of the daemon: everybody here leaves, then `detach`. */
  | { readonly kind: 'stopping' };
