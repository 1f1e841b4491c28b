import { Counts, Durations } from '@group-services/core';

/** What the parts of gsns count. */
export class NameServerTally {
  /** Of one write to the store, to the disk and all. */
  readonly syncMs = new Durations();
  /** Handshakes that were refused, by code. */
  readonly refused = new Counts();
}
