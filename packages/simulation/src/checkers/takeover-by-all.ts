import type { MembershipId } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { Checker, InternalEvent } from './checker.js';
import { Violation } from './violation.js';

/**
 * A leader that takes over places nothing before every other member of its list has promised that very
 * version: stability means all, and who follows an older version would refuse what the leader says.
 */
export class TakeoverByAll implements Checker {
  readonly name = 'takeover-by-all';
  /** Lists whose leader is another one than before, by generation and version, until it speaks. */
  readonly #takeovers = new Map<string, Entry>();
  readonly #promises = new Set<string>();

  entry(entry: Entry): void {
    const { generation, version, since, members } = entry;
    if (since !== version || version === 1 || members.length === 1) return;
    const key = `${generation}:${version}`;
    if (!this.#takeovers.has(key)) this.#takeovers.set(key, entry);
  }

  internal({ generation, membership, fact }: InternalEvent): void {
    if (fact.kind === 'promised') {
      this.#promises.add(`${membership} ${generation}:${fact.version}`);
    } else if (fact.kind === 'placed') this.#places(membership, `${generation}:${fact.version}`);
  }

  #places(leader: MembershipId, version: string): void {
    const entry = this.#takeovers.get(version);
    if (entry === undefined || entry.leader !== leader) return;
    this.#takeovers.delete(version);
    for (const { id } of entry.members) {
      if (id === leader || this.#promises.has(`${id} ${version}`)) continue;
      throw new Violation(this.name, `${leader} leads ${version}, which ${id} has not promised`);
    }
  }
}
