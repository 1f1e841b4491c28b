import type { Change, ClientDeparture, ListedDeparture, ToClient } from '@group-services/wire';
import { joinersOf } from '../replica/group-state.js';
import { departuresOf, type Running } from '../replica/running.js';

type ProposalFields = Pick<
  Extract<ToClient, { readonly kind: 'rejected' }>,
  'joining' | 'leaving' | 'proposedStateValue' | 'message' | 'attributes'
>;

/** What a protocol would change, or would have changed, as ballots and rejections show it. */
export function proposalFields(running: Running, change: Change): ProposalFields {
  return {
    joining: joinersOf(running).map(({ id }) => id),
    leaving: departuresOf(change).map(clientDeparture),
    proposedStateValue: running.proposedState ?? undefined,
    message: change.kind === 'message' ? change.payload : undefined,
    attributes: change.kind === 'attributes' ? change.attributes : undefined,
  };
}

export function clientDeparture({ provider, reason, detail }: ListedDeparture): ClientDeparture {
  return { provider, reason, detail };
}
