import type { VoteValue } from './protocol.js';

/** Votes as plain values: pure constructors, usable anywhere. */

type VoteWith<V extends VoteValue, R> = R & { readonly value: V };

/** A vote to approve, with riders. */
export function approve<const R extends object = object>(riders?: R): VoteWith<'approve', R> {
  return voteWith('approve', riders);
}

/** A vote for another phase, with riders. */
export function keepVoting<const R extends object = object>(riders?: R): VoteWith<'continue', R> {
  return voteWith('continue', riders);
}

/** A vote to reject, with riders; a state value rider has no effect. */
export function reject<const R extends object = object>(riders?: R): VoteWith<'reject', R> {
  return voteWith('reject', riders);
}

function voteWith<V extends VoteValue, R extends object>(
  value: V,
  riders: R | undefined,
): VoteWith<V, R> {
  // Without riders R is `object`, which asks for no field: the cast adds nothing that is not there.
  return { ...riders, value } as VoteWith<V, R>;
}
