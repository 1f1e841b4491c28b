import type { HandleEvent } from '../handles.js';
import type { Checker, FinalState } from './checker.js';
import { hex } from './content.js';
import { Violation } from './violation.js';

interface Shown {
  readonly by: string;
  readonly position: number;
  readonly value: string;
}

/** State changes and starts of lives in one generation of one group. */
interface Folded {
  readonly changes: Map<number, string>;
  readonly shown: Shown[];
}

const NONE = 'none';

/**
 * The state value is the fold of the approved changes: what a snapshot shows is what the last change
 * at or before its position left, or nothing at the beginning of a life.
 */
export class StateFold implements Checker {
  readonly name = 'state-fold';
  readonly #streams = new Map<string, Folded>();

  handle(event: HandleEvent): void {
    const { record } = event;
    const folded = this.#folded(`${record.group} ${record.generation ?? 0}`);
    if (event.kind === 'snapshot') {
      if (event.snapshot.view.fence === '') return;
      const { position, stateValue, view } = event.snapshot;
      const value = stateValue === null ? NONE : hex(stateValue);
      if (record.state) folded.shown.push({ by: record.key, position, value });
      // The first view of a life begins without a value.
      if (view.version === 1) folded.changes.set(viewPosition(view.fence), NONE);
    } else if (event.kind === 'approved') {
      const { position, state, membership } = event.message;
      if (membership?.view.version === 1) folded.changes.set(position, NONE);
      if (state !== undefined) folded.changes.set(position, hex(state.value));
    }
  }

  finish(_final: FinalState): void {
    for (const [stream, { changes, shown }] of this.#streams) {
      const positions = [...changes.keys()].sort((a, b) => a - b);
      for (const { by, position, value } of shown) {
        const last = positions.findLast((changed) => changed <= position);
        const expected = last === undefined ? NONE : changes.get(last);
        // A change that no client lived to see leaves nothing to compare a later value with.
        if (expected === value || (last === undefined && value !== NONE)) continue;
        const where = `${stream} at ${position}`;
        throw new Violation(this.name, `${by} is shown ${value} in ${where}, not ${expected}`);
      }
    }
  }

  #folded(stream: string): Folded {
    let folded = this.#streams.get(stream);
    if (folded === undefined) {
      folded = { changes: new Map(), shown: [] };
      this.#streams.set(stream, folded);
    }
    return folded;
  }
}

function viewPosition(fence: string): number {
  return Number(fence.slice(fence.indexOf('-') + 1));
}
