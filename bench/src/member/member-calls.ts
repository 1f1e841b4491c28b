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

export interface LatencyOrder {
  readonly run: number;
  readonly member: number;
  readonly size: number;
  readonly rounds: number;
}

/** Microseconds from the call of send to the own delivery. */
export interface LatencyResult {
  readonly p50: number;
  readonly p99: number;
}

/** What a member process can be told to do; one at a time. */
export interface MemberCalls {
  readonly connect: { readonly request: Link; readonly response: undefined };
  readonly prepare: { readonly request: ThroughputOrder; readonly response: undefined };
  readonly throughput: { readonly request: undefined; readonly response: ThroughputResult };
  /** Waits for a list of so many providers; when it was seen, in CLOCK_MONOTONIC nanoseconds. */
  readonly view: { readonly request: number; readonly response: number };
  readonly latency: { readonly request: LatencyOrder; readonly response: LatencyResult };
}
