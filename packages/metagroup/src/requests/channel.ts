import { type Instant, NEVER } from '@group-services/core';
import { Repetition, type Waits } from '../repetition.js';

/** One numbered item of a channel. */
export interface Item {
  readonly index: number;
  readonly n: number;
  readonly body: Uint8Array;
}

/** How many items are sent again at once. */
const RESEND_MAX = 256;

/**
 * The sending half of a reliable FIFO channel that lasts for one term of a leader: items carry an
 * index from 1, are kept until acknowledged, and go again after the retry time.
 */
export class ChannelSender {
  #items: Item[] = [];
  #next = 1;
  readonly #repetition: Repetition;

  constructor(waits: Waits) {
    this.#repetition = new Repetition(waits);
  }

  /** Takes an item and gives its index; the caller sends it. */
  add(n: number, body: Uint8Array, now: Instant): Item {
    const item = { index: this.#next, n, body };
    this.#next += 1;
    this.#items.push(item);
    if (this.#repetition.at === NEVER) this.#repetition.begin(now);
    return item;
  }

  /** Everything up to `index` has arrived. */
  acknowledged(index: number, now: Instant): void {
    let arrived = 0;
    while (arrived < this.#items.length && (this.#items[arrived] as Item).index <= index) {
      arrived += 1;
    }
    if (arrived === 0) return;
    this.#items.splice(0, arrived);
    if (this.#items.length === 0) this.#repetition.end(now);
    else this.#repetition.begin(now);
  }

  get deadline(): Instant {
    return this.#repetition.at;
  }

  /** What has to be sent again now. */
  due(now: Instant): readonly Item[] {
    if (this.#repetition.at > now) return [];
    this.#repetition.again(now);
    return this.#items.slice(0, RESEND_MAX);
  }
}

/** How many items may arrive before they are acknowledged at once. */
const ACKNOWLEDGE_EVERY = 64;
/** Items are held this far ahead of a missing one; the sender repeats the others. */
const AHEAD_MAX = 256;

/**
 * The receiving half: gives items in index order, once each. Acknowledgements are cumulative and wait
 * a little for others; the timer runs from the first item that is not acknowledged.
 */
export class ChannelReceiver {
  /** What has come before an item that is missing. */
  readonly #held = new Map<number, Item>();
  #arrived = 0;
  #unacknowledged = 0;
  #acknowledgeAt: Instant = NEVER;
  readonly #delayMs: number;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  /**
   * Whether this item is the next one; then {@link ChannelReceiver.next} gives those behind it that
   * are here already. An item that is known is acknowledged again.
   */
  take(item: Item, now: Instant): boolean {
    const { index } = item;
    if (index <= this.#arrived) {
      this.#acknowledgeAt = Math.min(this.#acknowledgeAt, now + this.#delayMs);
      return false;
    }
    if (index !== this.#arrived + 1) {
      if (index <= this.#arrived + AHEAD_MAX) this.#held.set(index, item);
      return false;
    }
    this.#arrive(index);
    const delay = this.#unacknowledged >= ACKNOWLEDGE_EVERY ? 0 : this.#delayMs;
    this.#acknowledgeAt = Math.min(this.#acknowledgeAt, now + delay);
    return true;
  }

  /** The next item, if it is here already. */
  next(): Item | undefined {
    if (this.#held.size === 0) return undefined;
    const item = this.#held.get(this.#arrived + 1);
    if (item !== undefined) this.#arrive(item.index);
    return item;
  }

  #arrive(index: number): void {
    this.#held.delete(index);
    this.#arrived = index;
    this.#unacknowledged += 1;
  }

  get deadline(): Instant {
    return this.#acknowledgeAt;
  }

  /** The index to acknowledge now, if one is due. */
  due(now: Instant): number | undefined {
    if (this.#acknowledgeAt > now) return undefined;
    this.#acknowledgeAt = NEVER;
    this.#unacknowledged = 0;
    return this.#arrived;
  }
}
