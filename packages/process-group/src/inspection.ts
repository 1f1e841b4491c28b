import type { Instant } from '@group-services/core';
import type { DefaultVote, LabelsOfProviders, ProtocolKind } from '@group-services/wire';
import { fence } from './replica/fence.js';
import { labelsOf } from './replica/group-state.js';
import type { Shared } from './shared.js';

/** Counts that only the parts of an engine know. */
export interface LocalCounts {
  readonly localProviders: number;
  readonly subscriptions: number;
  readonly waitingJoins: number;
  /** Requests to the leader that have no answer yet. */
  readonly openRequests: number;
  /** Proposals that wait here until the leader has room. */
  readonly waitingProposals: number;
  readonly leads: boolean;
  /** What waits at the leader, if that is us. */
  readonly queued: number;
  /** The protocol that is being voted on. */
  readonly voting?: VotingInspection | undefined;
}

/** What one process has open in a group. */
export interface OpenCounts {
  /** Proposals without answer, and the bytes that they carry. */
  readonly proposals: number;
  readonly proposalBytes: number;
  /** Joins without result, those included that it has given up. */
  readonly joins: number;
}

/** A voting phase as one daemon knows it: the leader all of it, the others what is theirs. */
export interface VotingInspection {
  /** Id, as in ballots. */
  readonly protocol: string;
  readonly kind: ProtocolKind;
  readonly phase: number;
  readonly defaultVote: DefaultVote;
  /** Ids of voters whose vote is missing; all of them at the leader, else those of this daemon. */
  readonly waitingFor: readonly string[];
  /** When the phase began here. */
  readonly since: Instant;
  /** When default votes are cast; only the leader knows, and only with a limit. */
  readonly until?: Instant | undefined;
}

/** One group as its daemon sees it: plain values for status and console. */
export interface ProcessGroupInspection extends LocalCounts {
  readonly isMember: boolean;
  readonly generation: number;
  readonly position: number;
  readonly life: number;
  readonly viewVersion: number;
  readonly fence: string;
  /** Ids, oldest first. */
  readonly providers: readonly string[];
  /** Of those providers who have any. */
  readonly labels: LabelsOfProviders;
  /** Undefined: no value yet. */
  readonly stateValueBytes: number | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export function inspection(shared: Shared, counts: LocalCounts): ProcessGroupInspection {
  const { membership, position } = shared;
  const state = membership?.replica.state;
  const generation = membership?.generation ?? 0;
  return {
    ...counts,
    isMember: membership !== undefined,
    generation,
    position,
    life: state?.life ?? 0,
    viewVersion: state?.viewVersion ?? 0,
    fence: state === undefined ? '' : fence(generation, state.viewPosition),
    providers: state?.providers.map(({ id }) => id) ?? [],
    labels: labelsOf(state?.providers ?? []) ?? {},
    stateValueBytes: state?.stateValue?.length,
    attributes: state?.attributes ?? {},
  };
}
