import {
  LIMITS,
  type PartialAttributes,
  type Proposed,
  payloadBytes,
  type Refusal,
  utf8Length,
} from '@group-services/wire';
import type { ClientInput } from '../inputs.js';
import type { GroupState } from '../replica/group-state.js';
import type { LocalProposal, LocalProvider, ProposalContent } from './local-members.js';
import { invalidArgument, unknownProviders } from './refusals.js';

type Propose = Extract<ClientInput, { readonly kind: 'propose' }>;

/** What one provider takes in the START that removes it, without the reason. */
const DEPARTURE_BYTES_MAX = 200;

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
  if (proposed.kind === 'attributes') return attributesProblem(proposed.attributes, state);
  return proposed.kind === 'expel' ? expelProblem(member, proposed, state) : undefined;
}

function attributesProblem(
  { source }: PartialAttributes,
  state: GroupState | undefined,
): Refusal | undefined {
  if (source === undefined || source === state?.attributes.source) return undefined;
  return invalidArgument('attributes.source', 'belongs to the whole life of a group; leave it out');
}

function expelProblem(
  member: LocalProvider,
  { providers, reason = '' }: Extract<Proposed, { readonly kind: 'expel' }>,
  state: GroupState | undefined,
): Refusal | undefined {
  if (providers.includes(member.id)) {
    return invalidArgument('providers', 'a provider cannot expel itself; leave instead');
  }
  if (new Set(providers).size < providers.length) {
    return invalidArgument('providers', 'a provider is named twice; name each once');
  }
  // Each is removed with the reason: all of it must fit a frame.
  if (providers.length * (DEPARTURE_BYTES_MAX + utf8Length(reason)) > LIMITS.message) {
    return invalidArgument('providers', 'too many for one expel with this reason; name fewer');
  }
  const unknown = providers.filter((id) => state?.byId.has(id) !== true);
  return unknown.length > 0 ? unknownProviders(unknown) : undefined;
}

/** Bytes that a proposal carries. */
export function sizeOf(content: ProposalContent): number {
  if (content.kind === 'send' || content.kind === 'voted-message') return content.payload.length;
  if (content.kind === 'bundle') return payloadBytes(content);
  if (content.kind === 'state') return content.value.length + (content.ifState?.length ?? 0);
  if (content.kind === 'leave') return content.reason?.length ?? 0;
  if (content.kind !== 'expel') return 0;
  return content.providers.reduce((sum, id) => sum + id.length, content.reason?.length ?? 0);
}

/** Messages that a proposal stands for, each with a request of its own. */
export function countOf(content: ProposalContent): number {
  return content.kind === 'bundle' ? content.count : 1;
}

/** Whether this is what a process calls its request `target`; a message of a bundle cannot be taken back. */
export function isRequestOf(client: number, target: number): (proposal: LocalProposal) => boolean {
  return ({ member, request, count }) =>
    member.owner.client === client && request === target && count === 1;
}
