import type {
  Association,
  AssociationEnd,
  AssociationInput,
  AssociationOutput,
} from '@group-services/udp-association';

import type { Cast, CloseReason, Link, LinkHandlers, OutgoingFrame } from '../contract.js';
import { TransportError } from '../errors.js';
import { EngineTimer } from './engine-timer.js';

const HANDLED = { kind: 'handled' } as const;

/** What a link needs of the multicast stream of its own end. */
export interface LinkStream extends Cast {
  readonly id: Uint8Array;
  readonly add: () => void;
  readonly remove: () => void;
}

export interface UdpLinkOptions {
  readonly id: Uint8Array;
  readonly local: string;
  readonly remote: string;
  readonly association: Association;
  readonly transmit: (datagram: Uint8Array) => void;
  /** Nothing more will be sent or taken. */
  readonly gone: () => void;
  /** The multicast stream of this end, if the peer is in the same group. */
  readonly stream?: LinkStream | undefined;
}

/**
 * Gives one association what an engine lacks: a clock, a timer, a way out, and an owner who may call at
 * any time. Everything that is decided is decided in the association.
 */
export class UdpLink implements Link {
  readonly local: string;
  readonly remote: string;
  readonly id: Uint8Array;
  readonly #options: UdpLinkOptions;
  readonly #association: Association;
  readonly #timer: EngineTimer;
  #handlers: LinkHandlers | undefined;
  #flushScheduled = false;
  /** When the first of the frames was given that leave with the next flush. */
  #turnAt = 0;
  #resumeScheduled = false;
  #paused = false;

  readonly #flush = (): void => {
    this.#flushScheduled = false;
    this.step({ kind: 'flush' });
  };

  constructor(options: UdpLinkOptions) {
    this.#options = options;
    this.#association = options.association;
    this.local = options.local;
    this.remote = options.remote;
    this.id = options.id;
    this.#timer = new EngineTimer(() => this.step({ kind: 'deadlineReached' }));
  }

  /** The link stands: `window` bytes may be under way to the peer. */
  begin(handlers: LinkHandlers, window: number): void {
    this.#handlers = handlers;
    this.#options.stream?.add();
    this.step({ kind: 'begin', window });
  }

  get bufferedBytes(): number {
    return this.#association.bufferedBytes;
  }

  get receivedBytes(): number {
    return this.#association.receivedBytes;
  }

  get cast(): Cast | undefined {
    return this.#association.hearsStream ? this.#options.stream : undefined;
  }

  send(frame: OutgoingFrame): boolean {
    if (!this.#association.isOpen) return false;
    if (!this.#flushScheduled) {
      this.#flushScheduled = true;
      this.#turnAt = performance.now();
      queueMicrotask(this.#flush);
    }
    // What needs time begins with the flush: until then there is nothing to set a timer for.
    this.#perform(this.#association.step({ kind: 'send', frame }, this.#turnAt));
    return this.#association.hasRoom;
  }

  pause(): void {
    this.#paused = true;
    this.step({ kind: 'pause' });
  }

  resume(): void {
    this.#paused = false;
    if (this.#resumeScheduled || !this.#association.isOpen) return;
    this.#resumeScheduled = true;
    queueMicrotask(() => {
      this.#resumeScheduled = false;
      if (!this.#paused) this.step({ kind: 'resume' });
    });
  }

  setFrameLimit(bytes: number): void {
    this.step({ kind: 'limit', bytes });
  }

  close(): void {
    this.step({ kind: 'close' });
  }

  closeWith(last: OutgoingFrame): void {
    this.send(last);
    this.close();
  }

  abort(): void {
    this.step({ kind: 'abort' });
  }

  /** It is known from elsewhere that the peer, or its end of this link, is no more. */
  broken(what: string): void {
    this.step({ kind: 'broken', what });
  }

  /** Gives the association an input and does what it says, frame by frame. */
  step(input: AssociationInput): void {
    const now = performance.now();
    let handed = this.#perform(this.#association.step(input, now));
    while (handed) handed = this.#perform(this.#association.step(HANDLED, now));
    this.#timer.set(this.#association.deadline(), this.#association.isLingering);
  }

  /** Returns whether the owner was handed a frame. */
  #perform(outputs: readonly AssociationOutput[]): boolean {
    let handed = false;
    for (const output of outputs) {
      switch (output.kind) {
        case 'transmit':
          this.#options.transmit(output.datagram);
          break;
        case 'frame':
          handed = true;
          this.#handlers?.onFrame(this, output.frame);
          break;
        case 'drained':
          this.#handlers?.onDrain?.(this);
          break;
        case 'closed':
          this.#report(output.reason);
          break;
        case 'gone':
          this.#options.stream?.remove();
          this.#options.gone();
          break;
      }
    }
    return handed;
  }

  /** Never from within a call to the link. */
  #report(end: AssociationEnd): void {
    const handlers = this.#handlers;
    this.#handlers = undefined;
    const reason = this.#reasonOf(end);
    setImmediate(() => handlers?.onClose(this, reason));
  }

  #reasonOf(end: AssociationEnd): CloseReason {
    if (end.kind !== 'broken') return end;
    const message = `lost the link to ${this.remote}: ${end.what}`;
    return { kind: 'failed', error: new TransportError('broken', this.remote, { message }) };
  }
}
