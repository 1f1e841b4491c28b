import { type DaemonId, type NodeName, nodeOf } from '@group-services/core';
import { ACCUSERS_SHOWN_MAX, type FromNameServer, type ToNameServer } from '@group-services/wire';
import type { Outbox } from './outbox.js';
import type { Roster } from './roster.js';

/**
 * Who says that it cannot dial whom, and why. A daemon that gives an address which nobody can use does not
 * notice, as it dials the others itself; they cannot tell it. So they say it here, it is passed on, and
 * operators see it in the list of nodes.
 *
 * Of daemons that are connected here alone: that nobody answers in the place of a dead one is no news. What a
 * daemon says is forgotten with its connection; it says it anew with the next.
 */
export class Accusations {
  readonly #roster: Roster;
  readonly #outbox: Outbox;
  /** By the accused, then by the node of the accuser. */
  readonly #all = new Map<DaemonId, Map<NodeName, Accusation>>();

  constructor({ roster, outbox }: { readonly roster: Roster; readonly outbox: Outbox }) {
    this.#roster = roster;
    this.#outbox = outbox;
  }

  say(from: DaemonId, { daemon, address, why }: NotReached): void {
    if (why === null) return this.#takeBack(daemon, nodeOf(from));
    if (daemon === from || !this.#roster.isConnected(daemon)) return;
    const by = nodeOf(from);
    const accusations = this.#all.get(daemon) ?? new Map<NodeName, Accusation>();
    const known = accusations.get(by);
    if (known?.why === why && known.address === address) return;
    if (known === undefined && accusations.size >= ACCUSERS_MAX) return;
    this.#all.set(daemon, accusations.set(by, { address, why }));
    this.#outbox.warn('daemon-not-reached', { daemon, by, address, why });
    this.#outbox.send(daemon, { kind: 'not-reached', by, address, why });
  }

  /** Its connection is over, or a new one begins. */
  forget(daemon: DaemonId): void {
    this.#all.delete(daemon);
    for (const accused of [...this.#all.keys()]) this.#takeBack(accused, nodeOf(daemon));
  }

  /** For the list of nodes. */
  of(daemon: DaemonId): Listed['nodes'][number]['notReachedBy'] {
    const accusations = this.#all.get(daemon);
    if (accusations === undefined) return undefined;
    const shown = [...accusations].slice(0, ACCUSERS_SHOWN_MAX);
    return shown.map(([node, { why }]) => ({ node, why }));
  }

  #takeBack(daemon: DaemonId, by: NodeName): void {
    const accusations = this.#all.get(daemon);
    const known = accusations?.get(by);
    if (accusations === undefined || known === undefined) return;
    accusations.delete(by);
    if (accusations.size === 0) this.#all.delete(daemon);
    this.#outbox.info('daemon-reached-again', { daemon, by, address: known.address });
    this.#outbox.send(daemon, { kind: 'not-reached', by, address: known.address, why: null });
  }
}

type Listed = Extract<FromNameServer, { readonly kind: 'listed' }>;
type NotReached = Extract<ToNameServer, { readonly kind: 'not-reached' }>;

/** Daemons that are remembered of those that cannot reach one and the same. */
const ACCUSERS_MAX = 64;

interface Accusation {
  readonly address: string;
  readonly why: string;
}
