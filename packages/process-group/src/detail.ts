import { daemonOf, nodeOf } from '@group-services/core';
import type { DefaultVote, Labels, ProtocolKind, Voting } from '@group-services/wire';
import { voterOf } from './replica/group-state.js';
import type { Shared } from './shared.js';

/**
 * One group in full, for a page that shows it: what {@link inspection} leaves out because it grows with the
 * group or with its state value.
 */
export interface GroupDetail {
  /** Oldest first. */
  readonly providers: readonly {
    readonly id: string;
    readonly node: string;
    readonly labels?: Labels | undefined;
    /** What was announced of it since this daemon is in the group, and not taken back. */
    readonly ailment?: 'unresponsive' | 'self-reported-error' | undefined;
  }[];
  /** Null: no value yet. */
  readonly stateValue: Uint8Array | null;
  /** The protocol that is being voted on. */
  readonly running: RunningDetail | null;
}

export interface RunningDetail {
  /** Id, as in ballots. */
  readonly protocol: string;
  readonly kind: ProtocolKind;
  readonly proposer: string | undefined;
  readonly phase: number;
  readonly phases: Voting['phases'];
  /** 0: unlimited. */
  readonly maxPhases: number;
  readonly defaultVote: DefaultVote;
  /** Per phase; 0: none. */
  readonly timeLimitMs: number;
  /** Ids, joiners included. */
  readonly voters: readonly string[];
}

/** Undefined while this daemon is not in the group. */
export function detail(shared: Shared): GroupDetail | undefined {
  const { state } = shared;
  if (state === undefined) return undefined;
  return {
    providers: state.providers.map(({ no, id, daemon, labels }) => {
      const ailment = shared.membership?.replica.ailmentOf(no);
      return {
        id,
        node: nodeOf(daemonOf(daemon)),
        ...(labels !== undefined && { labels }),
        ...(ailment !== undefined && { ailment }),
      };
    }),
    stateValue: state.stateValue,
    running: runningDetail(shared),
  };
}

function runningDetail(shared: Shared): RunningDetail | null {
  const { state } = shared;
  const running = state?.running;
  if (state === undefined || running === undefined || running === null) return null;
  const { start, phase, voting, defaultVote } = running;
  return {
    protocol: shared.protocolId(running.protocol),
    kind: start.protocol,
    proposer: start.proposer,
    phase,
    phases: voting.phases,
    maxPhases: voting.maxPhases,
    defaultVote,
    timeLimitMs: voting.timeLimit,
    voters: voting.voters.flatMap((no) => voterOf(state, no)?.id ?? []),
  };
}
