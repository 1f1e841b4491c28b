import { type DaemonId, incarnationOf, type NodeName, nodeOf } from '@group-services/core';
import { STARTS_MAX } from '@group-services/wire';

/**
 * Which starts of other nodes this daemon knows of, and where it meets an earlier one than it knows.
 *
 * Everywhere a higher incarnation is the later start of its node: who was replaced is neither heard nor let
 * in again. The name server sees to it, by refusing a daemon whose clock is behind an earlier start. One that
 * has lost its table cannot, and the daemon would stand before closed doors for as long as somebody remembers
 * its forerunner. So those that do tell the name server, with their renewals, until the daemon has begun again
 * (`docs/adr/0042-starts-that-a-name-server-has-forgotten.md`).
 */
export class LaterStarts {
  /** Those that were met last come last. */
  readonly #latest = new Map<NodeName, number>();
  readonly #told = new Map<NodeName, number>();

  /** Somebody lists it, alive or not. */
  listed(daemon: DaemonId): void {
    this.met(daemon);
    this.#note(nodeOf(daemon), incarnationOf(daemon));
  }

  /** Another one answered in its place: whoever it was, this one and all before it are over. */
  replaced(daemon: DaemonId): void {
    this.#note(nodeOf(daemon), incarnationOf(daemon) + 1);
  }

  /** It speaks to us, or somebody speaks of it. */
  met(daemon: DaemonId): void {
    const node = nodeOf(daemon);
    const latest = this.#latest.get(node);
    if (latest === undefined) return;
    if (incarnationOf(daemon) >= latest) this.#told.delete(node);
    else if (this.#told.size < STARTS_MAX || this.#told.has(node)) this.#told.set(node, latest);
  }

  /** What the name server does not seem to know. */
  toTell(): readonly LaterStart[] {
    return [...this.#told].map(([node, incarnation]) => ({ node, incarnation }));
  }

  #note(node: NodeName, incarnation: number): void {
    const latest = Math.max(this.#latest.get(node) ?? 0, incarnation);
    this.#latest.delete(node);
    this.#latest.set(node, latest);
    if (this.#told.has(node)) this.#told.set(node, latest);
    if (this.#latest.size <= REMEMBERED_MAX) return;
    for (const oldest of this.#latest.keys()) {
      this.#latest.delete(oldest);
      this.#told.delete(oldest);
      return;
    }
  }
}

/** A start of a node. */
export interface LaterStart {
  readonly node: NodeName;
  readonly incarnation: number;
}

/** Nodes of which the latest start is remembered. */
const REMEMBERED_MAX = 1_024;
