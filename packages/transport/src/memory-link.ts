import { invariant } from '@group-services/core';

import {
  type CloseReason,
  FRAME_LIMIT_DEFAULT,
  HIGH_WATER_MARK_DEFAULT,
  type Link,
  type LinkHandlers,
  type LinkOptions,
  type OutgoingFrame,
} from './contract.js';
import { TransportError } from './errors.js';

/**
 * One end of a link within a process. Each end owns the frames on their way to the other.
 *
 * Counted as buffered is what the other end has not been handed yet, so a paused peer fills the
 * queue of the sender just as a full socket does.
 */
export class MemoryLink implements Link {
  readonly local: string;
  readonly remote: string;
  readonly #options: MemoryLinkOptions;
  readonly #highWaterMark: number;
  #frameLimit: number;
  #handlers: LinkHandlers | undefined;
  #peer: MemoryLink | undefined;
  /** Frames on their way, oldest first, and their bytes. */
  #outbox: Uint8Array[] = [];
  #outboxBytes = 0;
  #receivedBytes = 0;
  #deliveryScheduled = false;
  #drainOwed = false;
  #paused = false;
  /** Set once by whatever closes this end first; from then on nothing goes in and nothing new out. */
  #reason: CloseReason | undefined;
  /** What the peer is told after the frames on their way. */
  #farewell: CloseReason | undefined;
  #lossy = false;

  constructor(options: MemoryLinkOptions) {
    this.#options = options;
    this.local = options.local;
    this.remote = options.remote;
    this.#highWaterMark = options.highWaterMark ?? HIGH_WATER_MARK_DEFAULT;
    this.#frameLimit = options.frameLimit ?? FRAME_LIMIT_DEFAULT;
  }

  /** Joins two new ends. */
  join(peer: MemoryLink): void {
    this.#peer = peer;
    peer.#peer = this;
  }

  begin(handlers: LinkHandlers): void {
    this.#handlers = handlers;
  }

  get bufferedBytes(): number {
    return this.#outboxBytes;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Whether a cut swallowed something that either end sent. */
  get isLossy(): boolean {
    return this.#lossy || (this.#peer === undefined ? false : this.#peer.#lossy);
  }

  send({ head, tail }: OutgoingFrame): boolean {
    if (this.#reason !== undefined) return false;
    const frame = new Uint8Array(head.length + (tail?.length ?? 0));
    invariant(frame.length > 0, 'a frame has at least one byte');
    frame.set(head);
    if (tail !== undefined) frame.set(tail, head.length);
    this.#outbox.push(frame);
    this.#outboxBytes += frame.length;
    this.#scheduleDelivery();
    if (this.#outboxBytes <= this.#highWaterMark) return true;
    this.#drainOwed = true;
    return false;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    const peer = this.#peer;
    if (peer !== undefined) peer.#scheduleDelivery();
  }

  setFrameLimit(bytes: number): void {
    this.#frameLimit = bytes;
  }

  close(): void {
    this.#finish({ kind: 'closed' }, { kind: 'ended' });
  }

  closeWith(last: OutgoingFrame): void {
    if (this.#reason !== undefined) return;
    this.#drop();
    this.send(last);
    this.close();
  }

  abort(): void {
    this.#drop();
    this.#finish({ kind: 'closed' }, this.#broken('the peer aborted'));
  }

  /** The process at this end died: it hears nothing more, and the peer finds the link broken. */
  kill(): void {
    this.#handlers = undefined;
    this.#drop();
    this.#finish({ kind: 'closed' }, this.#broken('the peer died'));
  }

  /** Something in between gave the link up. */
  break(what: string): void {
    this.#drop();
    this.#finish(this.#broken(what), undefined);
  }

  /** Closes this end, and tells the peer after what is on its way unless there is no farewell. */
  #finish(reason: CloseReason, farewell: CloseReason | undefined): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#farewell = farewell;
    this.#options.schedule(() => {
      this.#options.onGone(this);
      this.#handlers?.onClose(this, reason);
      this.#handlers = undefined;
    });
    this.#scheduleDelivery();
  }

  #drop(): void {
    this.#outbox = [];
    this.#outboxBytes = 0;
  }

  #scheduleDelivery(): void {
    if (this.#deliveryScheduled) return;
    this.#deliveryScheduled = true;
    this.#options.schedule(() => {
      this.#deliveryScheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const peer = this.#peer;
    if (peer === undefined) return;
    const frames = this.#outbox;
    let delivered = 0;
    // What a handler sends in response waits for its own turn.
    for (const frame of frames.slice()) {
      if (peer.#paused && peer.#reason === undefined) break;
      delivered += 1;
      this.#outboxBytes -= frame.length;
      if (this.#options.isCut()) this.#lossy = true;
      else peer.#receive(frame);
      // An abort within the handler has dropped the rest.
      if (this.#outbox !== frames) return;
    }
    frames.splice(0, delivered);
    this.#afterDelivery(peer);
  }

  #afterDelivery(peer: MemoryLink): void {
    if (this.#reason === undefined) {
      if (!this.#drainOwed || this.#outboxBytes > this.#highWaterMark / 2) return;
      this.#drainOwed = false;
      this.#handlers?.onDrain?.(this);
      return;
    }
    if (this.#outbox.length > 0 || this.#farewell === undefined) return;
    const farewell = this.#farewell;
    this.#farewell = undefined;
    if (this.#options.isCut()) this.#lossy = true;
    else peer.#finish(farewell, undefined);
  }

  #receive(frame: Uint8Array): void {
    if (this.#reason !== undefined) return;
    if (frame.length > this.#frameLimit) {
      // Refused by its length, as elsewhere: nothing of it has come in.
      const bytes = frame.length;
      const broken = this.#broken('the peer refused a frame');
      this.#drop();
      this.#finish({ kind: 'frame-too-large', bytes, limit: this.#frameLimit }, broken);
      return;
    }
    this.#receivedBytes += frame.length;
    this.#handlers?.onFrame(this, frame);
  }

  #broken(what: string): CloseReason {
    const message = `lost the link between ${this.local} and ${this.remote}: ${what}`;
    return { kind: 'failed', error: new TransportError('broken', this.remote, { message }) };
  }
}

export interface MemoryLinkOptions extends LinkOptions {
  readonly local: string;
  readonly remote: string;
  /** Runs a task later, in the order in which tasks were given. */
  readonly schedule: (task: () => void) => void;
  /** Whether what this end sends is swallowed at present. */
  readonly isCut: () => boolean;
  readonly onGone: (link: MemoryLink) => void;
}
