import type { HandleEvent, HandleRecord } from '../handles.js';
import { type DeliveryRules, isConfirming, isPlaced } from './content.js';

/**
 * What handles saw that may be of an agreed tail which is lost with their daemon: it counts once something
 * safe stands at or after it at the same handle, or the handle lives at the end.
 */
export class Unconfirmed<T> {
  readonly #rules: DeliveryRules;
  readonly #seen = new Map<string, T[]>();

  constructor(rules: DeliveryRules) {
    this.#rules = rules;
  }

  add({ key }: HandleRecord, seen: T): void {
    const before = this.#seen.get(key);
    if (before === undefined) this.#seen.set(key, [seen]);
    else before.push(seen);
  }

  /** What this event makes certain; what it brings itself is to be added before. */
  confirmedBy(event: HandleEvent): readonly T[] {
    const { key } = event.record;
    // The protocol that removes somebody changes the list, and so it is safe.
    const isSafeEnd = event.kind === 'removed' && event.message.protocol !== undefined;
    const isSafe = isSafeEnd || (isPlaced(event) && isConfirming(event, this.#rules));
    const isOver = ['removed', 'closed', 'snapshot'].includes(event.kind);
    if (!isSafe && !isOver) return [];
    const seen = this.#seen.get(key) ?? [];
    this.#seen.delete(key);
    return isSafe ? seen : [];
  }

  /** What the handles that live at the end saw is so. */
  confirmedAtEnd(open: readonly HandleRecord[]): readonly T[] {
    return open.flatMap(({ key }) => this.#seen.get(key) ?? []);
  }
}
