import type { Instant } from '@group-services/core';

/** Our clock and etcd's may differ by so much of the time that passes. */
const DRIFT = 1.1;

/** Signs of life in each lease: three may be lost. */
const SIGNS = 4;

/**
 * A lease as its holder has to see it. Etcd counts from the moment when it heard of us; we count from the
 * moment before we said it, less what clocks may differ, so that ours is over first.
 */
export class Lease {
  readonly id: string;
  readonly ttlMs: number;
  #validUntil: Instant;

  constructor(id: string, { ttlMs, askedAt }: { ttlMs: number; askedAt: Instant }) {
    this.id = id;
    this.ttlMs = ttlMs;
    this.#validUntil = askedAt + ttlMs / DRIFT;
  }

  /** From then on etcd may have given the lead to another one. */
  get validUntil(): Instant {
    return this.#validUntil;
  }

  /** Between two signs of life, and how long each is waited for. */
  get signMs(): number {
    return this.ttlMs / SIGNS;
  }

  keptAlive({ ttlMs, askedAt }: { ttlMs: number; askedAt: Instant }): void {
    this.#validUntil = Math.max(this.#validUntil, askedAt + ttlMs / DRIFT);
  }
}
