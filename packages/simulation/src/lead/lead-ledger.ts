import { Violation } from '../checkers/violation.js';

/** What somebody has asked the name servers, and what had been answered by then. */
export interface Asked {
  readonly kind: 'read' | 'change';
  readonly group: string;
  /** The highest version that anybody had been told. */
  readonly floor: number;
}

/** What name servers have told, whichever of them: it must look as if there were one that forgets nothing. */
export class LeadLedger {
  readonly #told = new Map<string, number>();
  readonly #accepted = new Set<string>();
  changes = 0;

  asks(kind: Asked['kind'], group: string): Asked {
    return { kind, group, floor: this.#told.get(group) ?? 0 };
  }

  answered({ kind, group, floor }: Asked, version: number, by: string): void {
    if (version < floor) {
      const text = `${by} answers version ${version} of ${group}, of which ${floor} was told before it was asked`;
      throw new Violation('one-table', text);
    }
    if (kind === 'change') {
      const key = `${group} ${version}`;
      if (this.#accepted.has(key)) {
        throw new Violation('one-table', `${by} accepts version ${version} of ${group} once more`);
      }
      this.#accepted.add(key);
      this.changes += 1;
    }
    this.#told.set(group, Math.max(version, this.#told.get(group) ?? 0));
  }

  /** `others`: those whose word counts as well. */
  activated(who: string, others: readonly string[]): void {
    if (others.length === 0) return;
    throw new Violation('one-active', `${who} becomes active, and so is ${others.join(' and ')}`);
  }

  /** Everything has been well for long enough. */
  finish(changesBefore: number): void {
    if (this.changes > changesBefore) return;
    throw new Violation('lead-returns', 'nobody accepts a change although everything is well');
  }
}
