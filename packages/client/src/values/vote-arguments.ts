import type { FromClient } from '@group-services/wire';
import type { VoteValue } from '../api/protocol.js';
import { type ArgumentLimits, checkSize, invalid } from '../arguments/arguments.js';
import type { GroupFormat } from './define-group.js';

/** A vote as it goes to the daemon, without what names its ballot. */
export type VoteBody = Omit<
  Extract<FromClient, { readonly kind: 'vote' }>,
  'kind' | 'handle' | 'protocol' | 'phase'
>;

const EXPECTED =
  'must return "approve", "continue", "reject", or an object with such a value (see approve(), keepVoting(), reject())';

/** What a vote handler returned, checked and encoded; throws InvalidArgumentError. */
export function voteOf(returned: unknown, format: GroupFormat, limits: ArgumentLimits): VoteBody {
  if (isVoteValue(returned)) return { value: returned };
  if (typeof returned !== 'object' || returned === null || !('value' in returned)) {
    throw invalid('vote', `${EXPECTED}, not ${shown(returned)}`);
  }
  const { value } = returned;
  if (!isVoteValue(value)) throw invalid('vote', `${EXPECTED}, not value ${shown(value)}`);
  const { stateValue, message, defaultVote }: RiderFields = returned;
  if (defaultVote !== undefined && defaultVote !== 'approve' && defaultVote !== 'reject') {
    throw invalid('defaultVote', `must be "approve" or "reject", not ${shown(defaultVote)}`);
  }
  const state = stateValue === undefined ? undefined : format.state.write(stateValue);
  if (state !== undefined) checkSize(state, 'stateValue', limits);
  const payload = message === undefined ? undefined : format.message.write(message);
  if (payload !== undefined) checkSize(payload, 'message', limits);
  return {
    value,
    // With a vote to reject it would have no effect.
    ...(state === undefined || value === 'reject' ? {} : { stateValue: state }),
    ...(payload === undefined ? {} : { message: payload }),
    ...(defaultVote === undefined ? {} : { defaultVote }),
  };
}

/** Fields that may be there; `value` is, so that the type has one in common with what was returned. */
interface RiderFields {
  readonly value: unknown;
  readonly stateValue?: unknown;
  readonly message?: unknown;
  readonly defaultVote?: unknown;
}

function isVoteValue(value: unknown): value is VoteValue {
  return value === 'approve' || value === 'continue' || value === 'reject';
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object' && value !== null ? 'another object' : String(value);
}
