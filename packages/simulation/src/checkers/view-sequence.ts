import { Agreed, listProblems } from '@group-services/testkit';
import type { ClientView, ViewChange } from '@group-services/wire';
import type { HandleEvent } from '../handles.js';
import type { Checker } from './checker.js';
import { Violation } from './violation.js';

/**
 * All handles of a group see the same views: one fence has one view, whether a snapshot shows it or it
 * comes of changes one by one, fences grow strictly at every handle, versions count one by one within a
 * life, only those leave who are on the list, and only others join it. Who is on it has the same labels
 * everywhere, and nobody else has any. Lists are safe in every group.
 */
export class ViewSequence implements Checker {
  readonly name = 'view-sequence';
  readonly #byFence = new Agreed();
  readonly #current = new Map<string, ClientView>();

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
    const { view, message } = event;
    const change = message.membership;
    if (change === undefined) return;
    if (!record.membership) {
      throw new Violation(this.name, `${record.key} sees a list that it did not ask for`);
    }
    this.#follows(record.key, view, change);
    if (view === undefined) throw new Violation(this.name, `${record.key} has no list to change`);
    this.#sameEverywhere(record.group, record.key, view);
    this.#current.set(record.key, view);
  }

  #sameEverywhere(group: string, by: string, view: ClientView): void {
    const list = `[${view.providers.join(' ')}] ${view.numbers.join(' ')}`;
    const text = `${view.version} ${list} ${labelsText(view)}`;
    const place = `${group} ${view.fence}`;
    const first = this.#byFence.differing(place, text, by);
    if (first === undefined) return;
    throw new Violation(this.name, `${place} is ${first.text} at ${first.by} and ${text} at ${by}`);
  }

  /** A subscription that goes on after a gap may find the same view again. */
  #notOlder(key: string, view: ClientView): void {
    const before = this.#current.get(key);
    if (before !== undefined && view.fence < before.fence) {
      throw new Violation(this.name, `${key} sees fence ${view.fence} after ${before.fence}`);
    }
  }

  #follows(key: string, view: ClientView | undefined, change: ViewChange): void {
    const before = this.#current.get(key);
    const problems = before === undefined ? [] : listProblems(before, view, change);
    for (const problem of problems) throw new Violation(this.name, `${key}: ${problem}`);
  }
}

/** In the order of the list; labels of somebody who is not on it come last. */
function labelsText({ providers, labels = {} }: ClientView): string {
  const others = Object.keys(labels).filter((id) => !providers.includes(id));
  const each = [...providers, ...others].flatMap((id) => {
    const theirs = labels[id];
    return theirs === undefined ? [] : [`${id}: ${JSON.stringify(theirs)}`];
  });
  return others.length === 0 ? each.join(' ') : `${each.join(' ')} (${others.join(' ')} unlisted)`;
}
