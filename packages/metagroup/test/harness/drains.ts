import { daemonOf, nodeOf, type Rng } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { Domain } from './domain.js';

const SHARE = 0.3;
/** Until a daemon knows of a change at another one, which it may also never hear. */
const HEARD_MAX_MS = 60;
const HEARD_CHANCE = 0.8;

/**
 * In a share of the runs operators drain nodes, and put them into service again, one or two at a time.
 * When the faults end one of them may stay drained, and all know it: then it must not lead.
 */
export class Drains {
  readonly #rng: Rng;
  readonly #domain: Domain;
  #drained: readonly string[] = [];

  constructor(rng: Rng, domain: Domain) {
    this.#rng = rng;
    this.#domain = domain;
  }

  schedule(end: number): void {
    if (!this.#rng.chance(SHARE)) return;
    const { time } = this.#domain;
    for (let at = this.#rng.between(100, 400); at < end; at += this.#rng.between(50, 400)) {
      time.at(at, () => this.#change());
    }
    const names = [...this.#domain.nodes.keys()];
    const last = this.#rng.chance(0.5) ? [this.#rng.pick(names)] : [];
    // In more than one message's time, so that nothing that was said before comes later.
    time.at(end + HEARD_MAX_MS, () => {
      this.#drained = last;
      this.#tellAll();
    });
    // Whoever has begun anew meanwhile has not heard it.
    for (let at = end + 2 * HEARD_MAX_MS; at < end + 2_000; at += 100) {
      time.at(at, () => this.#tellAll());
    }
  }

  /** With everybody else in the list and full, somebody else can lead. */
  whoStillLeads(entry: Entry | undefined): string | undefined {
    if (entry === undefined) return undefined;
    const leader = nodeOf(daemonOf(entry.leader));
    return this.#drained.includes(leader) ? `liveness: ${leader} leads, and is drained` : undefined;
  }

  #change(): void {
    const names = [...this.#domain.nodes.keys()];
    const count = this.#rng.pick([0, 1, 1, 2]);
    this.#drained = Array.from({ length: count }, () => this.#rng.pick(names));
    const drained = this.#daemons();
    for (const name of names) {
      const delay = this.#rng.between(0, HEARD_MAX_MS);
      const isSelf = this.#drained.includes(name);
      if (!isSelf && !this.#rng.chance(HEARD_CHANCE)) continue;
      this.#domain.time.after(isSelf ? 0 : delay, () => this.#domain.node(name).drain(drained));
    }
  }

  #tellAll(): void {
    for (const node of this.#domain.nodes.values()) node.drain(this.#daemons());
  }

  #daemons() {
    return this.#drained.map((name) => this.#domain.node(name).daemon);
  }
}
