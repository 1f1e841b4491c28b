import type { Change, Phases, Voting } from '@group-services/wire';
import type { GroupState } from '../replica/group-state.js';
import { departuresOf } from '../replica/running.js';

/** How many phases a protocol has, and how long each may take; milliseconds, 0: no limit. */
export interface PhaseChoice {
  readonly phases: Phases;
  readonly timeLimit: number;
}

/**
 * Who votes on a change (`external-layer.md` §3.4): the providers that are not known failed and
 * the joiners, if the group lets them; not the targets of an expel, nor the failed being removed. A
 * leaver votes on its own leave.
 */
export function voterSet(
  change: Change,
  { providers, attributes }: GroupState,
  isFailed: (no: number) => boolean,
): number[] {
  const departures = departuresOf(change).filter(({ reason }) => reason !== 'leave');
  const excluded = new Set(departures.map(({ no }) => no));
  const voters = providers.filter(({ no }) => !excluded.has(no) && !isFailed(no));
  const joiners = change.kind === 'join' && attributes.joinersVote ? change.joiners : [];
  return [...voters, ...joiners].map(({ no }) => no);
}

/**
 * The voting that a START carries; undefined: it is the result. A join that begins a life of the group
 * is never voted on, and what nobody votes on is approved.
 */
export function votingFor(
  change: Change,
  choice: PhaseChoice,
  { state, isFailed }: { readonly state: GroupState; readonly isFailed: (no: number) => boolean },
): Voting | undefined {
  if (choice.phases === 1 || (change.kind === 'join' && change.attributes !== null))
    return undefined;
  const voters = voterSet(change, state, isFailed);
  const { defaultVote, maxPhases } = state.attributes;
  return voters.length === 0 ? undefined : { voters, defaultVote, maxPhases, ...choice };
}

/**
 * How a batch is voted on: in as many phases, and for as long, as the most demanding of those in it has
 * asked for, so that none of them gets less than it wanted.
 */
export function strictest(all: readonly PhaseChoice[]): PhaseChoice {
  const timeLimits = all.map(({ timeLimit }) => timeLimit);
  return {
    phases: all.map(({ phases }) => phases).reduce(morePhases, 1),
    timeLimit: timeLimits.includes(0) ? 0 : Math.max(0, ...timeLimits),
  };
}

function morePhases(a: Phases, b: Phases): Phases {
  if (a === 'voting' || b === 'voting') return 'voting';
  if (a === 1) return b;
  return b === 1 || a.exactly >= b.exactly ? a : b;
}
