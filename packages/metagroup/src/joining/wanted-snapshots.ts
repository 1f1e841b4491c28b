import { type Entry, encodeSnapshot, type Snapshot } from '@group-services/wire';
import type { Shared } from '../shared.js';

/**
 * Snapshots that this daemon takes for joiners, as their leader or because the leader asked it to
 * (`internal-layer.md` §5). The upper layer is asked for its state when the view that added them is
 * delivered, and answers before anything else is delivered to it; the counters are those of that moment.
 */
export class WantedSnapshots<For> {
  readonly #shared: Shared;
  readonly #wanted: Wanted<For>[] = [];

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** The view at this position has been delivered; `forWhom` comes back with the snapshot. */
  ask(entry: Entry, position: number, forWhom: readonly For[]): void {
    const counters = [...this.#shared.counters].map(([origin, known]) => ({ origin, ...known }));
    this.#wanted.push({ position, entry, forWhom, counters });
    this.#shared.emit({ kind: 'snapshotWanted', position });
  }

  /** The upper layer's answer makes a snapshot; undefined: it was not asked for here. */
  take(position: number, state: Uint8Array): Taken<For> | undefined {
    const index = this.#wanted.findIndex((wanted) => wanted.position === position);
    const [wanted] = index < 0 ? [] : this.#wanted.splice(index, 1);
    if (wanted === undefined) return undefined;
    const { entry, counters, forWhom } = wanted;
    return { forWhom, bytes: encodeSnapshot({ entry, counters, state }) };
  }
}

interface Wanted<For> {
  readonly position: number;
  readonly entry: Entry;
  readonly forWhom: readonly For[];
  readonly counters: Snapshot['counters'];
}

export interface Taken<For> {
  readonly forWhom: readonly For[];
  readonly bytes: Uint8Array;
}
