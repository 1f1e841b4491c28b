import type { DeadlineReached, Engine, Host } from './engine.js';
import { type Instant, NEVER } from './instant.js';

/** What a {@link Driver} needs. */
export interface DriverOptions<Input, Output> {
  readonly engine: Engine<Input | DeadlineReached, Output>;
  readonly host: Host;
  /** Carries out one output; called in the engine's order, never while the engine runs. */
  readonly perform: (output: Output) => void;
  /** Called once after the outputs of a turn: the place to flush what was written in pieces. */
  readonly turnEnded?: (() => void) | undefined;
  /** Inputs taken in one turn at most; the rest waits for the next, so that IO is not starved. */
  readonly inputsPerTurnMax?: number | undefined;
}

// A turn stays within a few milliseconds, so that heartbeats neither leave nor are read late under load.
const INPUTS_PER_TURN_MAX = 256;
/** How often a deadline that is due at once is served within one turn. */
const DEADLINES_PER_TURN_MAX = 4;

/**
 * Joins an engine to a host: queues inputs, runs them in turns with one clock reading each, performs
 * the outputs in order and keeps the engine's one timer.
 *
 * Callers never run engine code in their own stack frame. The queue itself is bounded by whoever
 * enqueues: sockets stop being read while {@link Driver.backlog} is above their limit.
 */
export class Driver<Input, Output> {
  readonly #options: DriverOptions<Input, Output>;
  readonly #inputsPerTurnMax: number;
  #inbox: (Input | DeadlineReached)[] = [];
  #scheduled = false;
  #stopped = false;
  #timerAt: Instant = NEVER;

  constructor(options: DriverOptions<Input, Output>) {
    this.#options = options;
    this.#inputsPerTurnMax = options.inputsPerTurnMax ?? INPUTS_PER_TURN_MAX;
  }

  /** Inputs that wait for their turn. */
  get backlog(): number {
    return this.#inbox.length;
  }

  enqueue(input: Input): void {
    this.#accept(input);
  }

  /**
   * Nothing is performed any more, and the timer is cleared. Called by `perform` itself, it still lets
   * `turnEnded` flush what was performed before.
   */
  stop(): void {
    this.#stopped = true;
    this.#inbox = [];
    this.#options.host.setTimer(NEVER, () => {});
  }

  #accept(input: Input | DeadlineReached): void {
    if (this.#stopped) return;
    this.#inbox.push(input);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#options.host.defer(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    if (this.#stopped) return;
    const now = this.#options.host.now();
    for (const input of this.#take()) this.#step(input, now);
    // Only steps move it, and asking goes through every engine inside.
    let deadline = this.#options.engine.deadline();
    for (let round = 0; round < DEADLINES_PER_TURN_MAX && deadline <= now; round += 1) {
      this.#step({ kind: 'deadlineReached' }, now);
      deadline = this.#options.engine.deadline();
    }
    this.#options.turnEnded?.();
    if (this.#stopped) return;
    if (this.#inbox.length > 0) this.#schedule();
    this.#setTimer(deadline);
  }

  #take(): (Input | DeadlineReached)[] {
    if (this.#inbox.length <= this.#inputsPerTurnMax) {
      const all = this.#inbox;
      this.#inbox = [];
      return all;
    }
    return this.#inbox.splice(0, this.#inputsPerTurnMax);
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
      this.#accept({ kind: 'deadlineReached' });
    });
  }
}
