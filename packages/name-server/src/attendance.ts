import {
  type DaemonId,
  type Instant,
  incarnationOf,
  type NodeName,
  nodeOf,
} from '@group-services/core';
import type { FromNameServer } from '@group-services/wire';
import type { Changes } from './changes.js';
import type { Endings } from './endings.js';
import type { DisconnectCode, NameServerInput } from './inputs.js';
import type { Lookups } from './lookups.js';
import type { Outbox } from './outbox.js';
import type { Roster } from './roster.js';
import { leastSilence, type Silence } from './silence.js';
import { daemonOfNode, type StoredNode, type Table } from './table.js';

/**
 * Daemons come and go (`internal-layer.md` §1, §2).
 *
 * Of several daemons of one node the one with the highest incarnation counts: it takes the place of
 * the others, whose connections are closed and whose memberships are over. A closed connection alone
 * says nothing of a daemon's life, but what it was waiting for ends with it.
 */
export class Attendance {
  readonly #ports: AttendancePorts;
  /** Later starts than the table has, as other daemons say; of nodes that it has. */
  readonly #heardOf = new Map<NodeName, number>();

  constructor(ports: AttendancePorts) {
    this.#ports = ports;
  }

  /** A handshake is done: the daemon's lease starts. */
  onConnected(
    connected: Extract<NameServerInput, { readonly kind: 'connected' }>,
    now: Instant,
  ): void {
    const { daemon, address, ephemeral, release } = connected;
    const { table, roster, outbox, lookups, changes, nodesMax } = this.#ports;
    const node = nodeOf(daemon);
    const known = table.node(node);
    const incarnation = incarnationOf(daemon);
    if (incarnation < this.latestOf(node)) {
      outbox.disconnect(daemon, 'superseded', this.supersededText(node));
      return;
    }
    this.#heardOf.delete(node);
    if (known === undefined && !this.#hasRoomForNode(now)) {
      outbox.disconnect(daemon, 'overloaded', `there are ${nodesMax} nodes already`);
      return;
    }
    const isNewer = known === undefined || incarnation > known.incarnation;
    if (known !== undefined && isNewer) this.#dismiss(daemonOfNode(known));
    const said = { node, incarnation, address, ephemeral, release };
    if (isNewer || !saysTheSame(said, known)) outbox.commit({ kind: 'node', ...said });
    // What waited came by an earlier connection of the same daemon, if anything did.
    lookups.dropOf(daemon);
    roster.connect(daemon, now, connected);
    outbox.info('daemon-connected', { daemon, address });
    changes.leaderConnected(daemon);
    // Also for a daemon that is known: an earlier start may have died between noting it and this.
    for (const group of table.groupsOf(node)) lookups.startAnewWithoutState(group);
  }

