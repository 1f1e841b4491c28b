import type { Instant } from '@group-services/core';
import type { ProtocolKind, ResultBody } from '@group-services/wire';

/**
 * What this daemon did for a protocol whose proposal named a trace, told when it is over: whoever makes spans
 * of it knows when that began and ended by the times of the engine. Nothing is put out for the rest.
 *
 * A proposal is a `request` at the daemon of its process, from its arrival to its answer; its protocol is
 * one of the daemon that leads, with its phases; and each daemon says that it delivered the result.
 */
export type Traced = TracedRequest | TracedProtocol | TracedDelivery;

interface TracedStep {
  /** As the proposal named it. */
  readonly trace: string;
  readonly beganAt: Instant;
  readonly endedAt: Instant;
}

interface TracedRequest extends TracedStep {
  readonly name: 'request';
  readonly kind: string;
  /** `approved`, `rejected`, or the code of a refusal. */
  readonly outcome: string;
}

interface TracedProtocol extends TracedStep {
  readonly name: 'protocol';
  readonly kind: ProtocolKind;
  /** Of the START. */
  readonly position: number;
  readonly outcome: string;
  /** Empty: nobody voted. */
  readonly phases: readonly TracedPhase[];
}

interface TracedDelivery extends TracedStep {
  readonly name: 'deliver';
  readonly kind: ProtocolKind;
  readonly position: number;
  readonly outcome: string;
  /** 0: nobody voted. */
  readonly phases: number;
}

/** One voting phase, as the leader saw it. */
export interface TracedPhase {
  readonly phase: number;
  readonly beganAt: Instant;
  readonly endedAt: Instant;
  readonly outcome: ResultBody['outcome'];
  /** Votes that were missing. */
  readonly defaultVotes: number;
}
