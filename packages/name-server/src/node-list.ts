import {
  type DaemonId,
  type Instant,
  incarnationOf,
  NEVER,
  type NodeName,
  nodeOf,
} from '@group-services/core';
import { NODES_PER_FRAME, type NodeEnd, type NodeOfDomain } from '@group-services/wire';
import type { Outbox } from './outbox.js';
import type { Roster } from './roster.js';
import { daemonOfNode, type StoredNode, type Table } from './table.js';

/**
 * Which daemons are there, told to those daemons that watch it (B12, the predefined group `$nodes`): the whole
 * list once, and then each change.
 *
 * A daemon is there as long as its lease is fresh; it is there no more when it has stopped in order, when the
 * lease is over, or when a newer start of its node is here. A closed connection alone says nothing. For the
 * first lease of a start nobody is told anything: who is there has not come back yet, and watching daemons would
 * learn that all have gone and come again.
 */
export class NodeList {
  readonly #ports: NodeListPorts;
  /** In the order in which they came. */
  readonly #listed = new Map<DaemonId, StoredNode>();
  readonly #watchers = new Map<DaemonId, Watcher>();
  #position: number;
  #readyAt: Instant | undefined;
  #isReady = false;
  /** When some lease may be over. */
  #lookAt: Instant = NEVER;
  #changed = false;

  constructor(ports: NodeListPorts) {
    this.#ports = ports;
    this.#position = ports.epoch * POSITIONS_PER_MS;
  }

  /** To be called first in every step. */
  start(now: Instant): void {
    if (this.#readyAt !== undefined) return;
    this.#readyAt = now + this.#ports.leaseMs;
    this.#lookAt = this.#readyAt;
  }

  /** What was heard may have changed who is there; looked at when the step is over. */
  heard(daemon: DaemonId): void {
    if (!this.#listed.has(daemon)) this.#changed = true;
  }

  /** A daemon has gone, or may have. */
  changed(): void {
    this.#changed = true;
  }

  watch(daemon: DaemonId, number: number): void {
    const watcher = { number, n: 0 };
    this.#watchers.set(daemon, watcher);
    if (this.#isReady) this.#tellAll(daemon, watcher);
  }

  /** It asks anew on its next connection. */
  forget(daemon: DaemonId): void {
    this.#watchers.delete(daemon);
  }

  deadline(): Instant {
    return this.#lookAt;
  }

  /** The end of a step: whoever watches is told what has changed. */
  settle(now: Instant): void {
    if (!this.#changed && now < this.#lookAt) return;
    const isFirst = !this.#isReady;
    if (now < (this.#readyAt ?? NEVER)) return;
    this.#isReady = true;
    this.#changed = false;
    const change = this.#look(now);
    if (isFirst) {
      for (const [daemon, watcher] of this.#watchers) this.#tellAll(daemon, watcher);
    } else if (change.joined.length + change.left.length > 0) {
      for (const [daemon, watcher] of this.#watchers) this.#tell(daemon, watcher, change);
    }
  }

  #look(now: Instant): Change {
    const { table, roster, leaseMs } = this.#ports;
    const left: Left[] = [];
    for (const daemon of this.#listed.keys()) {
      const why = this.#ending(daemon, now);
      if (why === undefined) continue;
      this.#listed.delete(daemon);
      left.push({ node: nodeOf(daemon), incarnation: incarnationOf(daemon), why });
    }
    const joined: StoredNode[] = [];
    let earliest: Instant = NEVER;
    for (const stored of table.presentNodes()) {
      const daemon = daemonOfNode(stored);
      if (roster.standing(daemon, now) !== 'fresh') continue;
      earliest = Math.min(earliest, roster.leaseUntil(daemon) ?? NEVER);
      if (!this.#listed.has(daemon)) joined.push(stored);
    }
    joined.sort((a, b) => a.incarnation - b.incarnation || (a.node < b.node ? -1 : 1));
    for (const stored of joined) this.#listed.set(daemonOfNode(stored), stored);
    // What has been said and not been read yet may lengthen a lease: looked at again a little later.
    this.#lookAt = Math.max(earliest, now + leaseMs / LOOKS_PER_LEASE);
    if (joined.length + left.length > 0) this.#position += 1;
    return { joined: joined.map(shown), left };
  }

  /** Why a listed daemon is there no more; undefined while it is. */
  #ending(daemon: DaemonId, now: Instant): NodeEnd | undefined {
    const { table, roster } = this.#ports;
    if (table.isSuperseded(daemon)) return 'superseded';
    if (roster.standing(daemon, now) === 'fresh') return undefined;
    return roster.hasStopped(daemon) ? 'stopped' : 'lease-over';
  }

  #tellAll(daemon: DaemonId, watcher: Watcher): void {
    const joined = [...this.#listed.values()].map(shown);
    this.#tell(daemon, watcher, { joined, left: [] }, { whole: true });
  }

  /** In as many frames as it takes. */
  #tell(daemon: DaemonId, watcher: Watcher, change: Change, how: { whole?: true } = {}): void {
    const pieces = Math.ceil(Math.max(change.joined.length, change.left.length) / NODES_PER_FRAME);
    for (let i = 0; i < Math.max(1, pieces); i += 1) {
      const [from, to] = [i * NODES_PER_FRAME, (i + 1) * NODES_PER_FRAME];
      watcher.n += 1;
      this.#ports.outbox.send(daemon, {
        kind: 'nodes',
        number: watcher.number,
        n: watcher.n,
        position: this.#position,
        ...(i === 0 && how),
        joined: change.joined.slice(from, to),
        left: change.left.slice(from, to),
        ...(i + 1 < pieces && { more: true as const }),
      });
    }
  }
}

function shown({ node, incarnation, address, release }: StoredNode): NodeOfDomain {
  return { node, incarnation, address, ...(release !== undefined && { release }) };
}

/** Positions of one start are below those of the next one, which begins at a later millisecond. */
const POSITIONS_PER_MS = 1_024;
const LOOKS_PER_LEASE = 8;

interface Watcher {
  readonly number: number;
  /** Frames sent so far. */
  n: number;
}

interface Left {
  readonly node: NodeName;
  readonly incarnation: number;
  readonly why: NodeEnd;
}

interface Change {
  readonly joined: NodeOfDomain[];
  readonly left: Left[];
}

/** What the list is made of. */
export interface NodeListPorts {
  readonly table: Table;
  readonly roster: Roster;
  readonly outbox: Outbox;
  readonly epoch: number;
  readonly leaseMs: number;
}
