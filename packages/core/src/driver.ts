import type { DeadlineReached, Engine, Host } from './engine.js';
import type { DaemonId } from './ids.js';
import { InputQueue } from './input-queue.js';
import { type Instant, NEVER } from './instant.js';

/** What a {@link Driver} needs. */
export interface DriverOptions<Input, Output> {
  readonly engine: Engine<Input | DeadlineReached, Output>;
  readonly host: Host;
  /** Carries out one output; called in the engine's order, never while the engine runs. */
  readonly perform: (output: Output) => void;
  /** Called once after the outputs of a turn: the place to flush what was written in pieces. */
  readonly turnEnded?: (() => void) | undefined;
  /** Inputs that pass those that wait: signs of life, which must not look late because of load. */
  readonly isUrgent?: ((input: Input) => boolean) | undefined;
  /** Of whom something may wait that was not even enqueued, and for how many milliseconds at most. */
  readonly unread?: (() => ReadonlyMap<DaemonId, number> | undefined) | undefined;
  /** Inputs taken in one turn at most; the rest waits for the next, so that IO is not starved. */
  readonly inputsPerTurnMax?: number | undefined;
  /** After so many milliseconds a turn takes no further input, however few it has had. */
  readonly turnMs?: number | undefined;
}

const INPUTS_PER_TURN_MAX = 256;
/** An input may be a message of 20 microseconds or a join of a millisecond: what counts is the time. */
const TURN_MS = 4;
/** How often a deadline that is due at once is served within one turn. */
const DEADLINES_PER_TURN_MAX = 4;

/**
 * Joins an engine to a host: queues inputs, runs them in turns with one clock reading each, performs
 * the outputs in order and keeps the engine's one timer.
 *
 * A turn is bounded by time: between two of them the host reads its sockets and its timers, so that
 * signs of life leave and arrive in time whatever waits. How far behind the engine is, it is told with
 * each deadline (`readUpTo`): a daemon that has not read yet what others said accuses nobody of silence.
 *
 * Callers never run engine code in their own stack frame. The queue itself is bounded by whoever
 * enqueues: sockets stop being read while {@link Driver.backlog} is above their limit.
 */
export class Driver<Input, Output> {
  readonly #options: DriverOptions<Input, Output>;
  readonly #inputsPerTurnMax: number;
  readonly #turnMs: number;
  readonly #inbox = new InputQueue<Input>();
  readonly #urgent = new InputQueue<Input>();
  #scheduled = false;
  #stopped = false;
  #timerAt: Instant = NEVER;

  constructor(options: DriverOptions<Input, Output>) {
    this.#options = options;
    this.#inputsPerTurnMax = options.inputsPerTurnMax ?? INPUTS_PER_TURN_MAX;
    this.#turnMs = options.turnMs ?? TURN_MS;
  }

  /** Inputs that wait for their turn. */
  get backlog(): number {
    return this.#inbox.length + this.#urgent.length;
  }

  /** For how many milliseconds the oldest input has been waiting. */
  get delayMs(): number {
    const oldest = this.#oldest();
    return oldest === NEVER ? 0 : Math.max(0, this.#options.host.now() - oldest);
  }

  enqueue(input: Input): void {
    if (this.#stopped) return;
    const { host, isUrgent } = this.#options;
    const queue = isUrgent?.(input) === true ? this.#urgent : this.#inbox;
    queue.push(input, host.now());
    this.#schedule();
  }

  /**
   * Nothing is performed any more, and the timer is cleared. Called by `perform` itself, it still lets
   * `turnEnded` flush what was performed before.
   */
  stop(): void {
    this.#stopped = true;
    this.#inbox.clear();
    this.#urgent.clear();
    this.#options.host.setTimer(NEVER, () => {});
  }

  #oldest(): Instant {
    return Math.min(this.#inbox.oldest, this.#urgent.oldest);
  }

  #schedule(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    this.#options.host.defer(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    if (this.#stopped) return;
    const now = this.#options.host.now();
    this.#takeInputs(now);
    // Only steps move it, and asking goes through every engine inside.
    let deadline = this.#options.engine.deadline();
    for (let round = 0; round < DEADLINES_PER_TURN_MAX && deadline <= now; round += 1) {
      this.#step({ kind: 'deadlineReached', ...this.#read(now) }, now);
      deadline = this.#options.engine.deadline();
    }
    this.#options.turnEnded?.();
    if (this.#stopped) return;
    if (this.backlog > 0) this.#schedule();
    this.#setTimer(deadline);
  }

  /** What comes in meanwhile waits for the next turn, so that every turn ends. */
  #takeInputs(now: Instant): void {
    const { host } = this.#options;
    const until = now + this.#turnMs;
    let left = Math.min(this.backlog, this.#inputsPerTurnMax);
    while (left > 0 && this.backlog > 0) {
      const queue = this.#urgent.length > 0 ? this.#urgent : this.#inbox;
      const input = queue.shift();
      if (input !== undefined) this.#step(input, now);
      left -= 1;
      if (host.now() >= until) return;
    }
  }

  /** What came before these instants has been given to the engine. */
  #read(now: Instant): Pick<DeadlineReached, 'readUpTo' | 'readOf'> {
    const readUpTo = Math.min(now, this.#oldest());
    const unread = this.#options.unread?.();
    if (unread === undefined) return { readUpTo };
    return { readUpTo, readOf: new Map([...unread].map(([daemon, ms]) => [daemon, now - ms])) };
  }

  #step(input: Input | DeadlineReached, now: Instant): void {
    if (this.#stopped) return;
    const outputs = this.#options.engine.step(input, now);
    for (const output of outputs) {
      if (this.#stopped) return;
      this.#options.perform(output);
    }
  }

  /** The timer belongs to the engine's deadline alone: set here, replaced here, cleared by stop. */
  #setTimer(at: Instant): void {
    if (at === this.#timerAt) return;
    this.#timerAt = at;
    this.#options.host.setTimer(at, () => {
      this.#timerAt = NEVER;
      this.#schedule();
    });
  }
}
