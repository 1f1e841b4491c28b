import { Counts, Durations } from '@group-services/core';

/**
 * What the groups of one daemon count together. Protocols are counted by the daemon that leads their
 * group, so that the sum over a domain counts each once; messages wherever they are delivered.
 */
export class ProtocolTally {
  /** By kind and outcome; messages that nobody votes on are in `plainMessages`. */
  readonly protocols = new Counts();
  /** From START to the end, by kind; without those messages. */
  readonly protocolMs = new Durations();
  /** Of voting phases, by kind. */
  readonly phaseMs = new Durations();
  /** By reason. */
  readonly defaultVotes = new Counts();
  /** Messages without a vote that were placed by this daemon. */
  plainMessages = 0;
  messagesDelivered = 0;
  messageBytesDelivered = 0;
}
