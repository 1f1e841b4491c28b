import type { GroupName } from '@group-services/core';

/**
 * The highest generation of each group that this daemon has been in. A name server that has lost its
 * table is told, so that it continues no generation from before: processes here have seen views of the
 * later one, and fencing tokens only grow (`client-api.md`, `GroupView.fence`).
 */
export class SeenGenerations {
  readonly #highest = new Map<GroupName, number>();

  note(group: GroupName, generation: number): void {
    const known = this.#highest.get(group) ?? 0;
    if (generation <= known) return;
    this.#highest.delete(group);
    this.#highest.set(group, generation);
    if (this.#highest.size <= REMEMBERED_MAX) return;
    const [oldest] = this.#highest.keys();
    if (oldest !== undefined) this.#highest.delete(oldest);
  }

  /** All but those of which `isHeld` says that a membership tells of them. */
  list(
    isHeld: (group: GroupName, generation: number) => boolean,
  ): { group: GroupName; generation: number }[] {
    return [...this.#highest]
      .filter(([group, generation]) => !isHeld(group, generation))
      .map(([group, generation]) => ({ group, generation }));
  }
}

/** Groups remembered at most; the one heard of longest ago is forgotten first. */
const REMEMBERED_MAX = 10_000;
