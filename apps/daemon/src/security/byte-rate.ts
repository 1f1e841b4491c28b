import type { Instant } from '@group-services/core';
import type { Link } from '@group-services/transport';

/**
 * Slows down a principal that sends more bytes per second than it may: the link by which they come is not
 * read until what was too much is over. One second's worth may come at once.
 */
export class ByteRates {
  readonly #clock: () => Instant;
  readonly #buckets = new Map<string, { left: number; at: Instant }>();

  constructor(clock = (): Instant => performance.now()) {
    this.#clock = clock;
  }

  /** So many bytes have come. */
  count(principal: string, perSecond: number, bytes: number, link: Link): void {
    const now = this.#clock();
    const { left, at } = this.#buckets.get(principal) ?? { left: perSecond, at: now };
    const filled = Math.min(perSecond, left + ((now - at) / 1000) * perSecond) - bytes;
    this.#buckets.set(principal, { left: filled, at: now });
    if (filled >= 0) return;
    link.pause();
    setTimeout(() => link.resume(), Math.min(60_000, (-filled / perSecond) * 1000)).unref();
  }

  /** Nobody of this name is connected any more. */
  forget(principal: string): void {
    this.#buckets.delete(principal);
  }
}
