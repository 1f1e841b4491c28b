import type { Rng } from '@group-services/core';
import type { DaemonNode } from '../world/daemon-node.js';
import type { Shared } from '../world/shared.js';

/** So many nodes are drained at once, one more or fewer with each wish. */
const AT_ONCE_MAX = 2;

/**
 * Operators drain nodes and put them into service again, two at a time at most and never all. Its own
 * generator, so that seeds without it are what they were.
 */
export class Drains {
  readonly #shared: Shared;
  readonly #daemons: readonly DaemonNode[];
  readonly #rng: Rng;
  readonly #drained = new Set<DaemonNode>();
  #healed = false;

  constructor(shared: Shared, daemons: readonly DaemonNode[], rng: Rng) {
    this.#shared = shared;
    this.#daemons = daemons;
    this.#rng = rng;
  }

  start(): void {
    const { drains } = this.#shared.profile;
    if (drains !== undefined) this.#wishIn(this.#rng.next() * 2 * drains.everyMs, drains.everyMs);
  }

  /** All are in service again. */
  heal(): void {
    this.#healed = true;
    for (const daemon of this.#drained) this.#say(daemon, 'undrain');
    this.#drained.clear();
  }

  #wishIn(delayMs: number, everyMs: number): void {
    this.#shared.time.after(delayMs, () => {
      if (this.#healed) return;
      this.#wish();
      this.#wishIn(this.#rng.next() * 2 * everyMs, everyMs);
    });
  }

  #wish(): void {
    const daemon = this.#rng.pick(this.#daemons);
    if (this.#drained.delete(daemon)) return this.#say(daemon, 'undrain');
    const most = Math.min(AT_ONCE_MAX, this.#daemons.length - 1);
    if (this.#drained.size >= most) return;
    this.#drained.add(daemon);
    this.#say(daemon, 'drain');
  }

  #say(daemon: DaemonNode, wish: 'drain' | 'undrain'): void {
    const { counters, timeline, time } = this.#shared;
    counters.count(`operator: ${wish}`);
    timeline.add(time.now, daemon.node, `is wished to ${wish}`);
    daemon.drain(wish);
  }
}
