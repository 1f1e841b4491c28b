import type { DaemonId, NodeName } from '@group-services/core';
import {
  type DaemonInput,
  type PressureChange,
  PressureGauge,
} from '@group-services/daemon-engine';
import {
  decodeToClient,
  type Features,
  isKeepAlive,
  joinFrame,
  type ToClient,
} from '@group-services/wire';
import { brief } from '../timeline.js';
import type { Codecs } from './codecs.js';
import type { Shared } from './shared.js';
import { Stream, type StreamEnd } from './stream.js';

/**
 * The connections of one daemon with the processes of its node. How far each process lags is measured
 * by production's gauge; one that stays too slow is disconnected.
 */
export class LocalClients {
  readonly #shared: Shared;
  readonly #options: LocalClientsOptions;
  readonly #served = new Map<number, Served>();
  #last = 0;

  constructor(shared: Shared, options: LocalClientsOptions) {
    this.#shared = shared;
    this.#options = options;
  }

  get size(): number {
    return this.#served.size;
  }

  connect(client: DaemonClient): ClientConnection {
    const { time, reachability, delays, profile, handles } = this.#shared;
    const { daemon, enqueue, features } = this.#options;
    this.#last += 1;
    const number = this.#last;
    const stream: Stream = new Stream(
      { time, reachability, delays, giveUpMs: profile.timing.leaseMs },
      [this.#processEnd(client), this.#daemonEnd(number, client.label)],
    );
    const gauge = this.#newGauge();
    const groups = new Map<number, string>();
    this.#served.set(number, { label: client.label, stream, gauge, isWatched: false, groups });
    if (client.isBeside !== true) handles.connected(client.label, daemon);
    enqueue({ kind: 'clientOpened', client: number, name: client.label });
    return {
      features,
      send: (frame) => stream.send(0, frame),
      setReading: (reading) => stream.setReading(0, reading),
      close: () => stream.close(0),
    };
  }

  /** The group of a handle that a message is for. */
  groupOf(client: number, message: ToClient): string | undefined {
    return 'handle' in message ? this.#served.get(client)?.groups.get(message.handle) : undefined;
  }

  send(client: number, message: ToClient): void {
    const served = this.#served.get(client);
    if (served === undefined) return;
    const { stream, gauge } = served;
    const { now } = this.#shared.time;
    const frame = joinFrame(this.#options.codecs.encodeToClient(message));
    const before = stream.waitingBytes(0);
    stream.send(1, frame);
    const handle = 'handle' in message ? message.handle : 0;
    this.#report(client, gauge.wrote(handle, before, before + frame.length, now));
    if (this.#endsIfTooSlow(client, served)) return;
    if (!gauge.isWatched || served.isWatched) return;
    served.isWatched = true;
    this.#lookSoon(client, served);
  }

  #newGauge(): PressureGauge {
    const { pace, limits } = this.#shared.profile;
    return new PressureGauge({
      pressureMarkBytes: pace.markBytes,
      stoppedAfterMs: pace.stoppedAfterMs,
      slowAfterMs: pace.slowAfterMs,
      bufferBytesMax: limits.clientBufferBytes,
    });
  }

  #lookSoon(client: number, served: Served): void {
    const { time, profile } = this.#shared;
    time.after(profile.pace.stoppedAfterMs / LOOKS_BEFORE_STOPPED, () => {
      if (this.#served.get(client) !== served) return;
      this.#report(client, served.gauge.look(served.stream.waitingBytes(0), time.now));
      if (this.#endsIfTooSlow(client, served)) return;
      served.isWatched = served.gauge.isWatched;
      if (served.isWatched) this.#lookSoon(client, served);
    });
  }

  #report(client: number, changes: readonly PressureChange[]): void {
    for (const { handle, pressed, bytes } of changes) {
      this.#shared.counters.count(pressed ? 'a process presses' : 'a process presses no more');
      this.#options.enqueue({ kind: 'pressure', client, handle, pressed, bytes });
    }
  }

  #endsIfTooSlow(client: number, { label, stream, gauge }: Served): boolean {
    const { time, counters, witnesses } = this.#shared;
    const tooSlow = gauge.tooSlow(time.now);
    if (tooSlow === undefined) return false;
    const { daemon, enqueue } = this.#options;
    const what = `unread of ${label}, which reads,`;
    // Only who has stopped may find its queue full: the group waits for anybody else.
    if (tooSlow.kind === 'full' && gauge.moves(time.now)) {
      witnesses.sample({ at: time.now, daemon, what, value: tooSlow.bytes, bound: tooSlow.limit });
    }
    counters.count(`clients disconnected since they read too slowly: ${tooSlow.kind}`);
    this.#served.delete(client);
    enqueue({ kind: 'clientClosed', client, detail: 'overloaded' });
    stream.reset();
    return true;
  }

  close(client: number, reason: string): void {
    const served = this.#served.get(client);
    if (served === undefined) return;
    const { timeline, time } = this.#shared;
    timeline.add(time.now, this.#options.node, `closes ${served.label}: ${reason}`);
    this.#served.delete(client);
    served.stream.close(1);
  }

  /** A daemon answers a sign of life with one, when it does anything at all. */
  #answerSoon(client: number, frame: Uint8Array): void {
    const { time, profile } = this.#shared;
    if (!this.#options.isPaused()) this.#served.get(client)?.stream.send(1, frame);
    else time.after(profile.timing.heartbeatMs, () => this.#answerSoon(client, frame));
  }

  /** The process is gone: its kernel closes what it had open. */
  end(): void {
    for (const { stream } of this.#served.values()) stream.close(1);
  }

  #processEnd(client: DaemonClient): StreamEnd {
    const { time, timeline, handles } = this.#shared;
    return {
      place: this.#options.node,
      received: (frame) => {
        if (isKeepAlive(frame)) {
          client.alive?.(frame);
          return;
        }
        const decoded = decodeToClient(frame);
        if (!decoded.ok) throw new Error(`undecodable frame to a client: ${decoded.error}`);
        timeline.add(time.now, client.label, '<', () => brief(decoded.value));
        handles.heard(client.label, decoded.value, time.now);
        client.received(decoded.value, frame);
      },
      closed: () => {
        timeline.add(time.now, client.label, 'loses its connection');
        handles.disconnected(client.label, time.now);
        client.closed();
      },
    };
  }

  #daemonEnd(client: number, label: string): StreamEnd {
    const { time, timeline } = this.#shared;
    const { node, enqueue } = this.#options;
    return {
      place: node,
      received: (frame) => {
        if (isKeepAlive(frame)) {
          this.#answerSoon(client, frame);
          return;
        }
        const decoded = this.#options.codecs.decodeFromClient(frame);
        if (!decoded.ok) throw new Error(`undecodable frame of a client: ${decoded.error}`);
        timeline.add(time.now, node, `< ${label}`, () => brief(decoded.value));
        const message = decoded.value;
        if (message.kind === 'join' || message.kind === 'subscribe') {
          this.#served.get(client)?.groups.set(message.handle, message.group);
        }
        enqueue({ kind: 'fromClient', client, message });
      },
      closed: () => {
        if (!this.#served.delete(client)) return;
        enqueue({ kind: 'clientClosed', client });
      },
    };
  }
}

/** What a client's end of its connection hears. */
export interface DaemonClient {
  readonly label: string;
  /** It is in no group: what it hears has checkers of its own. */
  readonly isBeside?: boolean;
  /** With the bytes in which it came. */
  received(message: ToClient, frame: Uint8Array): void;
  /** A sign of life, for who asks for them. */
  alive?(frame: Uint8Array): void;
  closed(): void;
}

/** A client's way to its daemon. */
export interface ClientConnection {
  /** What both ends know beyond the first minor of the wire format; processes are all of today. */
  readonly features: Features;
  send(frame: Uint8Array): void;
  /** Whether the process reads what comes. */
  setReading(reading: 'on' | 'off'): void;
  close(): void;
}

export interface LocalClientsOptions {
  readonly node: NodeName;
  readonly daemon: DaemonId;
  readonly codecs: Codecs;
  readonly features: Features;
  readonly enqueue: (input: DaemonInput) => void;
  readonly isPaused: () => boolean;
}

interface Served {
  readonly label: string;
  readonly stream: Stream;
  readonly gauge: PressureGauge;
  /** Groups of its handles. */
  readonly groups: Map<number, string>;
  /** Somebody will look how much is unread. */
  isWatched: boolean;
}

/** How often within the time after which a process counts as stopped its connection is looked at. */
const LOOKS_BEFORE_STOPPED = 10;
