import type { ClientView } from '@group-services/wire';
import type { HandleEvent } from '../handles.js';
import type { Checker } from './checker.js';
import { Violation } from './violation.js';

type Change = NonNullable<Extract<HandleEvent, { kind: 'approved' }>['message']['membership']>;

/**
 * All handles of a group see the same views: one fence has one view, fences grow strictly at every
 * handle, versions count one by one within a life, and a new list is the old one without those who
 * left, with the joined at its end.
 */
export class ViewSequence implements Checker {
  readonly name = 'view-sequence';
  readonly #agreedResults: boolean;
  readonly #byFence = new Map<string, { readonly text: string; readonly by: string }>();
  readonly #current = new Map<string, ClientView>();

  /** A list that was delivered agreed may have been lost with its daemon, and its fence used again. */
  constructor({ agreedResults }: { readonly agreedResults: boolean }) {
    this.#agreedResults = agreedResults;
  }

  handle(event: HandleEvent): void {
    const { record } = event;
    if (event.kind === 'closed' || event.kind === 'removed' || event.kind === 'dissolved') {
      if (event.kind !== 'dissolved') this.#current.delete(record.key);
      return;
    }
    if (event.kind === 'snapshot') {
      const { view } = event.snapshot;
      if (view.fence === '') return;
      this.#sameEverywhere(record.group, record.key, view);
      this.#notOlder(record.key, view);
      if (record.membership) this.#current.set(record.key, view);
      return;
    }
    if (event.kind !== 'approved' && event.kind !== 'rejected') return;
    if (event.message.membership === undefined) return;
    if (!record.membership) {
      throw new Violation(this.name, `${record.key} sees a list that it did not ask for`);
    }
    const change = event.message.membership;
    this.#sameEverywhere(record.group, record.key, change.view);
    this.#grows(record.key, change.view);
    this.#follows(record.key, change);
    this.#current.set(record.key, change.view);
  }

  #sameEverywhere(group: string, by: string, view: ClientView): void {
    if (this.#agreedResults) return;
    const text = `${view.version} [${view.providers.join(' ')}] ${view.numbers.join(' ')}`;
    const place = `${group} ${view.fence}`;
    const known = this.#byFence.get(place);
    if (known === undefined) this.#byFence.set(place, { text, by });
    else if (known.text !== text) {
      throw new Violation(
        this.name,
        `${place} is ${known.text} at ${known.by} and ${text} at ${by}`,
      );
    }
  }

  /** A subscription that goes on after a gap may find the same view again. */
  #notOlder(key: string, view: ClientView): void {
    const before = this.#current.get(key);
    if (before !== undefined && view.fence < before.fence) {
      throw new Violation(this.name, `${key} sees fence ${view.fence} after ${before.fence}`);
    }
  }

  #grows(key: string, view: ClientView): void {
    const before = this.#current.get(key);
    if (before !== undefined && view.fence <= before.fence) {
      throw new Violation(this.name, `${key} sees fence ${view.fence} after ${before.fence}`);
    }
  }

  #follows(key: string, { view, joined, left }: Change): void {
    const before = this.#current.get(key);
    if (before === undefined) return;
    const gone = new Set(left.map((departure) => departure.provider));
    const expected = [...before.providers.filter((provider) => !gone.has(provider)), ...joined];
    const inOrder = expected.join(' ') === view.providers.join(' ');
    const known = left.every((departure) => before.providers.includes(departure.provider));
    if (inOrder && known && view.version === before.version + 1) return;
    const list = `${view.version} [${view.providers.join(' ')}]`;
    const old = `${before.version} [${before.providers.join(' ')}]`;
    const changed = `joined [${joined.join(' ')}], left [${[...gone].join(' ')}]`;
    throw new Violation(this.name, `${key} sees ${list} after ${old} with ${changed}`);
  }
}
