import type { Rng } from '@group-services/core';
import type { PartialAttributes, Phases } from '@group-services/wire';
import type { NetworkProfile, Profile, Timing, VotingProfile } from './profile.js';

/** Half of the seeds vote: the others keep the paths of many one-phase protocols covered. */
const VOTING_SHARE = 0.5;
const ROUND_TRIPS_PER_PROCESS = 4;
const TIME_LIMITS = 4;
/** Limits are short, as multiples of the failure timeout: a silent voter holds up the whole group. */
const TIME_LIMITS_SUSPICIONS = [0.3, 0.6, 1, 2];

export const PHASES: readonly Phases[] = ['voting', { exactly: 1 }, { exactly: 2 }];

export function drawVoting(rng: Rng, scale: Profile['scale']): VotingProfile | undefined {
  if (scale !== 'usual' || !rng.chance(VOTING_SHARE)) return undefined;
  return {
    share: rng.pick([0.2, 0.5, 0.9]),
    openMax: rng.pick([1, 1, 2]),
    attributesChance: rng.pick([0, 0.8, 0.8]),
    agreedResults: rng.chance(0.25),
    drops: rng.chance(0.4),
    continuesMax: rng.between(0, 3),
    silentChance: rng.pick([0, 0, 0.03, 0.15]),
    lateChance: rng.pick([0, 0.1, 0.3]),
    strayChance: rng.pick([0, 0.05]),
    riderChance: rng.pick([0, 0.2, 0.5]),
    continueChance: rng.pick([0, 0.1, 0.3]),
    rejectChance: rng.pick([0, 0.05, 0.2]),
    vanishChance: rng.pick([0, 0, 0.01, 0.05]),
    monitorChance: rng.pick([0, 0, 0.5]),
    unwellChance: rng.pick([0.05, 0.3]),
  };
}

/** What the bound of the liveness checkers grows by: every process may wait for several votes of all. */
export function votingAllowance(
  voting: VotingProfile | undefined,
  drawn: { readonly processes: number; readonly timing: Timing; readonly network: NetworkProfile },
): number {
  if (voting === undefined) return 0;
  const { delayMinMs, delayMeanMs } = drawn.network;
  const roundTrip = 2 * (delayMinMs + 2 * delayMeanMs);
  return (
    ROUND_TRIPS_PER_PROCESS * drawn.processes * roundTrip +
    TIME_LIMITS * drawn.timing.suspectAfterMs
  );
}

/** What a joiner brings: the rules of the group's next life. */
export function drawAttributes(
  rng: Rng,
  voting: VotingProfile,
  { suspectAfterMs }: Timing,
): PartialAttributes {
  return {
    joinPhases: rng.pick([1, ...PHASES]),
    failurePhases: rng.pick([1, 1, ...PHASES]),
    batch: rng.pick(['none', 'none', 'joins', 'departures', 'both']),
    batchWindow: rng.pick([0, 50, Math.floor(suspectAfterMs / 4)]),
    defaultVote: rng.pick(['approve', 'reject']),
    timeLimit: drawTimeLimit(rng, voting, suspectAfterMs),
    maxPhases: rng.pick([0, 0, 1, 3]),
    contention: voting.drops ? rng.pick(['queue', 'drop']) : 'queue',
    joinersVote: rng.chance(0.7),
    delivery: voting.agreedResults ? rng.pick(['safe', 'agreed']) : 'safe',
  };
}

/** One or two of them, for a change while the group lives. */
export function drawChange(rng: Rng, voting: VotingProfile, timing: Timing): PartialAttributes {
  const drawn = drawAttributes(rng, voting, timing);
  const names = Object.keys(drawn) as (keyof PartialAttributes)[]; // The keys of a literal.
  const chosen = [rng.pick(names), rng.pick(names)];
  // Voted joins and failures need a short limit, whatever the group began with.
  const { timeLimit } = drawn;
  return { ...Object.fromEntries(chosen.map((name) => [name, drawn[name]])), timeLimit };
}

/** No limit only where nobody stays silent. */
export function drawTimeLimit(rng: Rng, voting: VotingProfile, suspectAfterMs: number): number {
  if (voting.silentChance === 0 && rng.chance(0.4)) return 0;
  return Math.round(suspectAfterMs * rng.pick(TIME_LIMITS_SUSPICIONS));
}
