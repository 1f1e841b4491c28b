import type { DaemonId, Instant, NodeName } from '@group-services/core';
import type { DaemonInput } from '@group-services/daemon-engine';
import {
  encodeNameServerMessage,
  type FromNameServer,
  joinFrame,
  type ToNameServer,
} from '@group-services/wire';
import type { NameServerClient, NameServerNode } from './name-server-node.js';
import { NAME_SERVER, type Shared } from './shared.js';
import type { Stream } from './stream.js';

/**
 * One daemon's connection to the name server: dials until it is there, and again when it is lost or
 * silent for a whole lease, as the real one does.
 */
export class NameServerConnection {
  readonly #shared: Shared;
  readonly #options: NameServerConnectionOptions;
  #stream: Stream | undefined;
  #ended = false;
  readonly #reconnectMs: number;

  constructor(shared: Shared, options: NameServerConnectionOptions) {
    this.#shared = shared;
    this.#options = options;
    this.#reconnectMs = Math.max(RECONNECT_LEAST_MS, shared.profile.timing.leaseMs / 60);
  }

  dial(): void {
    if (this.#ended) return;
    const { time, delays, reachability } = this.#shared;
    const { node, nameServer, isPaused, refused } = this.#options;
    time.after(delays.ordinary(), () => {
      if (this.#ended || this.#stream !== undefined) return;
      const free = reachability.reachesBothWays(node, NAME_SERVER) && !isPaused();
      const answer = free ? nameServer.accept(this.#end()) : undefined;
      if (answer === undefined) time.after(this.#reconnectMs, () => this.dial());
      else if (typeof answer === 'number') refused(answer);
      else this.#stream = answer;
    });
  }

  send(message: ToNameServer): void {
    this.#stream?.send(0, joinFrame(encodeNameServerMessage(message)));
  }

  /** The process is gone. */
  end(): void {
    this.#ended = true;
    this.#stream?.close(0);
  }

  #end(): NameServerClient {
    const { timing, isolation, leaderRecovery } = this.#shared.profile;
    const { leaseMs } = timing;
    const { id, address, node, enqueue } = this.#options;
    const { time } = this.#shared;
    let up = false;
    let over = false;
    let heardAt = time.now;
    // The real one starts a timer anew with every frame; a look every quarter of a lease is enough.
    const watch = (stream: Stream | undefined): void => {
      if (over || stream !== this.#stream || stream === undefined) return;
      if (time.now - heardAt >= leaseMs && !this.#options.isPaused()) stream.vanish(0);
      else time.after(leaseMs / 4, () => watch(stream));
    };
    return {
      id,
      address,
      place: node,
      welcomed: ({ epoch, store }) => {
        up = true;
        heardAt = time.now;
        enqueue({ kind: 'nameServerUp', epoch, store, leaseMs, isolation, leaderRecovery });
        watch(this.#stream);
      },
      received: (message, sentAt) => {
        heardAt = time.now;
        enqueue({ kind: 'fromNameServer', message }, sentAt);
        this.#doubled(message, () => over);
      },
      closed: () => {
        over = true;
        this.#stream = undefined;
        if (this.#ended) return;
        if (up) enqueue({ kind: 'nameServerDown' });
        time.after(this.#reconnectMs, () => this.dial());
      },
    };
  }

  /** An answer may come again later, since its question was repeated. */
  #doubled(message: FromNameServer, isOver: () => boolean): void {
    const { delays, time, counters } = this.#shared;
    if (!delays.doublesAnswer()) return;
    counters.count('answers of the name server doubled');
    time.after(delays.oneWay(), () => {
      if (!isOver() && !this.#ended) this.#options.enqueue({ kind: 'fromNameServer', message });
    });
  }
}

export interface NameServerConnectionOptions {
  readonly id: DaemonId;
  readonly node: NodeName;
  readonly address: string;
  readonly nameServer: NameServerNode;
  /** The process is stopped: it neither dials nor answers. */
  readonly isPaused: () => boolean;
  /** `sentAt`: when the name server said it. */
  readonly enqueue: (input: DaemonInput, sentAt?: Instant) => void;
  /** The name server knows a newer daemon of this node; its incarnation. */
  readonly refused: (floor: number) => void;
}

const RECONNECT_LEAST_MS = 50;
