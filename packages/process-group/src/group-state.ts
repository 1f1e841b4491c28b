import {
  type Attributes,
  type ClientView,
  DEFAULT_ATTRIBUTES,
  type ListedDeparture,
  type ListedProvider,
  type StartBody,
} from '@group-services/wire';
import { fence } from './fence.js';

/**
 * What is replicated at every daemon of the processor group (`process-group-protocol.md` §3.2), as an
 * immutable value: members see the one after everything delivered, the leader selects against the one
 * after everything placed.
 */
export interface GroupState {
  /** Counts the lives of the group within its generation; 0 before the first join. */
  readonly life: number;
  readonly attributes: Attributes;
  /** Oldest first (M29). */
  readonly providers: readonly ListedProvider[];
  readonly byNo: ReadonlyMap<number, ListedProvider>;
  readonly byId: ReadonlyMap<string, ListedProvider>;
  /** The number of the next provider; numbers are never given twice in a generation. */
  readonly nextNo: number;
  /** Counts changes of the list within this life. */
  readonly viewVersion: number;
  /** Position of the protocol that made the present list. */
  readonly viewPosition: number;
  readonly stateValue: Uint8Array | null;
}

export const EMPTY_STATE: GroupState = {
  life: 0,
  attributes: DEFAULT_ATTRIBUTES,
  providers: [],
  byNo: new Map(),
  byId: new Map(),
  nextNo: 1,
  viewVersion: 0,
  viewPosition: 0,
  stateValue: null,
};

/** The state after a one-phase protocol; total, whatever the body says. */
export function applyStart(state: GroupState, start: StartBody, position: number): GroupState {
  const { change } = start;
  switch (change.kind) {
    case 'join':
      return joined(beginLife(state, change.attributes), change.joiners, position);
    case 'remove':
      return removed(state, change.departures, position);
    case 'state':
      return { ...state, stateValue: change.value };
    case 'attributes':
      return { ...state, attributes: change.attributes };
  }
}

/** A join that carries attributes begins a life with them. */
function beginLife(state: GroupState, attributes: Attributes | null): GroupState {
  if (attributes === null) return state;
  return { ...state, life: state.life + 1, attributes, viewVersion: 0, stateValue: null };
}

function joined(
  state: GroupState,
  joiners: readonly ListedProvider[],
  position: number,
): GroupState {
  const added = joiners.filter(({ no, id }) => !state.byNo.has(no) && !state.byId.has(id));
  const nextNo = Math.max(state.nextNo, ...joiners.map(({ no }) => no + 1));
  return withList({ ...state, nextNo }, [...state.providers, ...added], position);
}

/** Without providers there is no state value: the life is over (M24). */
function removed(
  state: GroupState,
  departures: readonly ListedDeparture[],
  position: number,
): GroupState {
  const gone = new Set(departures.map(({ no }) => no));
  const rest = state.providers.filter(({ no }) => !gone.has(no));
  const next = withList(state, rest, position);
  return rest.length === 0 ? { ...next, stateValue: null } : next;
}

function withList(
  state: GroupState,
  providers: readonly ListedProvider[],
  viewPosition: number,
): GroupState {
  return {
    ...state,
    ...listOf(providers),
    viewVersion: state.viewVersion + 1,
    viewPosition,
  };
}

/** The list with its two look-up tables. */
export function listOf(
  providers: readonly ListedProvider[],
): Pick<GroupState, 'providers' | 'byNo' | 'byId'> {
  return {
    providers,
    byNo: new Map(providers.map((provider) => [provider.no, provider])),
    byId: new Map(providers.map((provider) => [provider.id, provider])),
  };
}

/** The list as clients see it. */
export function viewOf(state: GroupState, generation: number): ClientView {
  return {
    version: state.viewVersion,
    fence: fence(generation, state.viewPosition),
    providers: state.providers.map(({ id }) => id),
    numbers: state.providers.map(({ no }) => no),
  };
}

/** What a subscription that does not watch the membership sees of it. */
export const NO_VIEW: ClientView = { version: 0, fence: '', providers: [], numbers: [] };
