import { OPERATOR_NO, type Proposal, type ReplyBody } from '@group-services/wire';
import type { GroupState } from '../replica/group-state.js';

/**
 * Proposals that a former leader has answered without a protocol, when the answer died with it
 * (`client-api.md`, Proposals: over a change of leader the order of a provider is kept).
 *
 * They come again to the new leader. Where a later proposal of the same provider has started already,
 * to run them now would be out of order: that the later one was chosen shows that these had their
 * answer, and they get it again.
 */
export type Ordered = Exclude<
  Proposal,
  { readonly kind: 'join' | 'down' | 'withdraw' | 'votes' | 'report' | 'leave' }
>;

/** Whether proposals of this kind start in the order of their requests; a leave may be collected. */
export function isOrdered(proposal: Proposal): proposal is Ordered {
  switch (proposal.kind) {
    case 'join':
    case 'down':
    case 'withdraw':
    case 'votes':
    case 'report':
    case 'leave':
      return false;
    default:
      // The requests of operators have no order: each is of another command.
      return proposal.proposer !== OPERATOR_NO;
  }
}

/** What the former leader may have said: no condition other than that of the kind can have failed. */
export function answeredBefore(proposal: Ordered, state: GroupState): ReplyBody {
  if (proposal.kind === 'expel') return { kind: 'unknown-provider', providers: proposal.targets };
  if (proposal.kind === 'state' && proposal.ifState !== undefined) {
    return { kind: 'state-changed', stateValue: state.stateValue };
  }
  return state.attributes.contention === 'drop' ? { kind: 'collision' } : { kind: 'withdrawn' };
}
