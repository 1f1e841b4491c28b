import type { Rng } from '@group-services/core';
import { encodeFromClient, joinFrame, type ToClient } from '@group-services/wire';
import type { DaemonNode } from '../world/daemon-node.js';
import type { Shared } from '../world/shared.js';

const AGAIN_MAX_MS = 500;

/** A process that does nothing but watch which daemons there are, through the daemon of its node (B12). */
export class NodesWatcher {
  readonly #shared: Shared;
  readonly #node: DaemonNode;
  readonly #rng: Rng;
  #connections = 0;

  constructor(shared: Shared, node: DaemonNode, rng: Rng) {
    this.#shared = shared;
    this.#node = node;
    this.#rng = rng;
  }

  start(): void {
    this.#shared.time.after(this.#rng.next() * AGAIN_MAX_MS, () => this.#connect());
  }

  #connect(): void {
    const { witnesses, time, counters } = this.#shared;
    this.#connections += 1;
    const client = `w${this.#node.node}.${this.#connections}`;
    const connection = this.#node.connect({
      label: client,
      isBeside: true,
      received: (message) => this.#received(client, message),
      closed: () => {
        witnesses.nodes({ at: time.now, client, kind: 'closed' });
        this.start();
      },
    });
    if (connection === undefined || !connection.features.has('nodes')) return this.start();
    counters.count('nodes are watched');
    const asked = { kind: 'watch-nodes', request: 1, handle: 1, timeout: 0 } as const;
    connection.send(joinFrame(encodeFromClient(asked)));
  }

  #received(client: string, message: ToClient): void {
    const { witnesses, time, counters } = this.#shared;
    const at = time.now;
    if (message.kind === 'subscribed' && message.snapshot !== null) {
      witnesses.nodes({ at, client, kind: 'snapshot', snapshot: message.snapshot });
    } else if (message.kind === 'approved') {
      counters.count('watched nodes: changes told');
      witnesses.nodes({ at, client, kind: 'change', message });
    }
  }
}
