import type { DaemonUnderTest, NameServerUnderTest } from './engines.js';

/** How much all engines of a domain hold, as they report it themselves. */
export interface Sizes {
  readonly daemons: number;
  /** Memberships in processor groups, over all daemons. */
  readonly memberships: number;
  readonly watchedPeers: number;
  readonly clients: number;
  readonly handles: number;
  readonly retainedMessages: number;
  /** Joins, proposals and requests without an answer. */
  readonly waiting: number;
  readonly listedNodes: number;
  readonly listedGroups: number;
}

export function sizesOf(
  daemons: readonly DaemonUnderTest[],
  table: ReturnType<NameServerUnderTest['inspect']> | undefined,
): Sizes {
  const statuses = daemons.flatMap((daemon) => daemon.inspect?.() ?? []);
  const groups = statuses.flatMap((status) => status.groups);
  const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
  return {
    daemons: daemons.length,
    memberships: groups.length,
    watchedPeers: sum(statuses.map(({ peers }) => peers.length)),
    clients: sum(statuses.map(({ clients }) => clients.length)),
    handles: sum(statuses.flatMap(({ clients }) => clients.map(({ handles }) => handles))),
    retainedMessages: sum(groups.map(({ stream }) => stream?.retained ?? 0)),
    waiting: sum(
      groups.map(
        ({ local, stream }) =>
          local.waitingJoins + local.waitingProposals + local.queued + (stream?.requests ?? 0),
      ),
    ),
    listedNodes: table?.nodes.length ?? 0,
    listedGroups: table?.groups.length ?? 0,
  };
}
