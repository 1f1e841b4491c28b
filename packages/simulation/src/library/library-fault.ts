import type { Rng } from '@group-services/core';
import { bothWays } from '../faults/partitions.js';
import type { DomainParts } from '../run/domain.js';
import type { DaemonNode } from '../world/daemon-node.js';
import { NAME_SERVER } from '../world/shared.js';

/** What happens to a daemon, to the name server, or to a process and its connection. */
export const LIBRARY_FAULTS = [
  'crash',
  'stop',
  'pause',
  'cut',
  'name-server',
  'kill',
  'freeze',
  'reset',
] as const;

export interface LibraryFault {
  readonly kind: (typeof LIBRARY_FAULTS)[number];
  /** When, as a share of the time in which there are faults. */
  readonly at: number;
  /** Which daemon or process, counted over all that may be hit. */
  readonly which: number;
  /** How long, in times after which a silent daemon is suspected. */
  readonly lasts: number;
}

/** Faults of every kind, for a run that draws its own. */
export function drawLibraryFaults(rng: Rng, count: number): readonly LibraryFault[] {
  return Array.from({ length: count }, () => ({
    kind: rng.pick(LIBRARY_FAULTS),
    at: rng.next(),
    which: rng.between(0, 99),
    lasts: rng.next() * 4,
  }));
}

/** The daemon of a node fails, and comes back after so many milliseconds. */
export function strikeDaemon(
  { shared, daemons }: DomainParts,
  daemon: DaemonNode,
  kind: 'crash' | 'stop' | 'pause' | 'cut',
  lastsMs: number,
): void {
  const { time, reachability } = shared;
  if (kind === 'crash') {
    daemon.crash('crashes');
    time.after(lastsMs, () => daemon.start());
  } else if (kind === 'stop') daemon.stop();
  else if (kind === 'pause') {
    daemon.pause();
    time.after(lastsMs, () => daemon.resume());
  } else {
    const others = daemons.flatMap(({ node }) => (node === daemon.node ? [] : [node]));
    const cuts = [...others, NAME_SERVER].flatMap((other) => bothWays(daemon.node, other));
    for (const [from, to] of cuts) reachability.cut(from, to);
    time.after(lastsMs, () => {
      for (const [from, to] of cuts) reachability.mend(from, to);
    });
  }
}
