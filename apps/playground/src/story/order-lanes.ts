import type { Cell, Happening } from '../stage/happenings.js';

/**
 * The group's order as each process has heard it: columns are places in the order, lanes are processes. A
 * process that is behind has gaps at the end; two processes never differ in a column that both have.
 */
export class OrderLanes {
  readonly #columns: Column[] = [];
  readonly #lanes = new Map<string, Lane>();

  /** The newest places, oldest first. */
  get columns(): readonly Column[] {
    return this.#columns;
  }

  lane(process: string): Lane {
    const lane = this.#lanes.get(process) ?? { heard: new Map(), state: undefined, list: [] };
    this.#lanes.set(process, lane);
    return lane;
  }

  hear(happening: Happening): void {
    if (happening.kind === 'lost') {
      this.lane(happening.by).list = [];
      return;
    }
    if (happening.kind !== 'heard') return;
    const { by, cell, at } = happening;
    const lane = this.lane(by);
    if (cell.what === 'snapshot') lane.state = undefined;
    lane.heard.set(cell.place, { at, cell });
    if (cell.list !== undefined) lane.list = cell.list;
    if (cell.state !== undefined) lane.state = cell.state;
    this.#place(cell);
  }

  #place(cell: Cell): void {
    const index = this.#columns.findLastIndex(({ place }) => place <= cell.place);
    const known = this.#columns[index];
    if (known?.place === cell.place) {
      // What a joiner gets is a snapshot of the place at which others see it join.
      if (known.cell.what === 'snapshot') this.#columns[index] = { place: cell.place, cell };
      return;
    }
    if (index < 0 && this.#columns.length >= KEPT) return;
    this.#columns.splice(index + 1, 0, { place: cell.place, cell });
    if (this.#columns.length <= 2 * KEPT) return;
    this.#columns.splice(0, KEPT);
    const first = this.#columns[0]?.place ?? 0;
    for (const { heard } of this.#lanes.values()) {
      for (const place of heard.keys()) if (place < first) heard.delete(place);
    }
  }
}

const KEPT = 120;

export interface Column {
  readonly place: number;
  readonly cell: Cell;
}

export interface Lane {
  readonly heard: Map<number, { readonly at: number; readonly cell: Cell }>;
  /** As the process knows it. */
  state: string | undefined;
  list: readonly string[];
}
