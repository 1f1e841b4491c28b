import { type DaemonId, invariant, nodeOf } from '@group-services/core';
import type { ToNameServer } from '@group-services/wire';
import type { NameServerOptions } from './inputs.js';
import type { Roster } from './roster.js';
import { leastSilence, Silence } from './silence.js';
import { daemonOfNode, type Table } from './table.js';

/** What a start of the name server makes of its options: bounds that belong together, and their defaults. */

/** How long a node that is away is listed. */
export const DAY_MS = 24 * 60 * 60 * 1000;

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

/** A daemon says within a lease that it lives, and before the one that asks for its name gives up. */
export function answerMsOf({ leaseMs }: NameServerOptions): number {
  return Math.min(leaseMs, 3_000);
}

/** The recovery window belongs to every start whose table may be missing something. */
export function windowAtStart(
  table: Table,
  { fresh }: NameServerOptions,
): 'watching' | 'open' | 'closed' {
  if (fresh === true) return 'closed';
  return table.standing === 'settled' ? 'watching' : 'open';
}

const ASKS_NOTHING: ReadonlySet<ToNameServer['kind']> = new Set([
  'register',
  'unregister',
  'list',
  'describe',
  'name-held',
  'watch-nodes',
]);

/** Whether the answer, or what becomes of it, depends on what the table says. */
export function asksTheTable(message: ToNameServer): boolean {
  return !ASKS_NOTHING.has(message.kind);
}
