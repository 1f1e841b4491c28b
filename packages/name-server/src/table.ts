import {
  type DaemonId,
  daemonId,
  daemonOf,
  type GroupName,
  incarnationOf,
  type NodeName,
  nodeOf,
} from '@group-services/core';
import type { Entry } from '@group-services/wire';
import { HeldByDaemons } from './held.js';
import { Lineage, type LineageSnapshot, type Served, type TableStanding } from './lineage.js';

/**
 * What the name server knows for good (`internal-layer.md` §2): the entry of each group, the newest
 * incarnation of each node, the last generation given out, and how far all that can be believed.
 *
 * It changes through {@link Table.apply} alone, so that snapshot and records always give it back.
 */
export class Table {
  readonly #groups = new Map<GroupName, StoredGroup>();
  readonly #nodes = new Map<NodeName, StoredNode>();
  /** Derived from the entries: the groups in which a node has a member. */
  readonly #groupsOfNode = new Map<NodeName, Set<GroupName>>();
  /** Likewise: what they would have each daemon hold. */
  readonly held = new HeldByDaemons();
  #generation = 0;
  #revision = 0;
  #lineage = new Lineage();

  /** The table that a snapshot and the records after it describe. */
  static restore(snapshot: TableSnapshot | undefined, records: Iterable<TableRecord>): Table {
    const table = new Table();
    if (snapshot !== undefined) {
      table.apply({ kind: 'generation', generation: snapshot.generation });
      for (const stored of snapshot.groups) table.apply({ kind: 'entry', ...stored });
      for (const node of snapshot.nodes) table.apply({ kind: 'node', ...node });
      table.#lineage = Lineage.restore(snapshot.lineage);
      table.#revision = snapshot.revision;
    }
    for (const record of records) table.apply(record);
    return table;
  }

  /** The highest generation that was ever used. */
  get generation(): number {
    return this.#generation;
  }

  /** Counts the records that made the table. */
  get revision(): number {
    return this.#revision;
  }

  /** How far the table can be believed. */
  get standing(): TableStanding {
    return this.#lineage.standing;
  }

  /** The epoch of the last start on this table; 0 when there was none. */
  get epoch(): number {
    return this.#lineage.epoch;
  }

  /** Which starts the table knows of, as a store keeps it. */
  get lineage(): LineageSnapshot {
    return this.#lineage.snapshot();
  }

  /** Whether the table, kept in this store, lacks nothing of what somebody served so was told. */
  covers(served: Served, store: string): boolean {
    return this.#lineage.covers(served, { store, revision: this.#revision });
  }

  get groupCount(): number {
    return this.#groups.size;
  }

  get nodeCount(): number {
    return this.#nodes.size;
  }

  group(name: GroupName): StoredGroup | undefined {
    return this.#groups.get(name);
  }

  groups(): IterableIterator<StoredGroup> {
    return this.#groups.values();
  }

  node(name: NodeName): StoredNode | undefined {
    return this.#nodes.get(name);
  }

  /** Also those that were given up. */
  nodes(): IterableIterator<StoredNode> {
    return this.#nodes.values();
  }

