import { type DaemonId, daemonOf } from '@group-services/core';
import type { GroupSession } from './group-session.js';

/**
 * By what the groups of a daemon are found, and which daemons all their lists name together.
 *
 * Kept up with each change of one group, never made anew: with thousands of groups that would cost more
 * than the change itself.
 */
export class SessionTables {
  /** A generation belongs to one group. */
  readonly #byGeneration = new Map<number, GroupSession>();
  /** A join number belongs to one attempt of one group. */
  readonly #byJoinNo = new Map<number, GroupSession>();
  /** What each session has contributed. */
  readonly #known = new Map<GroupSession, { generation: number; daemons: readonly DaemonId[] }>();
  /** In how many lists each other daemon is, and where it is reached. */
  readonly #lists = new Map<DaemonId, { count: number; address: string }>();
  #hasNewDaemons = false;

  ofGeneration(generation: number): GroupSession | undefined {
    return this.#byGeneration.get(generation);
  }

  ofJoinNo(joinNo: number): GroupSession | undefined {
    return this.#byJoinNo.get(joinNo);
  }

  /** Somebody came into the first list, went out of the last, or is reached elsewhere. */
  get hasNewDaemons(): boolean {
    return this.#hasNewDaemons;
  }

  /** Each with its address. */
  takeDaemons(): ReadonlyMap<DaemonId, string> {
    this.#hasNewDaemons = false;
    return new Map([...this.#lists].map(([daemon, { address }]) => [daemon, address]));
  }

  /** A session begins its next attempt. */
  numbered(session: GroupSession, before: number): void {
    this.#byJoinNo.delete(before);
    this.#byJoinNo.set(session.joinNo, session);
  }

  /** The generation or the list of a session is another one. */
  changed(session: GroupSession, self: DaemonId): void {
    const others = new Map<DaemonId, string>();
    for (const { id, address } of session.metagroup?.entry?.members ?? []) {
      if (daemonOf(id) !== self) others.set(daemonOf(id), address);
    }
    // First in, then out: who stays in its last list is not let go in between.
    for (const [daemon, address] of others) this.#add(daemon, address);
    this.#withdraw(session);
    this.#known.set(session, { generation: session.generation, daemons: [...others.keys()] });
    if (session.generation > 0) this.#byGeneration.set(session.generation, session);
  }

  forget(session: GroupSession): void {
    this.#withdraw(session);
    this.#known.delete(session);
    this.#byJoinNo.delete(session.joinNo);
  }

  #withdraw(session: GroupSession): void {
    const known = this.#known.get(session);
    if (known === undefined) return;
    for (const daemon of known.daemons) this.#remove(daemon);
    if (this.#byGeneration.get(known.generation) === session) {
      this.#byGeneration.delete(known.generation);
    }
  }

  #add(daemon: DaemonId, address: string): void {
    const known = this.#lists.get(daemon);
    if (known?.address !== address) this.#hasNewDaemons = true;
    this.#lists.set(daemon, { count: (known?.count ?? 0) + 1, address });
  }

  #remove(daemon: DaemonId): void {
    const known = this.#lists.get(daemon);
    if (known === undefined) return;
    known.count -= 1;
    if (known.count > 0) return;
    this.#lists.delete(daemon);
    this.#hasNewDaemons = true;
  }
}
