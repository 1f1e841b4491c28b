import { type DaemonId, invariant, nodeOf } from '@group-services/core';
import type { NameServerOptions } from './inputs.js';
import type { Roster } from './roster.js';
import { leastSilence, Silence } from './silence.js';
import { daemonOfNode, type Table } from './table.js';

/** What a start of the name server makes of its options: bounds that belong together, and their defaults. */

export function checked(options: NameServerOptions): NameServerOptions {
  invariant(options.leaseMs > 0, 'the lease is longer than nothing');
  return options;
}

export function durabilityOf({ restored }: NameServerOptions): 'volatile' | 'durable' {
  return restored === undefined ? 'volatile' : 'durable';
}

export function makeSilence(options: NameServerOptions, roster: Roster, table: Table): Silence {
  const { isolation, leaseMs, anewAfterMs } = options;
  const isEphemeral = (daemon: DaemonId): boolean => {
    const stored = table.node(nodeOf(daemon));
    return stored?.ephemeral === true && daemonOfNode(stored) === daemon;
  };
  const common = { roster, leaseMs, isEphemeral };
  if (isolation !== 'suspend') return new Silence({ ...common, anewAfterMs: undefined });
  const least = leastSilence(leaseMs);
  invariant((anewAfterMs ?? least) >= least, 'silence counts when a lease and drift are over');
  return new Silence({ ...common, anewAfterMs: anewAfterMs ?? least });
}

export function windowMsOf(options: NameServerOptions): number {
  const { isolation, leaseMs, recoveryWindowMs } = options;
  if (isolation !== 'suspend') return recoveryWindowMs ?? leaseMs;
  const least = leastSilence(leaseMs);
  invariant((recoveryWindowMs ?? least) >= least, 'the window is longer than a lease and drift');
  return recoveryWindowMs ?? least;
}

/** The recovery window belongs to every start whose table may be missing something. */
export function windowAtStart(
  table: Table,
  { fresh }: NameServerOptions,
): 'watching' | 'open' | 'closed' {
  if (fresh === true) return 'closed';
  return table.standing === 'settled' ? 'watching' : 'open';
}
