import type {
  DaemonId,
  DeadlineReached,
  EndReason,
  MembershipId,
  PendingBody,
} from '@group-services/core';
import type {
  Data,
  Entry,
  FromNameServer,
  GroupMessage,
  Member,
  Sync,
  ToNameServer,
} from '@group-services/wire';
import type { Branch } from './branch.js';
import type { LeaderRecovery } from './options.js';

/** What a {@link MetagroupEngine} is told. */
export type MetagroupInput =
  | DeadlineReached
  | { readonly kind: 'received'; readonly from: MembershipId; readonly message: GroupMessage }
  | { readonly kind: 'fromNameServer'; readonly message: FromNameServer }
  /** The name server has no entry for this generation any more. */
  | { readonly kind: 'generationGone' }
  /** Connected (again); the rule of the domain may be another one now. */
  | { readonly kind: 'nameServerUp'; readonly leaderRecovery: LeaderRecovery }
  /** Policy `suspend`: our daemon has heard nothing of the name server for a lease. */
  | { readonly kind: 'contactLost' }
  /** It is in contact again; what ends this membership has been told before. */
  | { readonly kind: 'contactBack' }
  /** Our daemon was away for so long that others may have removed it. */
  | { readonly kind: 'woken' }
  /** The name server has answered what was asked since; what ends this membership has been told before. */
  | { readonly kind: 'heard' }
  /** The name server cannot be reached since it woke. */
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'suspected'; readonly daemon: DaemonId }
  | { readonly kind: 'alive'; readonly daemon: DaemonId }
  /** All daemons that are being drained, as far as ours knows, and it may be one itself. */
  | { readonly kind: 'drained'; readonly daemons: readonly DaemonId[] }
  /** Any member: place this in the ordered stream, once, in this member's order. */
  | { readonly kind: 'submit'; readonly body: Uint8Array; readonly safe: boolean }
  /** The leader's upper layer: place this now. Dropped when we do not lead (any more). */
  | { readonly kind: 'multicast'; readonly body: Uint8Array; readonly safe: boolean }
  /** To the leader, whoever it is and becomes, until `requestDone`. */
  | { readonly kind: 'request'; readonly n: number; readonly body: Uint8Array }
  | { readonly kind: 'requestDone'; readonly n: number }
  | {
      readonly kind: 'reply';
      readonly origin: MembershipId;
      readonly n: number;
      readonly body: Uint8Array;
    }
  /** Whether processes of this daemon have too much of this group unread (B4). */
  | { readonly kind: 'pressed'; readonly pressed: boolean }
  /** The upper layer's state after everything delivered up to `position`. */
  | { readonly kind: 'snapshot'; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: 'leave' };

/** What is asked of the name server; the daemon numbers its look-ups. */
export type NameServerQuestion =
  | Exclude<ToNameServer, { readonly kind: 'resolve' }>
  | Omit<Extract<ToNameServer, { readonly kind: 'resolve' }>, 'number'>;

/** What happened, for checkers; only with the option `observe`. */
export type Observation =
  | {
      readonly kind: 'placed';
      readonly version: number;
      readonly seq: number;
      readonly origin: MembershipId;
      readonly counter: number;
    }
  | {
      readonly kind: 'delivered';
      readonly seq: number;
      readonly origin: MembershipId;
      readonly counter: number;
      readonly safe: boolean;
      readonly view: boolean;
      readonly body: Uint8Array;
    }
  | { readonly kind: 'installed'; readonly entry: Entry; readonly position: number }
  | { readonly kind: 'based'; readonly position: number }
  | { readonly kind: 'discarded'; readonly upTo: number }
  | { readonly kind: 'submitted'; readonly counter: number }
  | { readonly kind: 'branch'; readonly name: Branch };

/** What a {@link MetagroupEngine} wants done, in order. */
export type MetagroupOutput =
  | {
      readonly kind: 'send';
      readonly to: MembershipId;
      readonly address: string;
      readonly message: GroupMessage;
    }
  /** The same to all of these; the array is the same as before while they are the same. */
  | {
      readonly kind: 'sendAll';
      readonly to: readonly Member[];
      readonly message: Data | Sync;
    }
  | { readonly kind: 'askNameServer'; readonly message: NameServerQuestion }
  /** A member with a state from now on: the snapshot at `position`, or null for a group formed here. */
  | {
      readonly kind: 'attached';
      readonly generation: number;
      readonly position: number;
      readonly snapshot: Uint8Array | null;
    }
  | { readonly kind: 'view'; readonly entry: Entry; readonly position: number }
  | {
      readonly kind: 'ordered';
      readonly position: number;
      readonly origin: MembershipId;
      readonly body: Uint8Array;
    }
  | {
      readonly kind: 'leading';
      readonly entry: Entry;
      readonly pending: readonly PendingBody[];
    }
  | { readonly kind: 'following' }
  | {
      readonly kind: 'request';
      readonly origin: MembershipId;
      readonly n: number;
      readonly body: Uint8Array;
    }
  | { readonly kind: 'replied'; readonly n: number; readonly body: Uint8Array }
  | { readonly kind: 'flow'; readonly open: boolean }
  /** To the leader's upper layer: processes of some member have too much unread, or none any more. */
  | { readonly kind: 'pressure'; readonly pressed: boolean }
  /** As many submissions wait as may: this one was not taken, and whoever gave it decides. */
  | { readonly kind: 'submitRefused'; readonly body: Uint8Array; readonly safe: boolean }
  | { readonly kind: 'snapshotWanted'; readonly position: number }
  | { readonly kind: 'ended'; readonly reason: EndReason; readonly why: string }
  | { readonly kind: 'observed'; readonly event: Observation };
