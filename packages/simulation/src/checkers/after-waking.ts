import { type DaemonId, daemonOf } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { Checker, Presence } from './checker.js';
import { Violation } from './violation.js';

/**
 * A daemon that was away, and was removed from a group meanwhile, hands out nothing of that group before
 * it has heard anybody who has spoken since it woke up. Its processes would take decisions on a list that
 * has not been true for long.
 */
export class AfterWaking implements Checker {
  readonly name = 'after-waking';
  readonly #groups = new Map<string, Group>();
  /** The groups that a daemon was removed from before it woke up, until it has heard somebody. */
  readonly #removedFrom = new Map<DaemonId, ReadonlySet<string>>();

  entry({ group, members }: Entry): void {
    const listed = new Set(members.map(({ id }) => daemonOf(id)));
    const known = this.#groups.get(group)?.known ?? new Set();
    for (const daemon of listed) known.add(daemon);
    this.#groups.set(group, { known, listed });
  }

  presence(event: Presence): void {
    const { daemon } = event;
    if (event.kind === 'woken') this.#removedFrom.set(daemon, this.#without(daemon));
    else if (event.kind === 'heard') this.#removedFrom.delete(daemon);
    else if (this.#removedFrom.get(daemon)?.has(event.group) === true) {
      const what = `${daemon} hands out ${event.what} of ${event.group}`;
      throw new Violation(this.name, `${what}, from which it was removed while it was away`);
    }
  }

  #without(daemon: DaemonId): ReadonlySet<string> {
    const groups = [...this.#groups];
    const removed = groups.filter(
      ([, { known, listed }]) => known.has(daemon) && !listed.has(daemon),
    );
    return new Set(removed.map(([group]) => group));
  }
}

interface Group {
  /** All that were ever listed. */
  readonly known: Set<DaemonId>;
  listed: ReadonlySet<DaemonId>;
}
