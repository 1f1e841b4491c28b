import type { DaemonId, Instant } from '@group-services/core';
import { NEVER } from '@group-services/core';
import type { NodeMessage } from '@group-services/wire';
import type { Peers } from './peers.js';
import type { Shared } from './shared.js';

/**
 * Questions and answers of operators between daemons that may share no group: a link that nothing else
 * needs is kept for a while, since whoever asks once asks again, and then given back.
 */
export class QuestionLinks {
  readonly #shared: Shared;
  readonly #peers: Pick<Peers, 'release' | 'send'>;
  /** Links made for a question, and until when. */
  readonly #until = new Map<DaemonId, Instant>();

  constructor(shared: Shared, peers: Pick<Peers, 'release' | 'send'>) {
    this.#shared = shared;
    this.#peers = peers;
  }

  send(peer: DaemonId, message: NodeMessage): void {
    this.#until.set(peer, this.#shared.now + LINK_MS);
    this.#peers.send(peer, { kind: 'node', message });
  }

  deadline(): Instant {
    return Math.min(NEVER, ...this.#until.values());
  }

  onDeadline(): void {
    const { now } = this.#shared;
    for (const [peer, until] of this.#until) {
      if (until > now) continue;
      this.#until.delete(peer);
      this.#peers.release(peer);
    }
  }
}

/** A link with a daemon that shares no group is kept for so long after a question or answer. */
const LINK_MS = 10_000;