  /** Those that somebody may come back from. */
  presentNodes(): StoredNode[] {
    return [...this.#nodes.values()].filter(({ forgotten }) => forgotten !== true);
  }

  /** The groups whose entry lists a member on that node. */
  groupsOf(node: NodeName): readonly GroupName[] {
    return [...(this.#groupsOfNode.get(node) ?? [])];
  }

  /** Whether a newer daemon of the same node is known. */
  isSuperseded(daemon: DaemonId): boolean {
    const newest = this.#nodes.get(nodeOf(daemon));
    return newest !== undefined && newest.incarnation > incarnationOf(daemon);
  }

  apply(record: TableRecord): void {
    this.#revision += 1;
    switch (record.kind) {
      case 'entry':
        this.#remove(record.entry.group);
        this.#groups.set(record.entry.group, { entry: record.entry, change: record.change });
        this.#index(record.entry);
        this.#generation = Math.max(this.#generation, record.entry.generation);
        break;
      case 'gone':
        this.#remove(record.group);
        this.#generation = Math.max(this.#generation, record.generation);
        break;
      case 'generation':
        this.#generation = Math.max(this.#generation, record.generation);
        break;
      case 'node':
        this.#nodes.set(record.node, storedNode(record));
        break;
      case 'forgotten':
        this.#nodes.delete(record.node);
        break;
      case 'start':
        this.#lineage.began({ epoch: record.epoch, from: this.#revision - 1 });
        break;
      case 'doubted':
        this.#lineage.doubt();
        break;
      case 'settled':
        this.#lineage.settle();
        break;
    }
  }

  snapshot(): TableSnapshot {
    return {
      generation: this.#generation,
      revision: this.#revision,
      lineage: this.#lineage.snapshot(),
      groups: [...this.#groups.values()],
      nodes: [...this.#nodes.values()],
    };
  }

  #remove(group: GroupName): void {
    const stored = this.#groups.get(group);
    if (stored === undefined) return;
    this.#groups.delete(group);
    this.held.remove(stored.entry);
    for (const member of stored.entry.members) {
      const node = nodeOf(daemonOf(member.id));
      const groups = this.#groupsOfNode.get(node);
      groups?.delete(group);
      if (groups?.size === 0) this.#groupsOfNode.delete(node);
    }
  }

  #index(entry: Entry): void {
    this.held.add(entry);
    for (const member of entry.members) {
      const node = nodeOf(daemonOf(member.id));
      const groups = this.#groupsOfNode.get(node);
      if (groups === undefined) this.#groupsOfNode.set(node, new Set([entry.group]));
      else groups.add(entry.group);
    }
  }
}

/** The entry of one group and the change that made it. */
export interface StoredGroup {
  readonly entry: Entry;
  /**
   * Asker and id of the accepted change whose result `entry` is: the same change asked for again is
   * answered as before. Null when the entry was created or recovered.
   */
  readonly change: string | null;
}

/** The newest known start of a node's daemon. */
export interface StoredNode {
  readonly node: NodeName;
  readonly incarnation: number;
  readonly address: string;
  /** Its daemon said that this name will not return once it is gone. */
  readonly ephemeral?: boolean | undefined;
  /** Which release its daemon is of, for people. */
  readonly release?: string | undefined;
  /**
   * An operator has said that it will not come back. The incarnation is one above its last daemon's, so
   * that this one counts as superseded everywhere, and is refused should it live after all.
   */
  readonly forgotten?: boolean | undefined;
}

/** One step of the table; all its changes, and all that a store has to keep, are of these. */
export type TableRecord =
  | { readonly kind: 'entry'; readonly entry: Entry; readonly change: string | null }
  | { readonly kind: 'gone'; readonly group: GroupName; readonly generation: number }
  /** Generations up to this one have been used. */
  | { readonly kind: 'generation'; readonly generation: number }
  | ({ readonly kind: 'node' } & StoredNode)
  | { readonly kind: 'forgotten'; readonly node: NodeName }
  /** A name server starts on the table. */
  | { readonly kind: 'start'; readonly epoch: number }
  /** The table may be an older copy: it is not believed until daemons have told what they hold. */
  | { readonly kind: 'doubted' }
  /** The table is the word on all groups. */
  | { readonly kind: 'settled' };

/** The whole table at one moment, as a store keeps it. */
export interface TableSnapshot {
  readonly generation: number;
  readonly revision: number;
  readonly lineage: LineageSnapshot;
  readonly groups: readonly StoredGroup[];
  readonly nodes: readonly StoredNode[];
}

function storedNode(record: StoredNode): StoredNode {
  const { node, incarnation, address, ephemeral, release, forgotten } = record;
  const marks = { ...(ephemeral && { ephemeral }), ...(forgotten && { forgotten }) };
  return { node, incarnation, address, ...(release !== undefined && { release }), ...marks };
}

/** The daemon that a node's record stands for. */
export function daemonOfNode(node: StoredNode): DaemonId {
  return daemonId(node.node, node.incarnation);
}
