import { LIMITS, type Proposed, type Refusal } from '@group-services/wire';
import type { GroupState } from './group-state.js';
import type { ClientInput } from './inputs.js';
import type { LocalProposal, LocalProvider, ProposalContent } from './local-members.js';
import { invalidArgument, overloaded, unknownProviders } from './refusals.js';

type Propose = Extract<ClientInput, { readonly kind: 'propose' }>;

/** Why a proposal is refused before it leaves this daemon; undefined when it can go. */
export function proposalProblem(
  member: LocalProvider,
  input: Propose,
  state: GroupState | undefined,
): Refusal | undefined {
  const { proposed } = input;
  if (proposed.kind === 'barrier' && input.phases === 1) {
    return invalidArgument('phases', "a barrier is always voted on; leave it out or give 'voting'");
  }
  if (proposed.kind === 'expel') return expelProblem(member, proposed, state);
  return undefined;
}

function expelProblem(
  member: LocalProvider,
  { providers }: Extract<Proposed, { readonly kind: 'expel' }>,
  state: GroupState | undefined,
): Refusal | undefined {
  if (providers.includes(member.id)) {
    return invalidArgument('providers', 'a provider cannot expel itself; leave instead');
  }
  if (new Set(providers).size < providers.length) {
    return invalidArgument('providers', 'a provider is named twice; name each once');
  }
  const unknown = providers.filter((id) => state?.byId.has(id) !== true);
  return unknown.length > 0 ? unknownProviders(unknown) : undefined;
}

/** One process may have only so much without answer. */
export function overload({ owner }: LocalProvider, size: number): Refusal | undefined {
  if (owner.pending >= LIMITS.pendingProposals) return overloaded('pendingProposals');
  if (owner.pendingBytes + size > LIMITS.pendingProposalBytes) {
    return overloaded('pendingProposalBytes');
  }
  return undefined;
}

/** Bytes that a proposal carries. */
export function sizeOf(content: ProposalContent): number {
  if (content.kind === 'send' || content.kind === 'voted-message') return content.payload.length;
  if (content.kind === 'state') return content.value.length + (content.ifState?.length ?? 0);
  return 0;
}

/** Whether this is what a process calls its request `target`. */
export function isRequestOf(client: number, target: number): (proposal: LocalProposal) => boolean {
  return ({ member, request }) => member.owner.client === client && request === target;
}
