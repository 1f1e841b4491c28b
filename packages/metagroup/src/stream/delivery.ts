import type { Instant, MembershipId } from '@group-services/core';
import { decodeView, type Entry, type LogEntry } from '@group-services/wire';
import type { Shared } from '../shared.js';

/**
 * Hands the contiguous prefix of the log to the upper layer, in order (`internal-layer.md` §3).
 *
 * An agreed message is delivered when it is contiguous. A safe one, and every VIEW, waits until it is
 * stable, so that nobody — not even one about to fail — saw what the survivors may never see. Nothing
 * is delivered while frozen by a takeover. What is stable and delivered is discarded.
 */
export class Delivery {
  readonly #shared: Shared;
  /** Called for each view that takes effect here, in stream order. */
  readonly #viewInstalled: (entry: Entry, position: number) => void;
  #lastObservedDiscard: number | Instant = 0;

  constructor(shared: Shared, viewInstalled: (entry: Entry, position: number) => void) {
    this.#shared = shared;
    this.#viewInstalled = viewInstalled;
  }

  run(): void {
    const shared = this.#shared;
    while (
      shared.status === 'member' &&
      shared.footing.frozen === 0 &&
      shared.delivered < shared.log.contiguous
    ) {
      const entry = shared.log.get(shared.delivered + 1);
      if (entry === undefined) break;
      if (shared.stable < entry.seq && (entry.safe || entry.view)) break;
      this.#deliver(entry);
    }
    if (shared.status === 'member') this.#discard();
  }

  #deliver(entry: LogEntry): void {
    const shared = this.#shared;
    shared.delivered = entry.seq;
    if (entry.view) {
      this.#deliverView(entry);
      return;
    }
    if (entry.counter > 0) this.#count(entry.origin, entry.originJoinVersion, entry.counter);
    if (shared.options.observe) this.#observe(entry);
    shared.emit({ kind: 'ordered', position: entry.seq, origin: entry.origin, body: entry.body });
  }

  #deliverView(logEntry: LogEntry): void {
    const shared = this.#shared;
    const view = decodeView(logEntry.body);
    if (!view.ok) {
      shared.end('removed', `the leader sent a view that cannot be read: ${view.error}`);
      return;
    }
    const entry = view.value;
    if (!shared.isIn(entry)) {
      shared.end(shared.leaving ? 'left' : 'removed', `view ${entry.version} does not list us`);
      return;
    }
    if (shared.options.observe) this.#observe(logEntry);
    shared.installed = entry;
    const listed = new Set(entry.members.map((member) => member.id));
    for (const origin of shared.counters.keys())
      if (!listed.has(origin)) shared.counters.delete(origin);
    shared.observe({ kind: 'installed', entry, position: logEntry.seq });
    shared.emit({ kind: 'view', entry, position: logEntry.seq });
    this.#viewInstalled(entry, logEntry.seq);
  }

  #count(origin: MembershipId, joinVersion: number, counter: number): void {
    const known = this.#shared.counters.get(origin);
    if (known === undefined) this.#shared.counters.set(origin, { joinVersion, counter });
    else known.counter = counter;
  }

  #discard(): void {
    const shared = this.#shared;
    const upTo = Math.min(shared.stable, shared.delivered);
    if (upTo <= shared.log.discarded) return;
    shared.log.discardTo(upTo);
    if (shared.options.observe && upTo !== this.#lastObservedDiscard) {
      this.#lastObservedDiscard = upTo;
      shared.observe({ kind: 'discarded', upTo });
    }
  }

  #observe(entry: LogEntry): void {
    const { seq, origin, counter, safe, view, body } = entry;
    this.#shared.observe({ kind: 'delivered', seq, origin, counter, safe, view, body });
  }
}
