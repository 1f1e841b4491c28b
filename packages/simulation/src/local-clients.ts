import type { DaemonId, NodeName } from '@group-services/core';
import type { DaemonInput } from '@group-services/daemon-engine';
import {
  decodeFromClient,
  decodeToClient,
  encodeToClient,
  joinFrame,
  type ToClient,
} from '@group-services/wire';
import { Stream, type StreamEnd } from './stream.js';
import type { Surroundings } from './surroundings.js';
import { brief } from './timeline.js';

/** What a client's end of its connection hears. */
export interface DaemonClient {
  readonly label: string;
  received(message: ToClient): void;
  closed(): void;
}

/** A client's way to its daemon. */
export interface ClientConnection {
  send(frame: Uint8Array): void;
  /** Whether the process reads what comes. */
  setReading(reading: 'on' | 'off'): void;
  close(): void;
}

export interface LocalClientsOptions {
  readonly node: NodeName;
  readonly daemon: DaemonId;
  readonly enqueue: (input: DaemonInput) => void;
}

interface Served {
  readonly label: string;
  readonly stream: Stream;
}

/**
 * The connections of one daemon with the processes of its node. One whose process does not read is
 * disconnected when its buffer is full.
 */
export class LocalClients {
  readonly #around: Surroundings;
  readonly #options: LocalClientsOptions;
  readonly #served = new Map<number, Served>();
  #last = 0;

  constructor(around: Surroundings, options: LocalClientsOptions) {
    this.#around = around;
    this.#options = options;
  }

  get size(): number {
    return this.#served.size;
  }

  connect(client: DaemonClient): ClientConnection {
    const { time, reachability, delays, profile, handles } = this.#around;
    const { daemon, enqueue } = this.#options;
    this.#last += 1;
    const number = this.#last;
    const stream: Stream = new Stream(
      { time, reachability, delays, giveUpMs: profile.timing.leaseMs },
      [this.#processEnd(client), this.#daemonEnd(number, client.label)],
    );
    this.#served.set(number, { label: client.label, stream });
    handles.connected(client.label, daemon);
    enqueue({ kind: 'clientOpened', client: number, name: client.label });
    return {
      send: (frame) => stream.send(0, frame),
      setReading: (reading) => stream.setReading(0, reading),
      close: () => stream.close(0),
    };
  }

  send(client: number, message: ToClient): void {
    const served = this.#served.get(client);
    if (served === undefined) return;
    const { stream } = served;
    stream.send(1, joinFrame(encodeToClient(message)));
    if (stream.waitingBytes(0) <= this.#around.profile.limits.clientBufferBytes) return;
    this.#around.counters.count('clients disconnected since they read too slowly');
    this.#served.delete(client);
    this.#options.enqueue({ kind: 'clientClosed', client, detail: 'overloaded' });
    stream.reset();
  }

  close(client: number, reason: string): void {
    const served = this.#served.get(client);
    if (served === undefined) return;
    const { timeline, time } = this.#around;
    timeline.add(time.now, this.#options.node, `closes ${served.label}: ${reason}`);
    this.#served.delete(client);
    served.stream.close(1);
  }

  /** The process is gone: its kernel closes what it had open. */
  end(): void {
    for (const { stream } of this.#served.values()) stream.close(1);
  }

  #processEnd(client: DaemonClient): StreamEnd {
    const { time, timeline, handles } = this.#around;
    return {
      place: this.#options.node,
      received: (frame) => {
        const decoded = decodeToClient(frame);
        if (!decoded.ok) throw new Error(`undecodable frame to a client: ${decoded.error}`);
        timeline.add(time.now, client.label, '<', () => brief(decoded.value));
        handles.heard(client.label, decoded.value, time.now);
        client.received(decoded.value);
      },
      closed: () => {
        timeline.add(time.now, client.label, 'loses its connection');
        handles.disconnected(client.label, time.now);
        client.closed();
      },
    };
  }

  #daemonEnd(client: number, label: string): StreamEnd {
    const { time, timeline } = this.#around;
    const { node, enqueue } = this.#options;
    return {
      place: node,
      received: (frame) => {
        const decoded = decodeFromClient(frame);
        if (!decoded.ok) throw new Error(`undecodable frame of a client: ${decoded.error}`);
        timeline.add(time.now, node, `< ${label}`, () => brief(decoded.value));
        enqueue({ kind: 'fromClient', client, message: decoded.value });
      },
      closed: () => {
        if (!this.#served.delete(client)) return;
        enqueue({ kind: 'clientClosed', client });
      },
    };
  }
}
