import { daemonOf, nodeOf } from '@group-services/core';
import {
  attributeDifferences,
  DEFAULT_ATTRIBUTES,
  type ListedDeparture,
  type ListedProvider,
  OPERATOR_NO,
  operatorId,
  prescreenDifferences,
  type ReplyBody,
  type RequestRef,
  type StartBody,
  withAttributes,
} from '@group-services/wire';
import type { GroupState } from '../replica/group-state.js';
import { holds } from '../replica/state-condition.js';
import type { JoinItem, ProviderProposal } from './selection.js';

/**
 * What a request comes to when its turn has come, by the placed state alone: the START of a protocol, or
 * the answer why there is none. A condition, a list of targets or an attribute is judged here and not when
 * the request arrives, since protocols before it may have changed all of them.
 */
export type Decision = StartBody | ReplyBody;

type Base = Pick<StartBody, 'kind' | 'proposer' | 'requests' | 'trace'>;
type Controlled = Exclude<ProviderProposal, { readonly kind: 'message' | 'bundle' }>;

/**
 * Prescreen (M22): the attributes given must be the group's, and of a strict group all must be given;
 * into an empty group they are what its new life begins with.
 */
export function joinDecision(item: JoinItem, state: GroupState): Decision {
  const { ref, provider, attributes, labels } = item;
  if (state.byId.has(provider)) return { kind: 'duplicate-instance' };
  const isFirst = state.providers.length === 0;
  const differences = isFirst ? [] : prescreenDifferences(attributes, state.attributes);
  if (differences.length > 0) {
    const { strict } = state.attributes;
    return { kind: 'attribute-mismatch', differences, ...(strict ? { strict } : {}) };
  }
  return {
    kind: 'start',
    protocol: 'join',
    proposer: provider,
    requests: [ref],
    change: {
      kind: 'join',
      joiners: [{ id: provider, no: state.nextNo, daemon: ref.origin, ...(labels && { labels }) }],
      attributes: isFirst ? withAttributes(DEFAULT_ATTRIBUTES, attributes) : null,
    },
  };
}

/** Whether a proposal of the third class can run, and as what (`external-layer.md` §3.12). */
export function decide(ref: RequestRef, proposal: Controlled, state: GroupState): Decision {
  const proposer = proposerOf(ref, proposal, state);
  if (proposer === undefined || proposer.daemon !== ref.origin) {
    return { kind: 'proposer-removed' };
  }
  if (proposer.no === OPERATOR_NO && state.providers.length === 0) return { kind: 'unprovided' };
  const { trace } = proposal;
  const base: Base = { kind: 'start', proposer: proposer.id, requests: [ref], trace };
  switch (proposal.kind) {
    case 'leave': {
      const { id: provider, no } = proposer;
      const departure: ListedDeparture = { no, provider, reason: 'leave', detail: proposal.reason };
      return { ...base, protocol: 'leave', change: { kind: 'remove', departures: [departure] } };
    }
    case 'expel':
      return expelDecision(base, proposal, state);
    case 'state':
      if (!holds(proposal.ifState, state.stateValue)) {
        return { kind: 'state-changed', stateValue: state.stateValue };
      }
      return { ...base, protocol: 'state', change: { kind: 'state', value: proposal.value } };
    case 'attributes': {
      // What a group depends on it does for a whole life.
      const given = { ...proposal.attributes, source: undefined };
      const changed = attributeDifferences(given, state.attributes).map((it) => it.attribute);
      const attributes = withAttributes(state.attributes, given);
      return {
        ...base,
        protocol: 'attributes',
        change: { kind: 'attributes', attributes, changed },
      };
    }
    case 'voted-message': {
      const { payload, safe } = proposal;
      return { ...base, protocol: 'message', change: { kind: 'message', payload, safe } };
    }
    case 'barrier':
      return { ...base, protocol: 'barrier', change: { kind: 'none' } };
  }
}

/** For an operator a daemon speaks itself, which has to be a member; it may not leave for one. */
function proposerOf(
  { origin: daemon }: RequestRef,
  { kind, proposer: no }: Controlled,
  state: GroupState,
): ListedProvider | undefined {
  if (no !== OPERATOR_NO) return state.byNo.get(no);
  if (kind === 'leave' || kind === 'attributes') return undefined;
  return { no, id: operatorId(nodeOf(daemonOf(daemon))), daemon };
}

/** Targets that are gone by now are ignored; one at least must be left. */
function expelDecision(
  base: Base,
  proposal: Extract<Controlled, { readonly kind: 'expel' }>,
  state: GroupState,
): Decision {
  const departures: ListedDeparture[] = [];
  for (const target of new Set(proposal.targets)) {
    const listed = state.byId.get(target);
    if (listed === undefined || listed.no === proposal.proposer) continue;
    const { no, id: provider } = listed;
    departures.push({ no, provider, reason: 'expel', detail: proposal.reason });
  }
  if (departures.length === 0) return { kind: 'unknown-provider', providers: proposal.targets };
  return { ...base, protocol: 'expel', change: { kind: 'remove', departures } };
}
