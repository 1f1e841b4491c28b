import type { HandleEvent } from '../handles.js';
import type { Checker, FinalState } from './checker.js';
import { hex } from './content.js';
import { Intervals } from './intervals.js';
import { Violation } from './violation.js';

interface Shown {
  readonly by: string;
  readonly position: number;
  readonly value: string;
}

interface Change {
  readonly value: string;
  readonly by: string;
}

/** State changes and starts of lives in one generation of one group. */
interface Folded {
  readonly changes: Map<number, Change>;
  readonly shown: Shown[];
  /** Where some provider saw everything there was. */
  readonly seen: Intervals;
}

const NONE = 'none';

/**
 * The state value is the fold of the approved changes: what a snapshot shows is what the last change
 * at or before its position left, or nothing at the beginning of a life.
 */
export class StateFold implements Checker {
  readonly name = 'state-fold';
  readonly #last = new Map<string, number>();
  readonly #streams = new Map<string, Folded>();

  handle(event: HandleEvent): void {
    const { record } = event;
    this.#follow(event);
    const folded = this.#folded(`${record.group} ${record.generation ?? 0}`);
    if (event.kind === 'snapshot') {
      if (event.snapshot.view.fence === '') return;
      const { position, stateValue, view } = event.snapshot;
      const value = stateValue === null ? NONE : hex(stateValue);
      if (record.state) folded.shown.push({ by: record.key, position, value });
      // The first view of a life begins without a value.
      if (view.version === 1)
        folded.changes.set(viewPosition(view.fence), { value: NONE, by: record.key });
    } else if (event.kind === 'approved') {
      const { position, state, membership } = event.message;
      if (membership?.view.version === 1) {
        folded.changes.set(position, { value: NONE, by: record.key });
      }
      if (state !== undefined) {
        folded.changes.set(position, { value: hex(state.value), by: record.key });
      }
    }
  }

  finish(_final: FinalState): void {
    for (const [stream, { changes, shown, seen }] of this.#streams) {
      const positions = [...changes.keys()].sort((a, b) => a - b);
      for (const { by, position, value } of shown) {
        const at = positions.findLast((changed) => changed <= position);
        const last = at === undefined ? undefined : changes.get(at);
        if (at === undefined || last === undefined || last.value === value) continue;
        // A change that no client lived to see leaves nothing to compare a value with.
        if (!seen.covers(at, position)) continue;
        const shownThere = `${by} is shown ${readable(value)} in ${stream} at ${position}`;
        const changed = `${last.by} saw ${readable(last.value)} at ${at}`;
        throw new Violation(this.name, `${shownThere}, but ${changed}`);
      }
    }
  }

  /** What a provider saw from one event to the next is all there was. */
  #follow(event: HandleEvent): void {
    const { key, role, group, generation } = event.record;
    if (role !== 'provider') return;
    if (event.kind === 'snapshot') this.#last.set(key, event.snapshot.position);
    else if (event.kind === 'closed' || event.kind === 'removed') this.#last.delete(key);
    else if (event.kind !== 'dissolved') {
      const { position } = event.message;
      const { seen } = this.#folded(`${group} ${generation ?? 0}`);
      seen.add(this.#last.get(key) ?? position, position);
      this.#last.set(key, position);
    }
  }

  #folded(stream: string): Folded {
    let folded = this.#streams.get(stream);
    if (folded === undefined) {
      folded = { changes: new Map(), shown: [], seen: new Intervals() };
      this.#streams.set(stream, folded);
    }
    return folded;
  }
}

function viewPosition(fence: string): number {
  return Number(fence.slice(fence.indexOf('-') + 1));
}

/** The beginning of a value as text: payloads name themselves. */
function readable(value: string): string {
  return value === NONE ? NONE : Buffer.from(value.slice(0, 48), 'hex').toString('latin1');
}
