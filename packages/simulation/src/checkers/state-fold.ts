import { changeAt } from '@group-services/testkit';
import { type HandleEvent, type HandleRecord, viewPositionOfFence } from '../handles.js';
import { hex, textOfHex } from '../hex.js';
import type { Checker, FinalState } from './checker.js';
import { type DeliveryRules, isConfirming, isPlaced } from './content.js';
import { Intervals } from './intervals.js';
import { Unconfirmed } from './unconfirmed.js';
import { Violation } from './violation.js';

/**
 * The state value is the fold of the approved changes: what a snapshot shows is what the last change
 * at or before its position left, or nothing at the beginning of a life.
 *
 * Agreed messages count as seen once something safe after them confirmed them at the same handle, or
 * the handle lives at the end: the tail that only a lost daemon showed may have been replaced, and a
 * change that nobody lived to see may stand in its place.
 */
export class StateFold implements Checker {
  readonly name = 'state-fold';
  readonly #rules: DeliveryRules;
  readonly #unconfirmed = new Map<string, Shown>();
  readonly #changed: Unconfirmed<PlacedChange>;
  readonly #followers = new Map<string, Follower>();
  readonly #streams = new Map<string, Folded>();

  constructor(rules: DeliveryRules) {
    this.#rules = rules;
    this.#changed = new Unconfirmed(rules);
  }

  handle(event: HandleEvent): void {
    const { record } = event;
    this.#follow(event);
    this.#confirmShown(event);
    const folded = this.#folded(`${record.group} ${record.generation ?? 0}`);
    if (event.kind === 'snapshot') {
      if (event.snapshot.view.fence === '') return;
      const { position, stateValue, view } = event.snapshot;
      const value = stateValue === null ? NONE : hex(stateValue);
      // A new provider is shown the value from before its join, whose riders may change it.
      const isJoin = record.role === 'provider' && view.version > 1;
      const shownAt = isJoin ? position - 1 : position;
      if (record.state) {
        const shown = { by: record.key, position: shownAt, value, isLost: false };
        folded.shown.push(shown);
        this.#unconfirmed.set(record.key, shown);
      }
      // The first view of a life begins without a value.
      if (view.version === 1) begins(folded, viewPositionOfFence(view.fence), record);
    } else if (event.kind === 'approved') {
      const { position, state, membership } = event.message;
      if (membership?.version === 1) {
        begins(folded, position, record);
      }
      if (state !== undefined) {
        const change = { position, value: hex(state.value), by: record.key };
        this.#changed.add(record, { ...change, folded });
      }
    }
    this.#place(this.#changed.confirmedBy(event));
  }

  #place(changes: readonly PlacedChange[]): void {
    for (const { folded, ...change } of changes) folded.changes.set(change.position, change);
  }

  finish(final: FinalState): void {
    this.#place(this.#changed.confirmedAtEnd(final.openHandles));
    for (const { key } of final.openHandles) {
      const follower = this.#followers.get(key);
      if (follower !== undefined) this.#confirm(follower, follower.last);
    }
    for (const [stream, { changes, shown, seen }] of this.#streams) {
      for (const { by, position, value, isLost } of shown) {
        if (isLost) continue;
        const last = changeAt(changes.values(), position);
        if (last === undefined || last.value === value) continue;
        const at = last.position;
        // A change that no client lived to see leaves nothing to compare a value with.
        if (at < position && !seen.covers(at + 1, position)) continue;
        const shownThere = `${by} is shown ${readable(value)} in ${stream} at ${position}`;
        const changed = `${last.by} saw ${readable(last.value)} at ${at}`;
        throw new Violation(this.name, `${shownThere}, but ${changed}`);
      }
    }
  }

  /** A snapshot may show agreed messages that only a lost daemon had, until something safe follows. */
  #confirmShown(event: HandleEvent): void {
    const { key } = event.record;
    const shown = this.#unconfirmed.get(key);
    if (shown === undefined) return;
    // A persistent subscription that begins again may have been shown what its daemon lost.
    if (event.kind === 'closed' || event.kind === 'removed' || event.kind === 'snapshot') {
      shown.isLost = true;
      this.#unconfirmed.delete(key);
    } else if (isPlaced(event) && isConfirming(event, this.#rules)) this.#unconfirmed.delete(key);
  }

  /** What a provider saw from one event to the next is all there was. */
  #follow(event: HandleEvent): void {
    const { record } = event;
    if (record.role !== 'provider') return;
    const follower = this.#followers.get(record.key);
    if (event.kind === 'snapshot') {
      const { position } = event.snapshot;
      this.#followers.set(record.key, { record, confirmed: position, last: position });
    } else if (event.kind === 'closed' || event.kind === 'removed') {
      this.#followers.delete(record.key);
    } else if (isPlaced(event) && follower !== undefined) {
      const { position } = event.message;
      follower.last = position;
      if (isConfirming(event, this.#rules)) this.#confirm(follower, position);
    }
  }

  #confirm(follower: Follower, upTo: number): void {
    const { group, generation } = follower.record;
    this.#folded(`${group} ${generation ?? 0}`).seen.add(follower.confirmed + 1, upTo);
    follower.confirmed = upTo;
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

interface Shown {
  /** Whether nothing safe followed before its handle ended: then it may be of a tail that was lost. */
  isLost: boolean;
  readonly by: string;
  readonly position: number;
  readonly value: string;
}

interface Change {
  readonly position: number;
  readonly value: string;
  readonly by: string;
}

interface PlacedChange extends Change {
  readonly folded: Folded;
}

/** State changes and starts of lives in one generation of one group. */
interface Folded {
  readonly changes: Map<number, Change>;
  readonly shown: Shown[];
  /** Where some provider saw everything there was. */
  readonly seen: Intervals;
}

/** How far one provider has followed its group. */
interface Follower {
  readonly record: HandleRecord;
  /** Everything up to here is the same for everybody. */
  confirmed: number;
  last: number;
}

const NONE = 'none';

/** A life of a group begins without a value. */
function begins({ changes }: Folded, position: number, { key }: HandleRecord): void {
  changes.set(position, { position, value: NONE, by: key });
}

/** The beginning of a value as text: payloads name themselves. */
function readable(value: string): string {
  return value === NONE ? NONE : textOfHex(value.slice(0, 48));
}
