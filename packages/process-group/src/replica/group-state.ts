import {
  type Attributes,
  type Change,
  type ClientView,
  DEFAULT_ATTRIBUTES,
  type Labels,
  type LabelsOfProviders,
  type ListedDeparture,
  type ListedProvider,
  type ResultBody,
  type RiderBody,
  type StartBody,
} from '@group-services/wire';
import { fence } from './fence.js';
import {
  begun,
  continued,
  effectOf,
  isOfPhase,
  type Running,
  type ShownRider,
  votingOf,
  withRider,
} from './running.js';

/**
 * What is replicated at every daemon of the processor group (`external-layer.md` §3.2), as an
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
  /** The protocol that is being voted on. */
  readonly running: Running | null;
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
  running: null,
};

/**
 * The state after START: of a one-phase protocol it is the result; otherwise voting begins. Total, like
 * all of these, whatever the body says.
 */
export function applyStart(state: GroupState, start: StartBody, position: number): GroupState {
  const { change } = start;
  const voting = votingOf(start);
  if (voting === undefined) return applyChange(state, change, position);
  // Numbers are used up even if the joiners are voted down.
  const nextNo = change.kind === 'join' ? numberAfter(state, change.joiners) : state.nextNo;
  return { ...state, nextNo, running: begun(start, voting, position) };
}

export function applyRider(state: GroupState, rider: RiderBody): GroupState {
  return state.running === null ? state : { ...state, running: withRider(state.running, rider) };
}

/** The next phase or the end of the running protocol; a RESULT of anything else changes nothing. */
export function applyResult(state: GroupState, result: ResultBody, position: number): GroupState {
  const { running } = state;
  if (running === null || !isOfPhase(running, result)) return state;
  if (result.outcome === 'continue') {
    return { ...state, running: continued(running, result, shownRiders(state, result)) };
  }
  const { change, stateValue } = effectOf(running, result);
  const next = applyChange({ ...state, running: null }, change, position);
  return stateValue === null || next.providers.length === 0 ? next : { ...next, stateValue };
}

/** The message riders of the phase that this RESULT ends, in its order. */
export function shownRiders(state: GroupState, { riders }: ResultBody): readonly ShownRider[] {
  const placed = state.running?.placed ?? [];
  return riders.flatMap((no) => {
    const from = voterOf(state, no)?.id;
    const payload = placed.find((rider) => rider.no === no)?.payload;
    return from === undefined || payload === undefined ? [] : [{ from, payload }];
  });
}

/** A listed provider or a joiner of the running protocol. */
export function voterOf(state: GroupState, no: number): ListedProvider | undefined {
  return state.byNo.get(no) ?? joinersOf(state.running).find((joiner) => joiner.no === no);
}

export function joinersOf(running: Running | null): readonly ListedProvider[] {
  const change = running?.start.change;
  return change?.kind === 'join' ? change.joiners : [];
}

function applyChange(state: GroupState, change: Change, position: number): GroupState {
  switch (change.kind) {
    case 'join':
      return joined(beginLife(state, change.attributes), change.joiners, position);
    case 'remove':
      return removed(state, change.departures, position);
    case 'state':
      return { ...state, stateValue: change.value };
    case 'attributes':
      return { ...state, attributes: change.attributes };
    case 'message':
    case 'none':
      return state;
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
  const nextNo = numberAfter(state, joiners);
  return withList({ ...state, nextNo }, [...state.providers, ...added], position);
}

function numberAfter({ nextNo }: GroupState, joiners: readonly ListedProvider[]): number {
  return joiners.reduce((next, { no }) => Math.max(next, no + 1), nextNo);
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
    fence: fenceOf(state, generation),
    providers: state.providers.map(({ id }) => id),
    numbers: state.providers.map(({ no }) => no),
    labels: labelsOf(state.providers),
  };
}

/** Of those who have any, by id; undefined where nobody has. */
export function labelsOf(providers: readonly ListedProvider[]): LabelsOfProviders | undefined {
  const labelled = providers.flatMap(({ id, labels }): [string, Labels][] =>
    labels === undefined ? [] : [[id, labels]],
  );
  return labelled.length === 0 ? undefined : Object.fromEntries(labelled);
}

export function fenceOf({ viewPosition }: GroupState, generation: number): string {
  return fence(generation, viewPosition);
}

/** What a subscription that does not watch the membership sees of it. */
export const NO_VIEW: ClientView = { version: 0, fence: '', providers: [], numbers: [] };
