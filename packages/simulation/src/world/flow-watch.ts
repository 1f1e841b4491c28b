import type { DaemonId, Instant, MembershipId } from '@group-services/core';
import type { InternalEvent } from '../checkers/checker.js';
import type { DaemonUnderTest } from './engines.js';
import type { Shared } from './shared.js';

/** Shows the figures of one daemon that have bounds to the checkers. */
export class FlowWatch {
  readonly #shared: FlowShared;
  readonly #daemon: DaemonId;
  readonly #discarded = new Map<MembershipId, number>();

  constructor(shared: FlowShared, daemon: DaemonId) {
    this.#shared = shared;
    this.#daemon = daemon;
  }

  /** At every message that a leader places: what it and everybody has to keep now. */
  observed({ membership, fact, group }: InternalEvent): void {
    if (fact.kind === 'based') this.#discarded.set(membership, fact.position);
    else if (fact.kind === 'discarded') this.#discarded.set(membership, fact.upTo);
    else if (fact.kind === 'ended') this.#discarded.delete(membership);
    else if (fact.kind === 'placed') {
      const value = fact.seq - (this.#discarded.get(membership) ?? 0);
      this.#show(`unstable messages of ${group}`, value, this.#messagesMax());
    }
  }

  /** Everything that is counted, in one group or in all. */
  sample(engine: DaemonUnderTest, only?: string): void {
    const bytesMax =
      this.#shared.profile.limits.maxUnstableBytes + BYTES_OF_ONE_STEP + BYTES_OF_VIEWS;
    for (const { group, stream } of engine.inspect?.().groups ?? []) {
      if (stream === undefined || (only !== undefined && group !== only)) continue;
      this.#show(`retained bytes of ${group}`, stream.retainedBytes, bytesMax);
      this.#show(`retained messages of ${group}`, stream.retained, this.#messagesMax());
    }
  }

  /** After the liveness phase nothing waits and nothing is kept. */
  isAtRest(engine: DaemonUnderTest, clients: number): void {
    const status = engine.inspect?.();
    if (status === undefined) return;
    for (const { group, stream, local } of status.groups) {
      this.#show(`waiting joins of ${group} at rest`, local.waitingJoins, 0);
      this.#show(`waiting proposals of ${group} at rest`, local.waitingProposals, 0);
      this.#show(`queued proposals of ${group} at rest`, local.queued, 0);
      if (stream === undefined) continue;
      this.#show(`retained messages of ${group} at rest`, stream.retained, 0);
      this.#show(`retained bytes of ${group} at rest`, stream.retainedBytes, 0);
      this.#show(`open requests of ${group} at rest`, stream.requests, 0);
    }
    const pressing = status.clients.flatMap((client) => client.pressing);
    this.#show('handles that press at rest', pressing.length, 0);
    const watched = new Set(
      status.groups.flatMap(({ daemons }) => daemons.map(({ node }) => node)),
    );
    this.#show('groups at rest', status.groups.length, this.#shared.profile.groups);
    this.#show('watched peers at rest', status.peers.length, Math.max(0, watched.size - 1));
    this.#show('client connections at rest', status.clients.length, clients);
  }

  #messagesMax(): number {
    return this.#shared.profile.limits.maxUnstableMessages + MESSAGES_OF_ONE_STEP + VIEWS;
  }

  #show(what: string, value: number, bound: number): void {
    const { time, witnesses } = this.#shared;
    witnesses.sample({ at: time.now, daemon: this.#daemon, what, value, bound });
  }
}

/** What one step may place after the one message that fills the bound. */
const MESSAGES_OF_ONE_STEP = 64;
const BYTES_OF_ONE_STEP = 256 * 1024;
/** Views are never held back. */
const VIEWS = 32;
const BYTES_OF_VIEWS = 64 * 1024;

/** What it needs of what all parts of a domain share. */
type FlowShared = Pick<Shared, 'profile' | 'witnesses'> & {
  readonly time: { readonly now: Instant };
};
