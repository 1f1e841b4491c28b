import type { Instant, MembershipId } from '@group-services/core';
import { decodeView, type Entry, type LogEntry } from '@group-services/wire';
import type { Membership } from '../membership.js';

/**
 * Hands the contiguous prefix of the log to the upper layer, in order (`internal-layer.md` §3).
 *
 * An agreed message is delivered when it is contiguous. A safe one, and every VIEW, waits until it is
 * stable, so that nobody — not even one about to fail — saw what the survivors may never see. Nothing
 * is delivered while frozen by a takeover. What is stable and delivered is discarded.
 */
export class Delivery {
  readonly #m: Membership;
  /** Called for each view that takes effect here, in stream order. */
  readonly #viewInstalled: (entry: Entry, position: number) => void;
  #lastObservedDiscard: number | Instant = 0;

  constructor(membership: Membership, viewInstalled: (entry: Entry, position: number) => void) {
    this.#m = membership;
    this.#viewInstalled = viewInstalled;
  }

  run(): void {
    const m = this.#m;
    while (m.status === 'member' && m.footing.frozen === 0 && m.delivered < m.log.contiguous) {
      const entry = m.log.get(m.delivered + 1);
      if (entry === undefined) break;
      if (m.stable < entry.seq && (entry.safe || entry.view)) break;
      this.#deliver(entry);
    }
    if (m.status === 'member') this.#discard();
  }

  #deliver(entry: LogEntry): void {
    const m = this.#m;
    m.delivered = entry.seq;
    if (entry.view) {
      this.#deliverView(entry);
      return;
    }
    if (entry.counter > 0) this.#count(entry.origin, entry.originJoinVersion, entry.counter);
    if (m.options.observe) this.#observe(entry);
    m.emit({ kind: 'ordered', position: entry.seq, origin: entry.origin, body: entry.body });
  }

  #deliverView(logEntry: LogEntry): void {
    const m = this.#m;
    const view = decodeView(logEntry.body);
    if (!view.ok) {
      m.end('removed', `the leader sent a view that cannot be read: ${view.error}`);
      return;
    }
    const entry = view.value;
    if (!m.isIn(entry)) {
      m.end(m.leaving ? 'left' : 'removed', `view ${entry.version} does not list us`);
      return;
    }
    if (m.options.observe) this.#observe(logEntry);
    m.installed = entry;
    const listed = new Set(entry.members.map((member) => member.id));
    for (const origin of m.counters.keys()) if (!listed.has(origin)) m.counters.delete(origin);
    m.observe({ kind: 'installed', entry, position: logEntry.seq });
    m.emit({ kind: 'view', entry, position: logEntry.seq });
    this.#viewInstalled(entry, logEntry.seq);
  }

  #count(origin: MembershipId, joinVersion: number, counter: number): void {
    const known = this.#m.counters.get(origin);
    if (known === undefined) this.#m.counters.set(origin, { joinVersion, counter });
    else known.counter = counter;
  }

  #discard(): void {
    const m = this.#m;
    const upTo = Math.min(m.stable, m.delivered);
    if (upTo <= m.log.discarded) return;
    m.log.discardTo(upTo);
    if (m.options.observe && upTo !== this.#lastObservedDiscard) {
      this.#lastObservedDiscard = upTo;
      m.observe({ kind: 'discarded', upTo });
    }
  }

  #observe(entry: LogEntry): void {
    const { seq, origin, counter, safe, view, body } = entry;
    this.#m.observe({ kind: 'delivered', seq, origin, counter, safe, view, body });
  }
}
