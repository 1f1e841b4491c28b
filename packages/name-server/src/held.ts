import { type DaemonId, daemonOf, type GroupName } from '@group-services/core';
import { type Entry, HoldingsDigest } from '@group-services/wire';

/**
 * What each daemon would hold if it knew every entry that lists it: as a digest, to be compared with what it says
 * of itself. Kept with each change of an entry, so that a renewal costs the same for one group and for thousands.
 */
export class HeldByDaemons {
  readonly #held = new Map<DaemonId, Held>();

  add(entry: Entry): void {
    const { group, generation, version, members } = entry;
    const isWhole = members.every(({ full }) => full);
    for (const { id: membership } of members) {
      const held = this.#of(daemonOf(membership));
      held.count += 1;
      held.digest.add({ group, generation, version, membership });
      if (!isWhole) held.joining.add(group);
    }
  }

  remove(entry: Entry): void {
    const { group, generation, version, members } = entry;
    for (const { id: membership } of members) {
      const daemon = daemonOf(membership);
      const held = this.#of(daemon);
      held.count -= 1;
      held.digest.remove({ group, generation, version, membership });
      held.joining.delete(group);
      if (held.count === 0) this.#held.delete(daemon);
    }
  }

  digestOf(daemon: DaemonId): string {
    return this.#held.get(daemon)?.digest.text ?? NOTHING;
  }

  /** Groups of a daemon in which somebody is not full yet. */
  joiningOf(daemon: DaemonId): Iterable<GroupName> {
    return this.#held.get(daemon)?.joining ?? [];
  }

  #of(daemon: DaemonId): Held {
    let held = this.#held.get(daemon);
    if (held === undefined) {
      held = { count: 0, digest: new HoldingsDigest(), joining: new Set() };
      this.#held.set(daemon, held);
    }
    return held;
  }
}

const NOTHING = new HoldingsDigest().text;

interface Held {
  /** Memberships that entries list. */
  count: number;
  readonly digest: HoldingsDigest;
  readonly joining: Set<GroupName>;
}
