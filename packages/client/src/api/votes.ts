import type { VoteValue } from './protocol.js';

/** Votes as plain values: pure constructors, usable anywhere. */

type VoteWith<V extends VoteValue, R> = R & { readonly value: V };

/**
 * A vote to approve, with riders.
 *
 * @example
 * ```ts
 * import { approve, connect, reject } from '@group-services/client';
 *
 * const services = await connect();
 * const config = await services.join('config', {
 *   vote: ({ proposedStateValue, stateValue }) => {
 *     if (proposedStateValue === undefined) return approve();
 *     const message = new TextEncoder().encode('it is empty');
 *     // What rides on the votes of the last phase is in the result.
 *     if (proposedStateValue.length === 0) return reject({ message });
 *     return approve({ defaultVote: stateValue === undefined ? 'approve' : 'reject' });
 *   },
 * });
 * const result = await config.changeState(new Uint8Array(), { phases: 'voting' });
 * for (const { provider, code } of result.causes) console.log(result.outcome, 'by', provider, code);
 * for (const { message } of result.messages) console.log(new TextDecoder().decode(message));
 * await services.close();
 * ```
 */
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
