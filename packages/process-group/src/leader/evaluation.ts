import type { DefaultVote, VoteValue, Voting, WireCause } from '@group-services/wire';

/**
 * Causes that a result names at most, of the voters in their order. With the longest names these are less
 * than half of what a frame holds; a group may have more voters than a frame has room for.
 */
export const CAUSES_MAX = 4_000;

/** What one voter's vote was when the phase ended; without a vote the default is cast. */
export interface VoterAtEnd {
  readonly id: string;
  readonly vote:
    | {
        /** `default`: its handler threw. */
        readonly value: VoteValue | 'default';
        readonly defaultVote?: DefaultVote | undefined;
      }
    | undefined;
  /** Why there is no vote, if there is none. */
  readonly hasFailed: boolean;
}

/** What holds for the phase that ends. */
export interface PhaseRule extends Pick<Voting, 'phases' | 'maxPhases'> {
  readonly phase: number;
  /** In force until a rider of this phase changes it. */
  readonly defaultVote: DefaultVote;
}

export interface Verdict {
  readonly outcome: 'continue' | 'approved' | 'rejected';
  readonly causes: WireCause[];
  /** In force for the missing votes of this phase and from here on. */
  readonly defaultVote: DefaultVote;
}

type Cast = Required<Pick<WireCause, 'code' | 'value' | 'provider'>>;

/**
 * The outcome of a phase, a function of votes and rule alone (`external-layer.md` §3.5, M19):
 * one REJECT rejects; else one CONTINUE continues; else it is approved. With a fixed number of phases
 * approve and continue mean the same before the last; in a last phase continue counts as reject.
 */
export function evaluate(voters: readonly VoterAtEnd[], rule: PhaseRule): Verdict {
  const verdict = evaluateAll(voters, rule);
  return { ...verdict, causes: verdict.causes.slice(0, CAUSES_MAX) };
}

/** With every cause there is. */
function evaluateAll(voters: readonly VoterAtEnd[], rule: PhaseRule): Verdict {
  const defaultVote = defaultVoteAfter(voters, rule.defaultVote);
  const votes = voters.map((voter) => cast(voter, defaultVote));
  const of = (value: VoteValue): Cast[] => votes.filter((vote) => vote.value === value);
  const rejecting = of('reject');
  const continuing = of('continue');
  const isLast = isLastPhase(rule);
  if (isLast && continuing.length > 0) {
    const causes: WireCause[] = [{ code: 'max-phases', value: 'reject' }, ...rejecting];
    return { outcome: 'rejected', causes, defaultVote };
  }
  if (rejecting.length > 0) return { outcome: 'rejected', causes: rejecting, defaultVote };
  const isFixed = typeof rule.phases === 'object' && !isLast;
  if (isFixed || continuing.length > 0) {
    return { outcome: 'continue', causes: continuing, defaultVote };
  }
  const causes = votes.filter(({ code }) => code !== 'voted');
  return { outcome: 'approved', causes, defaultVote };
}

export function isLastPhase({ phases, maxPhases, phase }: PhaseRule): boolean {
  if (typeof phases === 'object') return phase >= phases.exactly;
  return maxPhases > 0 && phase >= maxPhases;
}

/** Riders of one phase that contradict each other: REJECT wins. */
function defaultVoteAfter(voters: readonly VoterAtEnd[], before: DefaultVote): DefaultVote {
  const proposed = voters.map(({ vote }) => vote?.defaultVote);
  if (proposed.includes('reject')) return 'reject';
  return proposed.includes('approve') ? 'approve' : before;
}

function cast({ id, vote, hasFailed }: VoterAtEnd, defaultVote: DefaultVote): Cast {
  if (vote === undefined) {
    const code = hasFailed ? 'provider-failed' : 'time-limit';
    return { code, value: defaultVote, provider: id };
  }
  if (vote.value === 'default') return { code: 'default-vote', value: defaultVote, provider: id };
  return { code: 'voted', value: vote.value, provider: id };
}
