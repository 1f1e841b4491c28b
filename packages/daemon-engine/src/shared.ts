import {
  type DaemonId,
  type DeadlineReached,
  daemonId,
  type GroupName,
  type Instant,
  type LogFields,
  type LogLevel,
} from '@group-services/core';
import type { LeaderRecovery } from '@group-services/metagroup';
import type { DaemonOutput } from './inputs.js';
import type { DaemonOptions } from './options.js';
import { DaemonTally } from './tally.js';

/** What all parts of one daemon share: who we are, the time of this step, and its outputs. */
export class Shared {
  readonly options: DaemonOptions;
  readonly self: DaemonId;
  now: Instant = 0;
  /** How far what had arrived has been read; others are judged up to there. */
  read: Read = {};
  readonly tally = new DaemonTally();
  stopping = false;
  /** Groups stand still: no contact with the name server, under the policy `suspend`. */
  isolated = false;
  /** It was away for long, and the name server has answered nothing that was asked since. */
  waking = false;
  /** An operator drains this daemon: it gives up its leads, and takes no more joins. */
  drained = false;
  /** The rule of the domain, as the name server said last. */
  leaderRecovery: LeaderRecovery = 'announced';
  #outputs: DaemonOutput[] = [];
  #joinNo = 0;
  #ordinal = 0;

  constructor(options: DaemonOptions) {
    this.options = options;
    this.self = daemonId(options.node, options.incarnation);
  }

  noteRead({ readUpTo, readOf }: Read): void {
    this.read = { readUpTo, readOf };
  }

  emit(output: DaemonOutput): void {
    this.#outputs.push(output);
  }

  takeOutputs(): readonly DaemonOutput[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  /** A line that is about no group; those that are come from a `GroupLog`. */
  log(level: LogLevel, event: string, fields: LogFields & { readonly group?: never } = {}): void {
    this.emit({ kind: 'log', level, event, fields });
  }

  /** About a group that this daemon may have nothing to do with. */
  logOf(group: GroupName, level: LogLevel, event: string, fields: LogFields): void {
    this.emit({ kind: 'log', level, event, fields: { group, ...fields } });
  }

  /** A number for one group here; a later one has a higher number. */
  nextOrdinal(): number {
    this.#ordinal += 1;
    return this.#ordinal;
  }

  /** A number for one attempt to be in a processor group; never the same twice. */
  nextJoinNo(): number {
    this.#joinNo += 1;
    return this.#joinNo;
  }
}

/** See {@link DeadlineReached}. */
export type Read = Pick<DeadlineReached, 'readUpTo' | 'readOf'>;
