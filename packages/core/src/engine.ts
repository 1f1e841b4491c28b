import type { DaemonId } from './ids.js';
import type { Instant } from './instant.js';

/**
 * A pure state machine: everything it decides follows from its inputs and the times it was given.
 *
 * There is no clock, socket, timer, randomness or promise inside, so a seed replays everything.
 */
export interface Engine<Input, Output> {
  /**
   * The only way in. Never throws for anything that a peer or client can send.
   * The outputs are to be performed in order; a durable one is complete before the next.
   */
  step(input: Input, now: Instant): readonly Output[];

  /**
   * When `{ kind: 'deadlineReached' }` is due; {@link NEVER} when nothing is awaited.
   * A deadline that is already due asks for a call at the end of the same turn. Calling early or
   * late is harmless.
   */
  deadline(): Instant;
}

/** The input that every engine knows. */
export interface DeadlineReached {
  readonly kind: 'deadlineReached';
  /**
   * Everything that had arrived before this instant has been handed over as an input; absent: there is
   * nothing unread. Who judges others by their silence judges it up to here, and not up to `now`.
   */
  readonly readUpTo?: Instant | undefined;
  /**
   * Of these daemons something may lie unread where it cannot be counted, such as in the operating system:
   * of them it is not even up to `readUpTo`, but up to here.
   */
  readonly readOf?: ReadonlyMap<DaemonId, Instant> | undefined;
}

/** Up to when it is known what a daemon has said: nothing may be concluded from its silence after that. */
export function heardUpTo(
  { readUpTo, readOf }: Pick<DeadlineReached, 'readUpTo' | 'readOf'>,
  daemon: DaemonId,
  now: Instant,
): Instant {
  return Math.min(now, readUpTo ?? now, readOf?.get(daemon) ?? now);
}

/** Everything the outside world must supply to a {@link Driver}. */
export interface Host {
  /** Monotonic, never going back. */
  now(): Instant;
  /** Calls `fire` at that instant or later; replaces any timer set before; NEVER clears it. */
  setTimer(at: Instant, fire: () => void): void;
  /** Runs `task` after the current call stack, never synchronously. */
  defer(task: () => void): void;
}
