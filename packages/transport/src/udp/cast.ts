import {
  type CastInput,
  CastStream,
  type CastStreamOptions,
} from '@group-services/udp-association';

import type { Link, OutgoingFrame } from '../contract.js';
import { EngineTimer } from './engine-timer.js';
import { type LinkStream, UdpLink } from './link.js';

/** Gives the multicast stream of this process a clock, a timer and a way out. */
export class UdpCast implements LinkStream {
  readonly engine: CastStream;
  readonly #transmit: (datagram: Uint8Array) => void;
  readonly #timer: EngineTimer;
  #flushScheduled = false;

  readonly #flush = (): void => {
    this.#flushScheduled = false;
    this.#step({ kind: 'flush' });
  };

  constructor(options: CastStreamOptions, transmit: (datagram: Uint8Array) => void) {
    this.engine = new CastStream(options);
    this.#transmit = transmit;
    this.#timer = new EngineTimer(() => this.#step({ kind: 'deadlineReached' }));
  }

  get id(): Uint8Array {
    return this.engine.id;
  }

  add(): void {
    this.#step({ kind: 'joined' });
  }

  remove(): void {
    this.#step({ kind: 'left' });
  }

  send(links: readonly Link[], frame: OutgoingFrame): void {
    const ids = links.flatMap((link) => (link instanceof UdpLink ? [link.id] : []));
    this.#step({ kind: 'send', ids, frame });
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    queueMicrotask(this.#flush);
  }

  stop(): void {
    this.#step({ kind: 'stop' });
  }

  #step(input: CastInput): void {
    for (const { datagram } of this.engine.step(input, performance.now())) this.#transmit(datagram);
    this.#timer.set(this.engine.deadline(), this.engine.isBusy);
  }
}
