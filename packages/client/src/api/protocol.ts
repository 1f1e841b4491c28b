import type { Bytes, GroupTypes } from './group-types.js';

export type ProtocolKind =
  | 'join'
  | 'leave'
  | 'expel'
  | 'failure'
  | 'state'
  | 'message'
  | 'attributes'
  | 'barrier';

export interface ProtocolInfo {
  /** Equal at every provider, unique within the group. */
  readonly id: string;
  readonly kind: ProtocolKind;
  /** Provider id; undefined for failures and batches. */
  readonly proposer?: string | undefined;
}

export interface GroupView {
  readonly group: string;
  /** Counts approved changes of this list; starts at 1 in every life of the group. */
  readonly version: number;
  /** Fencing token: as a string strictly greater with every view, over all lives of the group. */
  readonly fence: string;
  /** Provider ids, oldest first. */
  readonly providers: readonly string[];
  /** What they say about themselves, by provider id; absent: nothing. */
  readonly labels: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export type VoteValue = 'approve' | 'continue' | 'reject';

export interface MessageFrom<G extends GroupTypes = Bytes> {
  readonly from: string;
  readonly message: G['message'];
}

/** One vote that decided. Rejected: all votes to reject. Approved: default votes only. Next phase: all votes to continue. */
export interface Cause {
  /** `default-vote`: the handler threw. `max-phases`: has no provider. */
  readonly code: 'voted' | 'default-vote' | 'time-limit' | 'provider-failed' | 'max-phases';
  readonly value: VoteValue;
  readonly provider?: string | undefined;
}

export interface ProtocolResult<G extends GroupTypes = Bytes> {
  readonly outcome: 'approved' | 'rejected';
  readonly kind: ProtocolKind;
  /** Voting phases that were run; 0 for a one-phase protocol. */
  readonly phases: number;
  /** The position of the events of this protocol. */
  readonly position: number;
  readonly causes: readonly Cause[];
  /** The group's state value after the protocol. */
  readonly stateValue: G['state'] | undefined;
  /** Message riders of the last phase. */
  readonly messages: readonly MessageFrom<G>[];
}

/** `cast-out`: the group has a source, and no process of this provider's node provides that any more. */
export type LeaveReason =
  | 'leave'
  | 'expel'
  | 'goodbye'
  | 'quit'
  | 'process-failure'
  | 'node-failure'
  | 'cast-out';

/**
 * `group-lost`: the service no longer vouches for this group's state. `overloaded`: events were not consumed.
 * `daemon-stopped`: the daemon of this process was stopped in order; when it fails it is `connection-lost`.
 */
export type RemovedReason =
  | LeaveReason
  | 'connection-lost'
  | 'group-lost'
  | 'overloaded'
  | 'not-authorized'
  | 'daemon-stopped';

export interface Departure {
  readonly provider: string;
  readonly reason: LeaveReason;
  /** The reason given to `leave` or `expel`, or the service's remark (`overloaded`, `daemon stopped`). */
  readonly detail?: string | undefined;
}