  /** A newer daemon of its node is there: an older one is over, connected or not. */
  #dismiss(older: DaemonId): void {
    this.#forgetConnection(older);
    this.#ports.endings.daemonOver(older);
    if (!this.#ports.roster.isConnected(older)) return;
    this.#ports.roster.disconnect(older);
    this.#ports.outbox.disconnect(
      older,
      'superseded',
      `node ${nodeOf(older)} has a newer daemon, or none`,
    );
  }

  /** The latest start that is known of a node; 0: none is. */
  latestOf(node: NodeName): number {
    return Math.max(this.#ports.table.node(node)?.incarnation ?? 0, this.#heardOf.get(node) ?? 0);
  }

  /** Why an earlier daemon of this node is refused. */
  supersededText(node: NodeName): string {
    if (this.#ports.table.node(node)?.forgotten === true) {
      return `node ${node} was given up by an operator (gsctl nodes forget); a new start of its daemon is welcome`;
    }
    return `node ${node} has a newer daemon, of incarnation ${this.latestOf(node)}`;
  }

  /**
   * A daemon meets another one that was started before one that it knows of, and that we have admitted without
   * knowing: our table has been lost since (ADR 0042). Whoever was admitted is sent away, and begins again behind
   * that start. Until then its memberships are as they were: it may be serving its groups.
   */
  hearStart(from: DaemonId, { node, incarnation }: Start): void {
    const known = this.#ports.table.node(node);
    if (known === undefined || node === nodeOf(from) || incarnation > INCARNATION_MAX) return;
    if (incarnation <= this.latestOf(node)) return;
    this.#heardOf.set(node, incarnation);
    const { outbox, roster } = this.#ports;
    outbox.warn('later-start-known', { node, admitted: known.incarnation, incarnation, by: from });
    const admitted = daemonOfNode(known);
    if (!roster.isConnected(admitted)) return;
    this.turnAway(admitted, 'superseded', this.supersededText(node));
  }

  /** A connection ended: the lease goes on, but what waited for an answer ends. */
  onDisconnected(daemon: DaemonId): void {
    if (!this.#ports.roster.isConnected(daemon)) return;
    this.#ports.roster.disconnect(daemon);
    this.#forgetConnection(daemon);
    this.#ports.outbox.info('daemon-disconnected', { daemon });
  }

  #forgetConnection(daemon: DaemonId): void {
    this.#ports.connectionOver(daemon);
    this.#ports.lookups.dropOf(daemon);
    this.#ports.changes.daemonGone(daemon);
  }

  /**
   * An operator says that the daemon of this node will not come back: its memberships are over, and what
   * waited for it alone begins anew. One that may be serving its groups is not given up: they might go on
   * there while they begin anew elsewhere.
   */
  forget(node: NodeName, by: DaemonId, now: Instant): Pick<Forgotten, 'outcome' | 'leftMs'> {
    const { table, roster, outbox, lookups, silence, leaseMs } = this.#ports;
    const known = table.node(node);
    if (known === undefined || known.forgotten === true) return { outcome: 'unknown' };
    const daemon = daemonOfNode(known);
    const leftMs = Math.ceil(leastSilence(leaseMs) - silence.lastsMs(daemon, now));
    if (leftMs > 0) {
      return roster.isConnected(daemon) ? { outcome: 'connected' } : { outcome: 'heard', leftMs };
    }
    this.#dismiss(daemon);
    roster.forget(node);
    const { incarnation, address } = known;
    outbox.commit({ kind: 'node', node, incarnation: incarnation + 1, address, forgotten: true });
    const groups = table.groupsOf(node);
    outbox.warn('node-forgotten', { node, incarnation, groups: groups.length, by });
    for (const group of groups) lookups.startAnewWithoutState(group);
    return { outcome: 'forgotten' };
  }

  /** Looks for those that are gone for good, or away for long; to be called now and again. */
  tidy(now: Instant): void {
    const { table, roster, outbox, lookups, silence, unlistAfterMs } = this.#ports;
    for (const stored of [...table.nodes()]) {
      const daemon = daemonOfNode(stored);
      if (roster.standing(daemon, now) === 'fresh') continue;
      const isGone = stored.ephemeral === true && silence.isSilent(daemon, now);
      if (isGone) {
        for (const group of table.groupsOf(stored.node)) lookups.startAnewWithoutState(group);
      }
      if (table.groupsOf(stored.node).length > 0) continue;
      if (!isGone && silence.lastsMs(daemon, now) < unlistAfterMs) continue;
      // Of a host that is gone without a word the connection may seem to stand.
      this.#dismiss(daemon);
      outbox.info('node-unlisted', { node: stored.node, incarnation: stored.incarnation });
      this.#unlist(stored.node);
    }
  }

  #unlist(node: NodeName): void {
    this.#heardOf.delete(node);
    this.#ports.roster.forget(node);
    this.#ports.outbox.commit({ kind: 'forgotten', node });
  }

  /** Ends the connection of a daemon that says what no daemon may say. */
  misbehaved(daemon: DaemonId, text: string): void {
    this.turnAway(daemon, 'malformed', text);
  }

  /** Ends the connection of a daemon, which is told why; it comes back later. */
  turnAway(daemon: DaemonId, code: DisconnectCode, text: string): void {
    const event = code === 'malformed' ? 'daemon-misbehaved' : 'daemon-turned-away';
    this.#ports.outbox.warn(event, { daemon, text });
    this.#ports.roster.disconnect(daemon);
    this.#forgetConnection(daemon);
    this.#ports.outbox.disconnect(daemon, code, text);
  }

  /** Makes room by forgetting a node that is away, whose lease is over and that is in no group. */
  #hasRoomForNode(now: Instant): boolean {
    const { table, roster, nodesMax } = this.#ports;
    if (table.nodeCount < nodesMax) return true;
    for (const stored of table.nodes()) {
      const daemon = daemonOfNode(stored);
      if (roster.isConnected(daemon) || roster.standing(daemon, now) === 'fresh') continue;
      if (table.groupsOf(stored.node).length > 0) continue;
      this.#unlist(stored.node);
      return true;
    }
    return false;
  }
}

interface Start {
  readonly node: NodeName;
  readonly incarnation: number;
}

/** Half of what a number holds exactly: a wrong one must not use up the rest. */
const INCARNATION_MAX = 2 ** 52;

type Forgotten = Extract<FromNameServer, { readonly kind: 'forgotten' }>;

/** What the coming and going of daemons touches. */
export interface AttendancePorts {
  readonly table: Table;
  readonly roster: Roster;
  readonly outbox: Outbox;
  readonly lookups: Lookups;
  readonly changes: Changes;
  readonly silence: Silence;
  readonly leaseMs: number;
  /** Whoever waited for its name need not wait any more. */
  readonly connectionOver: (daemon: DaemonId) => void;
  readonly endings: Endings;
  readonly nodesMax: number;
  /** A node that is away and in no group is listed for so long. */
  readonly unlistAfterMs: number;
}

/** Whether a daemon says of itself what is known of it. */
function saysTheSame(said: StoredNode, known: StoredNode | undefined): boolean {
  const isSame = said.address === known?.address && said.release === known.release;
  return isSame && said.ephemeral === known?.ephemeral;
}
