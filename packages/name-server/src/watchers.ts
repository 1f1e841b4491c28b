import type { DaemonId, GroupName } from '@group-services/core';

/**
 * Daemons that have looked for a group that does not exist: a subscription of theirs waits until somebody
 * provides it. They are told once, when it is formed, and look again. That is a hint and no promise: what
 * is forgotten here, over a restart or beyond the bound, they find by looking now and then as well.
 */
export class Watchers {
  readonly #max: number;
  readonly #byGroup = new Map<GroupName, Set<DaemonId>>();
  readonly #byDaemon = new Map<DaemonId, Set<GroupName>>();
  #count = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#count;
  }

  add(group: GroupName, daemon: DaemonId): void {
    const daemons = this.#byGroup.get(group) ?? new Set();
    if (daemons.has(daemon) || this.#count >= this.#max) return;
    const groups = this.#byDaemon.get(daemon) ?? new Set();
    this.#byGroup.set(group, daemons.add(daemon));
    this.#byDaemon.set(daemon, groups.add(group));
    this.#count += 1;
  }

  /** Those who watch this group, in the order in which they asked; they do so no more. */
  take(group: GroupName): readonly DaemonId[] {
    const daemons = [...(this.#byGroup.get(group) ?? [])];
    for (const daemon of daemons) this.#forget(group, daemon);
    return daemons;
  }

  dropOf(daemon: DaemonId): void {
    for (const group of [...(this.#byDaemon.get(daemon) ?? [])]) this.#forget(group, daemon);
  }

  #forget(group: GroupName, daemon: DaemonId): void {
    remove(this.#byGroup, group, daemon);
    remove(this.#byDaemon, daemon, group);
    this.#count -= 1;
  }
}

function remove<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) sets.delete(key);
}
