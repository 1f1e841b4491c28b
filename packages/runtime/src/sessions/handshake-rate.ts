import type { Instant } from '@group-services/core';

/** Handshakes of one address: at once, and per second in the long run. */
const BURST = 1_000;
const PER_SECOND = 200;
/** Addresses that are remembered; the one that came least recently is forgotten first. */
const ADDRESSES_MAX = 4_096;

/**
 * How often one address may begin a handshake, which costs most where it is encrypted. Only addresses of
 * other hosts, and of loopback over TCP, are counted: processes behind a socket file are this host's.
 */
export class HandshakeRate {
  readonly #clock: () => Instant;
  readonly #buckets = new Map<string, { left: number; at: Instant }>();
  perSecond: number;

  constructor(perSecond = PER_SECOND, clock = (): Instant => performance.now()) {
    this.perSecond = perSecond;
    this.#clock = clock;
  }

  /** Counts a handshake; why it is one too many, if it is. */
  problem(remote: string): string | undefined {
    const address = addressOf(remote);
    if (address === undefined) return undefined;
    const now = this.#clock();
    const burst = Math.min(BURST, this.perSecond * 5);
    const { left, at } = this.#buckets.get(address) ?? { left: burst, at: now };
    const filled = Math.min(burst, left + ((now - at) / 1000) * this.perSecond);
    this.#buckets.delete(address);
    this.#buckets.set(address, { left: Math.max(0, filled - 1), at: now });
    const [oldest] = this.#buckets.size > ADDRESSES_MAX ? this.#buckets.keys() : [];
    if (oldest !== undefined) this.#buckets.delete(oldest);
    if (filled >= 1) return undefined;
    return `too many connections from ${address}: ${this.perSecond} per second are taken`;
  }
}

/** The host of `scheme://host:port`; undefined for what comes by a way within this host. */
export function addressOf(remote: string): string | undefined {
  return /^(?!unix:|memory:)[a-z][a-z0-9+.-]*:\/\/([^/]+):\d+(?:\/.*)?$/u.exec(remote)?.[1];
}
