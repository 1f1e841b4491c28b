import type { DaemonId, Instant, MembershipId } from '@group-services/core';
import type { ClientSnapshot, Entry, ToClient } from '@group-services/wire';
import type { HandleEvent, HandleRecord, RequestEvent } from '../handles.js';

/**
 * What checkers are told. They know nothing of the engines' insides: only what memberships place,
 * deliver, install, keep and discard, and what clients say and see.
 */

/** Something that one membership of a processor group did. */
export type InternalFact =
  /** As leader it gave a message its place. */
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
      /** A digest of what was delivered. */
      readonly body: string;
    }
  | { readonly kind: 'installed'; readonly entry: Entry; readonly position: number }
  /** It has the state at this position: the start of a group, or a snapshot. */
  | { readonly kind: 'based'; readonly position: number }
  | { readonly kind: 'discarded'; readonly upTo: number }
  | { readonly kind: 'submitted'; readonly counter: number }
  /** It told another that it holds everything up to here. */
  | { readonly kind: 'holds'; readonly contiguous: number }
  /** It told a claimant that it follows nobody of a lower version any more. */
  | { readonly kind: 'promised'; readonly version: number }
  | { readonly kind: 'ended'; readonly reason: string };

export interface InternalEvent {
  readonly at: Instant;
  readonly group: string;
  readonly generation: number;
  readonly membership: MembershipId;
  readonly fact: InternalFact;
}

/** One figure of a daemon, or of the name server, that must never exceed its bound. */
export interface Sample {
  readonly at: Instant;
  readonly daemon: DaemonId | 'ns';
  readonly what: string;
  readonly value: number;
  readonly bound: number;
}

/** A daemon that was away for longer than others wait for a sign of life. */
export type Presence = { readonly at: Instant; readonly daemon: DaemonId } & (
  | { readonly kind: 'woken' }
  /** Something reaches it that another program has said since. */
  | { readonly kind: 'heard' }
  /** Before that: it tells one of its processes something of a group. */
  | { readonly kind: 'handsOut'; readonly group: string; readonly what: string }
);

/** What a process that watches the daemons of the domain hears, in order. */
export type NodesEvent = { readonly at: Instant; readonly client: string } & (
  | { readonly kind: 'snapshot'; readonly snapshot: ClientSnapshot }
  | { readonly kind: 'change'; readonly message: Extract<ToClient, { readonly kind: 'approved' }> }
  | { readonly kind: 'closed' }
);

/** How things stand at the end of the liveness phase. */
export interface FinalState {
  readonly at: Instant;
  readonly liveDaemons: ReadonlySet<DaemonId>;
  /** The name server's last word on every group. */
  readonly entries: readonly Entry[];
  /** Handles whose connection lives and which have not ended. */
  readonly openHandles: readonly HandleRecord[];
}

/** Throws a Violation at the first thing that must not be. */
export interface Checker {
  readonly name: string;
  /** What `finish` asks for comes about in time; it may be asked early and again, and changes nothing. */
  readonly eventual?: boolean;
  internal?(event: InternalEvent): void;
  /** The name server's word on a group, as it leaves it. */
  entry?(entry: Entry): void;
  handle?(event: HandleEvent): void;
  request?(event: RequestEvent): void;
  sample?(sample: Sample): void;
  presence?(event: Presence): void;
  nodes?(event: NodesEvent): void;
  /** Called once, after the liveness phase. */
  finish?(final: FinalState): void;
}
