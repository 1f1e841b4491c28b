import { daemonOf, type MembershipId } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import type { Checker, FinalState, InternalEvent } from './checker.js';
import { Violation } from './violation.js';

/**
 * Within a bounded time after faults stop every group has one leader, its live daemons agree on one
 * list that names exactly them, and the stream is quiesced: everybody has everything and keeps
 * nothing.
 */
export class Liveness implements Checker {
  readonly name = 'liveness';
  readonly eventual = true;
  readonly #standings = new Map<MembershipId, Standing>();

  internal({ fact, group, generation, membership }: InternalEvent): void {
    // Who is joining promises as well, and its message does not name the group.
    if (fact.kind === 'promised') return;
    if (fact.kind === 'ended') {
      this.#standings.delete(membership);
      return;
    }
    let standing = this.#standings.get(membership);
    if (standing === undefined) {
      standing = { group, generation, entry: undefined, delivered: 0, discarded: 0 };
      this.#standings.set(membership, standing);
    }
    if (fact.kind === 'installed') standing.entry = fact.entry;
    else if (fact.kind === 'delivered') standing.delivered = fact.seq;
    else if (fact.kind === 'discarded') standing.discarded = fact.upTo;
    else if (fact.kind === 'based') {
      standing.delivered = fact.position;
      standing.discarded = fact.position;
    }
  }

  finish(final: FinalState): void {
    const live = new Map<string, [MembershipId, Standing][]>();
    for (const [membership, standing] of this.#standings) {
      if (!final.liveDaemons.has(daemonOf(membership))) continue;
      const list = live.get(standing.group) ?? [];
      list.push([membership, standing]);
      live.set(standing.group, list);
    }
    for (const [group, standings] of live) {
      const entry = final.entries.find((candidate) => candidate.group === group);
      this.#agree(group, standings, entry);
    }
    for (const entry of final.entries) {
      if (live.has(entry.group)) continue;
      throw new Violation(this.name, `${entry.group} has an entry but no live daemon serves it`);
    }
  }

  #agree(group: string, standings: [MembershipId, Standing][], entry: Entry | undefined): void {
    const expected = entry?.members.map((member) => member.id) ?? [];
    const actual = standings.map(([membership]) => membership);
    if ([...expected].sort().join(' ') !== [...actual].sort().join(' ')) {
      const text = `the name server lists [${expected.join(' ')}], alive are [${actual.join(' ')}]`;
      throw new Violation(this.name, `${group}: ${text}`);
    }
    const last = Math.max(...standings.map(([, standing]) => standing.delivered));
    for (const [membership, standing] of standings) {
      if (standing.entry?.version !== entry?.version || standing.generation !== entry?.generation) {
        const view = `${standing.generation}/${standing.entry?.version}`;
        const text = `${membership} is at ${view}, not ${entry?.generation}/${entry?.version}`;
        throw new Violation(this.name, `${group}: ${text}`);
      }
      if (standing.delivered !== last || standing.discarded !== last) {
        const has = `delivered ${standing.delivered}, discarded ${standing.discarded}`;
        throw new Violation(
          this.name,
          `${group}: ${membership} ${has}, the stream ends at ${last}`,
        );
      }
    }
  }
}

interface Standing {
  readonly group: string;
  readonly generation: number;
  entry: Entry | undefined;
  delivered: number;
  discarded: number;
}
