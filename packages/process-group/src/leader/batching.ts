import {
  type Attributes,
  LIMITS,
  type ListedDeparture,
  type ListedProvider,
  labelBytes,
  type Phases,
  type ReplyBody,
  type RequestRef,
  type SourceMark,
  type StartBody,
} from '@group-services/wire';
import type { GroupState } from '../replica/group-state.js';
import { type Decision, decide, joinDecision } from './decisions.js';
import type { FailureItem, JoinItem, LeaveItem } from './selection.js';
import { type PhaseChoice, strictest } from './voter-set.js';

/**
 * Joins, and removals, that the leader selects together become one protocol: it is voted on once, and all
 * providers see it as one change. What cannot be part of it gets an answer of its own instead. A group that
 * does not batch has batches of one.
 */
export interface Batch {
  readonly start: StartBody | undefined;
  readonly choice: PhaseChoice;
  readonly replies: readonly { readonly ref: RequestRef; readonly reply: ReplyBody }[];
}

interface Departures {
  readonly failures: readonly FailureItem[];
  readonly leaves: readonly LeaveItem[];
}

/** Failures and leaves as one removal; with anything that failed in it, it is a failure leave. */
export function departureBatch({ failures, leaves }: Departures, state: GroupState): Batch {
  const { timeLimit } = state.attributes;
  const failed = failures.flatMap(({ departures }) =>
    departures.filter(({ no }) => state.byNo.has(no)),
  );
  const decisions = leaves.map((item) => ({ item, decision: leaveDecision(item, state, failed) }));
  const left = decisions.flatMap(({ item, decision }) =>
    decision.kind === 'start' ? [{ item, start: decision }] : [],
  );
  const refusals = decisions.flatMap(({ item: { ref }, decision }) =>
    decision.kind === 'start' ? [] : [{ ref, reply: decision }],
  );
  const down = failures.flatMap(({ requests }) => requests);
  const own = left.map(({ item: { proposal } }) => choiceOf(proposal, state.attributes));
  const isFailure = failed.length > 0;
  const removals = failed.map(({ reason }) => phasesOfRemoval(reason, state.attributes));
  const choice = strictest(
    [...new Set(removals)].map((phases) => ({ phases, timeLimit })).concat(own),
  );
  if (!isFailure && left.length === 0) {
    // Removed by another protocol meanwhile.
    const done = down.map((ref) => ({ ref, reply: { kind: 'done' } as const }));
    return { start: undefined, choice, replies: [...refusals, ...done] };
  }
  const leaving = left.flatMap(({ start: { change } }) =>
    change.kind === 'remove' ? change.departures : [],
  );
  const start: StartBody = {
    kind: 'start',
    protocol: isFailure ? 'failure' : 'leave',
    proposer: isFailure || left.length > 1 ? undefined : left[0]?.start.proposer,
    requests: [...down, ...left.map(({ item }) => item.ref)],
    change: { kind: 'remove', departures: [...failed, ...leaving] },
    source: lastOf(failures.flatMap(({ source = [] }) => source)),
    // One of them, where several are traced: a protocol is part of one trace.
    trace: left.find(({ start: { trace } }) => trace !== undefined)?.start.trace,
  };
  return { start, choice, replies: refusals };
}

function phasesOfRemoval(
  reason: ListedDeparture['reason'],
  { failurePhases, castOutPhases = 1 }: Attributes,
): Phases {
  return reason === 'cast-out' ? castOutPhases : failurePhases;
}

/** Of what several removals follow in the source, all of it. */
function lastOf(marks: readonly SourceMark[]): SourceMark | undefined {
  if (marks.length === 0) return undefined;
  const generation = Math.max(...marks.map((mark) => mark.generation));
  const newest = marks.filter((mark) => mark.generation === generation);
  const position = Math.max(...newest.map((mark) => mark.position));
  const providers = newest.flatMap((mark) => mark.providers ?? []);
  return { generation, position, ...(providers.length > 0 && { providers }) };
}

/** A leaver that has failed by now is removed as failed, and its leave is not run. */
function leaveDecision(
  { ref, proposal }: LeaveItem,
  state: GroupState,
  failed: readonly { readonly no: number }[],
): Decision {
  if (failed.some(({ no }) => no === proposal.proposer)) return { kind: 'proposer-removed' };
  return decide(ref, proposal, state);
}

/** All joins as one, each prescreened by itself; an id counts once. */
export function joinBatch(items: readonly JoinItem[], state: GroupState): Batch {
  const replies: Batch['replies'][number][] = [];
  const joiners: ListedProvider[] = [];
  const requests: RequestRef[] = [];
  const room = new LabelRoom(state.providers);
  let first: StartBody | undefined;
  for (const item of items) {
    const before = { ...state, nextNo: state.nextNo + joiners.length };
    let decision: Decision;
    if (joiners.some(({ id }) => id === item.provider)) decision = { kind: 'duplicate-instance' };
    else if (!room.takes(item)) decision = { kind: 'labels-full' };
    else decision = joinDecision(item, before);
    if (decision.kind !== 'start') {
      replies.push({ ref: item.ref, reply: decision });
    } else if (decision.change.kind === 'join') {
      first ??= decision;
      joiners.push(...decision.change.joiners);
      requests.push(item.ref);
    }
  }
  const { joinPhases: phases, timeLimit } = state.attributes;
  const choice = { phases, timeLimit };
  if (first?.change.kind !== 'join') return { start: undefined, choice, replies };
  const proposer = joiners.length > 1 ? undefined : first.proposer;
  const start = { ...first, proposer, requests, change: { ...first.change, joiners } };
  return { start, choice, replies };
}

/** What labels may still be in a list: it is told as a whole, in one frame. */
class LabelRoom {
  readonly #listed: readonly ListedProvider[];
  /** Counted when the first joiner with labels comes. */
  #bytes: number | undefined;

  constructor(listed: readonly ListedProvider[]) {
    this.#listed = listed;
  }

  /** Whether there is room for these, which then is taken. */
  takes({ provider, labels }: Pick<JoinItem, 'provider' | 'labels'>): boolean {
    if (labels === undefined) return true;
    const after = (this.#bytes ?? bytesOfLabels(this.#listed)) + labelBytes(provider, labels);
    if (after > LIMITS.groupLabels) return false;
    this.#bytes = after;
    return true;
  }
}

function bytesOfLabels(listed: readonly ListedProvider[]): number {
  return listed.reduce((sum, { id, labels }) => sum + labelBytes(id, labels), 0);
}

/** What a proposal asks for; a limit left out is the group's. */
export function choiceOf(
  {
    phases = 1,
    timeLimit,
  }: { readonly phases?: Phases | undefined; readonly timeLimit?: number | undefined },
  attributes: Pick<Attributes, 'timeLimit'>,
): PhaseChoice {
  return { phases, timeLimit: timeLimit ?? attributes.timeLimit };
}
