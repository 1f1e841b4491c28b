import type { ChurnCalls } from '../group-services/churn-calls.js';
import type { CrowdCalls } from '../group-services/crowd-calls.js';
import type { HerdCalls } from '../group-services/herd-calls.js';
import type { RelayMode } from '../relay/relay-mode.js';

/** How a member reaches its daemon. */
export type Link = RelayLink | GroupServicesLink;

export interface RelayLink {
  readonly system: 'relay';
  readonly mode: RelayMode;
  /** The daemon's Unix socket. */
  readonly socketPath: string;
}

export interface GroupServicesLink {
  readonly system: 'group-services';
  /** The daemon's client socket as the SDK takes it. */
  readonly endpoint: string;
  readonly group: string;
  /** How many groups of that name, numbered, the member is in. */
  readonly groups: number;
}

/** One throughput run, as all members must know it before the first message is sent. */
export interface ThroughputOrder {
  /** Stamped on every message, so that late messages of an earlier run are recognised. */
  readonly run: number;
  /** Index of this member. */
  readonly member: number;
  /** Bytes per message, at least the stamp's. */
  readonly size: number;
  /** Messages of all senders together; the run ends for a member with the last of them. */
  readonly total: number;
  /** Messages this member sends; 0 for a listener. */
  readonly quota: number;
  /** Messages a sender may have sent and not yet seen delivered to itself. */
  readonly window: number;
  readonly what: WhatIsSent;
  /** Groups that each sender sends to in turn. */
  readonly groups: number;
}

export interface ThroughputResult {
  /** CLOCK_MONOTONIC in nanoseconds, just before the first send; undefined for a listener. */
  readonly firstSendNs: number | undefined;
  /** CLOCK_MONOTONIC in nanoseconds, at the last delivery. */
  readonly lastDeliveryNs: number;
  /** Equal at two members if and, up to hash collisions, only if they saw the same order. */
  readonly orderHash: string;
  /** Whether every sender's messages came complete and in the order they were sent. */
  readonly intact: boolean;
}

/** Sent one at a time. */
export type WhatIsSent = 'message' | 'state' | 'voted-state';

export interface LatencyOrder {
  readonly run: number;
  readonly member: number;
  readonly size: number;
  readonly rounds: number;
  readonly what: WhatIsSent;
  /** Whether this member sends; the others only watch. */
  readonly sends: boolean;
}

/** CLOCK_MONOTONIC in nanoseconds, by rounds. */
export interface LatencyResult {
  /** Just before each call; empty at who did not send. */
  readonly sentNs: readonly number[];
  readonly seenNs: readonly number[];
}

/**
 * How a barrier is made. `counted`: by the system, asked for when the last one has ended. `ahead`:
 * the same, asked for one round before. `messages`: every member sends one and goes on after as many
 * as there are members.
 */
export type BarrierForm = 'counted' | 'ahead' | 'messages';

export interface BarrierOrder {
  readonly run: number;
  readonly member: number;
  /** How many members meet. */
  readonly parties: number;
  readonly rounds: number;
  readonly form: BarrierForm;
}

export interface BarrierResult {
  /** CLOCK_MONOTONIC in nanoseconds, just before entering the first round. */
  readonly startNs: number;
  /** CLOCK_MONOTONIC in nanoseconds, when the last round was over here. */
  readonly endNs: number;
  /** Whether whatever was heard belonged to the round that this member was in. */
  readonly intact: boolean;
}

/** Messages sent at a steady pace, whatever else goes on. */
export interface PacedOrder {
  readonly run: number;
  readonly member: number;
  readonly size: number;
  /** One of them a millisecond. */
  readonly count: number;
}

export interface PacedResult {
  /** Microseconds from each send to its own delivery. */
  readonly delaysUs: readonly number[];
}

export type RunOrder =
  | { readonly kind: 'throughput'; readonly order: ThroughputOrder }
  | { readonly kind: 'latency'; readonly order: LatencyOrder }
  | { readonly kind: 'barrier'; readonly order: BarrierOrder }
  | { readonly kind: 'paced'; readonly order: PacedOrder };

/** What a member process can be told to do; one at a time. */
export interface MemberCalls extends CrowdCalls, HerdCalls, ChurnCalls {
  readonly connect: { readonly request: Link; readonly response: undefined };
  /** Waits for a list of so many providers; when it was seen, in CLOCK_MONOTONIC nanoseconds. */
  readonly view: { readonly request: number; readonly response: number };
  /** Every run is prepared at all members before it begins at any. */
  readonly prepare: { readonly request: RunOrder; readonly response: undefined };
  readonly throughput: { readonly request: undefined; readonly response: ThroughputResult };
  readonly latency: { readonly request: undefined; readonly response: LatencyResult };
  readonly barrier: { readonly request: undefined; readonly response: BarrierResult };
  readonly paced: { readonly request: undefined; readonly response: PacedResult };
  /** Begins to send one message after the other; answers when it is warm. */
  readonly pulse: { readonly request: undefined; readonly response: undefined };
  /** The longest wait for a delivery since `pulse` has answered, in nanoseconds. */
  readonly stopPulse: { readonly request: undefined; readonly response: number };
}
