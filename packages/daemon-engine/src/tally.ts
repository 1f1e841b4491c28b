import { Counts, Durations } from '@group-services/core';
import { StreamTally } from '@group-services/metagroup';
import { ProtocolTally } from '@group-services/process-group';

/**
 * What one daemon counts, over all of its groups and for as long as it lives. Whoever runs the engine
 * reads it and turns it into metrics; nothing in the engine depends on it.
 */
export class DaemonTally {
  readonly groups = new ProtocolTally();
  readonly streams = new StreamTally();
  /** Lists that this daemon has put into force as their leader, by cause. */
  readonly views = new Counts();
  /** Leads that this daemon has taken over, by how the leader was found; `handover`: it was handed over. */
  readonly takeovers = new Counts();
  /** From the suspicion of the former leader to the first message of ours. */
  readonly takeoverMs = new Durations();
  /** By reason. */
  readonly suspicions = new Counts();
  /** Requests of processes that were refused, by code. */
  readonly refused = new Counts();
}
