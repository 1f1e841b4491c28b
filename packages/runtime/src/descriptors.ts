/**
 * Room for connections.
 *
 * A process may have only so many file descriptors. When none is left nobody is told: the operating
 * system accepts and closes, links to other daemons cannot be dialled, a store cannot write. So a
 * share of the descriptors is kept for what a program cannot do without, and whoever asks for one of
 * the rest is either taken in or turned away with an answer.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** How many descriptors there may be, and are; undefined where the system does not say. */
export interface DescriptorPort {
  limit(): number | undefined;
  used(): number | undefined;
}

/** A share of the limit is kept, and this many at least. */
const KEPT_SHARE = 1 / 4;
const KEPT_LEAST = 8;
/** Counted anew at most so often, and never for more than a twentieth of the time. */
const COUNT_EVERY_MS = 250;
const COUNT_SHARE = 20;

/** What is in use of what there is. */
export interface DescriptorUse {
  readonly used: number;
  readonly limit: number;
  readonly kept: number;
}

export class Descriptors {
  readonly #port: DescriptorPort;
  readonly #now: () => number;
  #counted: DescriptorUse | undefined;
  #countAgainAt = Number.NEGATIVE_INFINITY;
  #takenSince = 0;

  constructor(port: DescriptorPort = linuxDescriptors, now = () => performance.now()) {
    this.#port = port;
    this.#now = now;
  }

  /** Undefined when there is room for one more, which then counts as taken; or what is in use. */
  take(): DescriptorUse | undefined {
    const use = this.use();
    if (use !== undefined && use.used + use.kept >= use.limit) return use;
    this.#takenSince += 1;
    return undefined;
  }

  /**
   * How many of those that are kept one sort of connection may have: so that whoever connects and says nothing
   * does not use up what is kept for others. Without end where nothing is known.
   */
  partOfKept(parts: number): number {
    const use = this.use();
    return use === undefined ? Number.POSITIVE_INFINITY : Math.max(2, Math.floor(use.kept / parts));
  }

  /** What is in use, as far as the system says it. */
  use(): DescriptorUse | undefined {
    const began = this.#now();
    if (began >= this.#countAgainAt) {
      this.#counted = this.#count();
      this.#takenSince = 0;
      const cost = this.#now() - began;
      this.#countAgainAt = began + Math.max(COUNT_EVERY_MS, cost * COUNT_SHARE);
    }
    const counted = this.#counted;
    return counted === undefined
      ? undefined
      : { ...counted, used: counted.used + this.#takenSince };
  }

  #count(): DescriptorUse | undefined {
    const limit = this.#port.limit();
    const used = this.#port.used();
    // Counting takes a descriptor, too.
    if (used === undefined && this.#counted !== undefined) {
      return { ...this.#counted, used: this.#counted.limit };
    }
    if (limit === undefined || used === undefined) return undefined;
    return { used, limit, kept: Math.max(KEPT_LEAST, Math.floor(limit * KEPT_SHARE)) };
  }
}

/** Elsewhere nothing is known, and nobody is turned away. */
const linuxDescriptors: DescriptorPort = {
  limit: () => {
    const line = readOrNothing(() => readFileSync('/proc/self/limits', 'utf8'));
    const soft = /^Max open files\s+(\d+)/mu.exec(line ?? '')?.[1];
    return soft === undefined ? undefined : Number(soft);
  },
  // The one that reads the directory is gone again.
  used: () => readOrNothing(() => readdirSync('/proc/self/fd').length - 1),
};

function readOrNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
