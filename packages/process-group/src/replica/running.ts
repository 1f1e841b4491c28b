import type {
  Change,
  DefaultVote,
  ResultBody,
  RiderBody,
  StartBody,
  Voting,
  WireCause,
} from '@group-services/wire';

/**
 * A protocol whose voting is not over (`external-layer.md` §§3.4–3.5): replicated state, built
 * from START, RIDER and RESULT alone, so that every daemon, and every new leader, has the same.
 *
 * Message riders are placed when their votes arrive; the RESULT of the phase names whose count.
 */
export interface Running {
  /** Position of the START, which names the protocol; 0 at the leader that has not delivered it. */
  readonly protocol: number;
  readonly start: StartBody;
  readonly voting: Voting;
  /** From 1. */
  readonly phase: number;
  /** The state value proposed so far; null: none. */
  readonly proposedState: Uint8Array | null;
  /** In force in this phase. */
  readonly defaultVote: DefaultVote;
  /** Why the phase before continued. */
  readonly causes: readonly WireCause[];
  /** Message riders of the phase before. */
  readonly shown: readonly ShownRider[];
  /** Message riders placed in this phase, in order. */
  readonly placed: readonly PlacedRider[];
}

export interface ShownRider {
  readonly from: string;
  readonly payload: Uint8Array;
}

export interface PlacedRider {
  readonly no: number;
  readonly payload: Uint8Array;
}

/** What a final RESULT does: the part of the change that takes effect, and the new state value. */
export interface Effect {
  readonly change: Change;
  /** Null: the value stays. */
  readonly stateValue: Uint8Array | null;
}

/** The voting of a START that has to be voted on; without voters it is approved as it is. */
export function votingOf({ voting }: StartBody): Voting | undefined {
  return voting === undefined || voting.voters.length === 0 ? undefined : voting;
}

export function begun(start: StartBody, voting: Voting, protocol: number): Running {
  const { change } = start;
  return {
    protocol,
    start,
    voting,
    phase: 1,
    proposedState: change.kind === 'state' ? change.value : null,
    defaultVote: voting.defaultVote,
    causes: [],
    shown: [],
    placed: [],
  };
}

/** One rider per voter and phase: what a new leader places again changes nothing. */
export function withRider(running: Running, { no, payload, ...rider }: RiderBody): Running {
  if (!isOfPhase(running, rider) || running.placed.some((it) => it.no === no)) return running;
  return { ...running, placed: [...running.placed, { no, payload }] };
}

export function isOfPhase(
  running: Running,
  { protocol, phase }: { readonly protocol: number; readonly phase: number },
): boolean {
  return running.protocol === protocol && running.phase === phase;
}

/** The next phase, after a RESULT to continue. */
export function continued(
  running: Running,
  result: ResultBody,
  shown: readonly ShownRider[],
): Running {
  return {
    ...running,
    phase: running.phase + 1,
    proposedState: result.stateValue ?? running.proposedState,
    defaultVote: result.defaultVote,
    causes: result.causes,
    shown,
    placed: [],
  };
}

const NOTHING: Change = { kind: 'none' };

/**
 * Approved, everything takes effect, with the latest proposed state value; rejected, only what cannot
 * be: the removal of failed providers (§3.3).
 */
export function effectOf(running: Running, result: ResultBody): Effect {
  const { change } = running.start;
  if (result.outcome === 'approved') {
    return {
      change: change.kind === 'state' ? NOTHING : change,
      stateValue: result.stateValue ?? running.proposedState,
    };
  }
  const failed = departuresOf(change).filter(isForced);
  return {
    change: failed.length > 0 ? { kind: 'remove', departures: [...failed] } : NOTHING,
    stateValue: null,
  };
}

type Departures = Extract<Change, { readonly kind: 'remove' }>['departures'];

/** Whether votes cannot keep this one in. */
export function isForced({ reason }: Departures[number]): boolean {
  return reason !== 'leave' && reason !== 'expel';
}

export function departuresOf(change: Change): Readonly<Departures> {
  return change.kind === 'remove' ? change.departures : [];
}
