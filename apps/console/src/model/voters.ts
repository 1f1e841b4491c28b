import type { Running, Votes } from '../api/answers.js';
import type { Phase, VoteValue } from './history.js';

export type VoterState = VoteValue | 'missing' | 'voted' | 'unknown';

export interface Voter {
  readonly id: string;
  readonly state: VoterState;
}

/**
 * What is known of every voter of the running phase. Who is waited for the leader says; what somebody has
 * voted is known to the leader and to the voter's own daemon. `voted`: it has, and what is not seen here;
 * `unknown`: not even that, since the leader has not answered.
 */
export function votersOf(
  running: Running,
  votes: Votes | undefined,
  phase: Phase | undefined,
): readonly Voter[] {
  const { voting } = votes ?? {};
  const isOfPhase = voting?.protocol === running.protocol && voting.phase === running.phase;
  const missing = new Set(isOfPhase ? voting.waitingFor : []);
  const isWhole = isOfPhase && votes?.from === 'leader';
  return running.voters.map((id): Voter => {
    const seen = phase?.votes.get(id)?.value;
    if (seen !== undefined) return { id, state: seen };
    if (missing.has(id)) return { id, state: 'missing' };
    return { id, state: isWhole ? 'voted' : 'unknown' };
  });
}
