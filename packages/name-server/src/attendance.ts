import { type DaemonId, type Instant, incarnationOf, nodeOf } from '@group-services/core';
import type { Changes } from './changes.js';
import type { Lookups } from './lookups.js';
import type { Outbox } from './outbox.js';
import type { Roster } from './roster.js';
import { daemonOfNode, type Table } from './table.js';

/** What the coming and going of daemons touches. */
export interface AttendanceContext {
  readonly table: Table;
  readonly roster: Roster;
  readonly outbox: Outbox;
  readonly lookups: Lookups;
  readonly changes: Changes;
  readonly nodesMax: number;
}

/**
 * Daemons come and go (`metagroup-protocol.md` §1, §2).
 *
 * Of several daemons of one node the one with the highest incarnation counts: it takes the place of
 * the others, whose connections are closed and whose memberships are over. A closed connection alone
 * says nothing of a daemon's life, but what it was waiting for ends with it.
 */
export class Attendance {
  readonly #context: AttendanceContext;

  constructor(context: AttendanceContext) {
    this.#context = context;
  }

  /** A handshake is done: the daemon's lease starts. */
  onConnected(daemon: DaemonId, address: string, now: Instant): void {
    const { table, roster, outbox, lookups, changes, nodesMax } = this.#context;
    const node = nodeOf(daemon);
    const known = table.node(node);
    if (table.isSuperseded(daemon)) {
      outbox.disconnect(daemon, 'superseded', `node ${node} has a newer daemon`);
      return;
    }
    if (known === undefined && !this.#hasRoomForNode(now)) {
      outbox.disconnect(daemon, 'overloaded', `there are ${nodesMax} nodes already`);
      return;
    }
    const incarnation = incarnationOf(daemon);
    const isNewer = known === undefined || incarnation > known.incarnation;
    if (known !== undefined && isNewer) this.#dismiss(daemonOfNode(known));
    if (isNewer || address !== known?.address) {
      outbox.commit({ kind: 'node', node, incarnation, address });
    }
    // What waited came by an earlier connection of the same daemon, if anything did.
    lookups.dropOf(daemon);
    roster.connect(daemon, now);
    outbox.info('daemon-connected', { daemon, address });
    changes.leaderConnected(daemon);
    // Also for a daemon that is known: an earlier start may have died between noting it and this.
    for (const group of table.groupsOf(node)) lookups.startAnewWithoutState(group);
  }

  /** A newer daemon of its node is there: an older one is over, connected or not. */
  #dismiss(older: DaemonId): void {
    this.#forgetConnection(older);
    if (!this.#context.roster.isConnected(older)) return;
    this.#context.roster.disconnect(older);
    this.#context.outbox.disconnect(
      older,
      'superseded',
      `node ${nodeOf(older)} has a newer daemon`,
    );
  }

  /** A connection ended: the lease goes on, but what waited for an answer ends. */
  onDisconnected(daemon: DaemonId): void {
    if (!this.#context.roster.isConnected(daemon)) return;
    this.#context.roster.disconnect(daemon);
    this.#forgetConnection(daemon);
    this.#context.outbox.info('daemon-disconnected', { daemon });
  }

  #forgetConnection(daemon: DaemonId): void {
    this.#context.lookups.dropOf(daemon);
    this.#context.changes.daemonGone(daemon);
  }

  /** Ends the connection of a daemon that says what no daemon may say. */
  misbehaved(daemon: DaemonId, text: string): void {
    this.#context.outbox.warn('daemon-misbehaved', { daemon, text });
    this.#context.roster.disconnect(daemon);
    this.#forgetConnection(daemon);
    this.#context.outbox.disconnect(daemon, 'malformed', text);
  }

  /** Makes room by forgetting a node that is away, whose lease is over and that is in no group. */
  #hasRoomForNode(now: Instant): boolean {
    const { table, roster, outbox, nodesMax } = this.#context;
    if (table.nodeCount < nodesMax) return true;
    for (const stored of table.nodes()) {
      const daemon = daemonOfNode(stored);
      if (roster.isConnected(daemon) || roster.standing(daemon, now) === 'fresh') continue;
      if (table.groupsOf(stored.node).length > 0) continue;
      roster.forget(stored.node);
      outbox.commit({ kind: 'forgotten', node: stored.node });
      return true;
    }
    return false;
  }
}
