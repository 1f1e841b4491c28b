import type { ToNameServer } from '@group-services/wire';

/**
 * Which answers of a name server a table knows to have given (ADR 0013).
 *
 * A directory may be lost, be another one than yesterday's, or come back from an old copy; the table in
 * it then lacks what was decided elsewhere. Its daemons know better: each says at registration which
 * store answered it last, in which start, and how far the table was. From the last settled start on the
 * table lists its starts and where each began, so that also the answers of a start that went on beside a
 * copy are told apart from its own. What is older than the last settled start has lost its say: the
 * window in which it could have been heard is over.
 */
export class Lineage {
  #standing: TableStanding = 'new';
  #starts: TableStart[] = [];

  static restore({ standing, starts }: LineageSnapshot): Lineage {
    const lineage = new Lineage();
    lineage.#standing = standing;
    lineage.#starts = [...starts];
    return lineage;
  }

  get standing(): TableStanding {
    return this.#standing;
  }

  /** The epoch of the latest start; 0 when there was none. */
  get epoch(): number {
    return this.#starts.at(-1)?.epoch ?? 0;
  }

  began(start: TableStart): void {
    this.#starts.push(start);
    if (this.#starts.length > STARTS_MAX) this.#starts.shift();
  }

  doubt(): void {
    this.#standing = 'doubted';
  }

  /** From now on the table is the word on all groups, whatever was decided elsewhere before. */
  settle(): void {
    this.#standing = 'settled';
    this.#starts = this.#starts.slice(-1);
  }

  /** Whether the table holds everything that whoever was served so can have been told. */
  covers(served: Served, own: { readonly store: string; readonly revision: number }): boolean {
    const [settled] = this.#starts;
    if (this.#standing === 'settled' && settled !== undefined && served.epoch < settled.epoch) {
      return true;
    }
    if (served.store !== own.store) return false;
    const at = this.#starts.findIndex(({ epoch }) => epoch === served.epoch);
    if (at < 0) return false;
    return served.revision <= (this.#starts[at + 1]?.from ?? own.revision);
  }

  snapshot(): LineageSnapshot {
    return { standing: this.#standing, starts: [...this.#starts] };
  }
}

/** What a daemon says of the table that answered it last. */
export type Served = NonNullable<Extract<ToNameServer, { readonly kind: 'register' }>['served']>;

/** One start of a name server on a table. */
export interface TableStart {
  readonly epoch: number;
  /** The table's revision at that moment. */
  readonly from: number;
}

/**
 * How far a table can be believed.
 *
 * `new`: it has never answered anybody. `doubted`: it may be an older copy. `settled`: it was the word on
 * all groups at the last of its starts.
 */
export type TableStanding = 'new' | 'doubted' | 'settled';

/** A lineage as a store keeps it. */
export interface LineageSnapshot {
  readonly standing: TableStanding;
  readonly starts: readonly TableStart[];
}

/** Starts that are kept; beyond, the oldest are forgotten, and who was served then counts as unknown. */
const STARTS_MAX = 1_000;
