import { type Instant, NEVER } from '@group-services/core';
import type { Behind, ProcessGroupEngine, SourceAwaited } from '@group-services/process-group';
import type { Shared } from './shared.js';

/**
 * Keeps a target group from showing a removal here before its source has shown what it follows
 * (`external-layer.md` §3.12). All that comes behind it in the target's stream waits with it, and its leader
 * is told to place little meanwhile.
 *
 * It ends when the source is shown, when this daemon is out of either group, and, where it is not certain
 * that the source finds what the target has found, after four times the time of suspicion.
 */
export class SourceHold {
  readonly #shared: Shared;
  readonly #session: HeldSession;
  readonly #behind: (awaited: SourceAwaited) => Behind;
  #awaited: SourceAwaited | undefined;
  #until: Instant = NEVER;

  constructor(shared: Shared, session: HeldSession, behindOf: (awaited: SourceAwaited) => Behind) {
    this.#shared = shared;
    this.#session = session;
    this.#behind = behindOf;
  }

  /** When it ends for want of time; never while nothing is held. */
  get until(): Instant {
    return this.#until;
  }

  /** Something is held, and need not be any more. */
  get mayGoOn(): boolean {
    return this.#awaited !== undefined && !this.#isBehind(this.#awaited);
  }

  /** Whether this body, the next one to be shown, has to wait. */
  holds(body: Uint8Array): boolean {
    const before = this.#awaited;
    const awaited = before ?? this.#session.processGroup.awaits(body);
    if (awaited === undefined) return false;
    if (before === undefined) this.#until = this.#limit;
    if (!this.#isBehind(awaited)) {
      this.end();
      return false;
    }
    this.#awaited = awaited;
    if (before === undefined) this.#session.press(SOURCE, true);
    return true;
  }

  end(): void {
    const wasHeld = this.#awaited !== undefined;
    this.#awaited = undefined;
    this.#until = NEVER;
    if (wasHeld) this.#session.press(SOURCE, false);
  }

  #isBehind(awaited: SourceAwaited): boolean {
    const answer = this.#behind(awaited);
    if (answer === 'surely') this.#until = this.#limit;
    return answer !== 'no' && this.#shared.now < this.#until;
  }

  get #limit(): Instant {
    return this.#shared.now + SUSPICIONS * this.#shared.options.suspectAfterMs;
  }
}

/** What is held. */
interface HeldSession {
  readonly processGroup: ProcessGroupEngine;
  press(what: string, pressed: boolean): void;
}

const SUSPICIONS = 4;
/** Beside the handles of processes, in whose names there is a number. */
const SOURCE = 'source';
