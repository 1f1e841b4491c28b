import type { Happening } from '../stage/happenings.js';
import { nodeIn } from './takeover-steps.js';

/** How each daemon stood over time, and what it did: the lanes of the picture of time. */
export class TimeLanes {
  readonly #lanes = new Map<string, TimeLane>();

  lane(place: string): TimeLane {
    const lane = this.#lanes.get(place) ?? { standings: [], views: [], marks: [] };
    this.#lanes.set(place, lane);
    return lane;
  }

  hear(happening: Happening): void {
    const { at } = happening;
    switch (happening.kind) {
      case 'up':
      case 'resumed':
        this.#stands(happening.place, at, 'up');
        return;
      case 'down':
      case 'paused':
        this.#stands(happening.place, at, happening.kind);
        return;
      case 'view': {
        const { by, entry } = happening;
        const leader = nodeIn(entry.leader);
        const members = entry.members.map(({ id }) => nodeIn(id));
        add(this.lane(by).views, { at, version: entry.version, leader, members });
        return;
      }
      case 'membership-over':
        add(this.lane(happening.by).views, { at, version: undefined, leader: '', members: [] });
        return;
      case 'suspects':
        return this.#mark(happening.by, at, 'suspects', `suspects ${happening.peer}`);
      case 'claims':
        return this.#mark(happening.by, at, 'claims', 'claims the lead');
      case 'took-over':
        return this.#mark(happening.by, at, 'leads', 'leads from here');
      case 'accepted':
        return this.#mark('ns', at, 'accepts', `accepts version ${happening.entry.version}`);
      default:
    }
  }

  #stands(place: string, at: number, standing: Standing): void {
    add(this.lane(place).standings, { at, standing });
    // Whoever is dead is in no view.
    if (standing === 'down')
      add(this.lane(place).views, { at, version: undefined, leader: '', members: [] });
  }

  #mark(place: string, at: number, what: Mark['what'], title: string): void {
    add(this.lane(place).marks, { at, what, title });
  }
}

const KEPT = 100;

function add<Item>(list: Item[], item: Item): void {
  list.push(item);
  if (list.length > 2 * KEPT) list.splice(0, KEPT);
}

export type Standing = 'up' | 'down' | 'paused';

export interface ViewSpan {
  readonly at: number;
  /** Undefined: from here on it has none. */
  readonly version: number | undefined;
  readonly leader: string;
  readonly members: readonly string[];
}

export interface Mark {
  readonly at: number;
  readonly what: 'suspects' | 'claims' | 'leads' | 'accepts';
  readonly title: string;
}

export interface TimeLane {
  readonly standings: { readonly at: number; readonly standing: Standing }[];
  readonly views: ViewSpan[];
  readonly marks: Mark[];
}
