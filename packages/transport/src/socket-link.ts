import type { Duplex } from 'node:stream';

import {
  type CloseReason,
  FRAME_LIMIT_DEFAULT,
  HIGH_WATER_MARK_DEFAULT,
  type Link,
  type LinkHandlers,
  type LinkOptions,
  type OutgoingFrame,
} from './contract.js';
import { TransportError, toTransportError } from './errors.js';
import { FrameSplitter } from './frame-splitter.js';
import { FrameWriter } from './frame-writer.js';
import type { PeerCertificate } from './tls/peer-certificate.js';

/**
 * After `close`, how long the peer may take to read what was queued and to close its end.
 * Well below the time in which a program has to stop.
 */
const LINGER_MS = 3000;

/**
 * Bytes of one write. A write is reported when the system has taken all of it: with small ones
 * `bufferedBytes` tells a peer that reads slowly from one that does not read at all.
 */
const WRITE_BYTES_MAX = 64 * 1024;

/**
 * A link over a connected stream socket (TCP, TLS or Unix).
 *
 * Writing: frames gather in a FrameWriter; at most one write is under way, and what gathers
 * meanwhile leaves in the next one. Urgent frames gather in another one, and go in before the next frame
 * of the others: so a sign of life waits for one write, and not for megabytes. Reading: each chunk is cut into frames that are handed over one
 * by one, so that a pause or close takes effect between two frames of the same chunk.
 *
 * Closing: after `close` the socket is half-closed and read to its end, because closing it with
 * unread bytes would make the system reset the connection and drop frames the peer has yet to read.
 */
export class SocketLink implements Link {
  readonly local: string;
  readonly remote: string;
  readonly peer: PeerCertificate | undefined;
  readonly #socket: Duplex;
  readonly #abortSocket: () => void;
  readonly #highWaterMark: number;
  readonly #splitter: FrameSplitter;
  readonly #writer = new FrameWriter();
  readonly #urgent = new FrameWriter();
  #handlers: LinkHandlers | undefined;
  #receivedBytes = 0;
  /** Bytes of the one write that is under way. */
  #writingBytes = 0;
  #flushScheduled = false;
  #drainOwed = false;
  #paused = false;
  #aborted = false;
  #deliverScheduled = false;
  /** Set once, by whatever closes the link first; from then on no frame goes in or out. */
  #reason: CloseReason | undefined;
  /** Runs from `close` until the socket is closed. */
  #lingerTimer: NodeJS.Timeout | undefined;

  readonly #flush = (): void => {
    this.#flushScheduled = false;
    if (this.#reason === undefined && this.#writingBytes === 0) this.#write(WRITE_BYTES_MAX);
  };

  readonly #written = (): void => {
    this.#writingBytes = 0;
    if (this.#reason !== undefined) return;
    if (this.#gatheredBytes > 0) this.#write(WRITE_BYTES_MAX);
    if (this.#drainOwed && this.bufferedBytes <= this.#highWaterMark / 2) {
      this.#drainOwed = false;
      this.#handlers?.onDrain?.(this);
    }
  };

  constructor(socket: Duplex, options: SocketLinkOptions) {
    this.#socket = socket;
    this.local = options.local;
    this.remote = options.remote;
    this.peer = options.peer;
    this.#abortSocket = options.abort;
    this.#highWaterMark = options.highWaterMark ?? HIGH_WATER_MARK_DEFAULT;
    this.#splitter = new FrameSplitter(options.frameLimit ?? FRAME_LIMIT_DEFAULT);
  }

  /** Starts reading. Called once, in the turn in which the socket connected. */
  begin(handlers: LinkHandlers): void {
    this.#handlers = handlers;
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error) => this.#settle(this.#failed(error)));
    socket.on('close', () => this.#onClosed(handlers));
  }

  get bufferedBytes(): number {
    return this.#gatheredBytes + this.#writingBytes;
  }

  get #gatheredBytes(): number {
    return this.#writer.bytes + this.#urgent.bytes;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  send(frame: OutgoingFrame): boolean {
    if (this.#reason !== undefined) return false;
    (frame.urgent === true ? this.#urgent : this.#writer).append(frame);
    if (!this.#flushScheduled && this.#writingBytes === 0) {
      this.#flushScheduled = true;
      queueMicrotask(this.#flush);
    }
    if (this.bufferedBytes <= this.#highWaterMark) return true;
    this.#drainOwed = true;
    return false;
  }

  pause(): void {
    if (this.#reason !== undefined) return;
    this.#paused = true;
    this.#socket.pause();
  }

  /** Frames cut from the last chunk come first, in a turn of their own; then reading goes on. */
  resume(): void {
    if (this.#reason !== undefined || !this.#paused) return;
    this.#paused = false;
    if (this.#deliverScheduled) return;
    this.#deliverScheduled = true;
    queueMicrotask(() => {
      this.#deliverScheduled = false;
      this.#deliver();
      if (!this.#paused && this.#reason === undefined) this.#socket.resume();
    });
  }

  setFrameLimit(bytes: number): void {
    this.#splitter.setFrameLimit(bytes);
  }

  close(): void {
    if (!this.#settle({ kind: 'closed' })) return;
    const socket = this.#socket;
    if (this.#gatheredBytes > 0) this.#write();
    socket.end();
    socket.resume();
    this.#lingerTimer = setTimeout(() => socket.destroy(), LINGER_MS);
    this.#lingerTimer.unref();
  }

  closeWith(last: OutgoingFrame): void {
    if (this.#reason !== undefined) return;
    this.#urgent.drop();
    this.#writer.drop();
    this.#writer.append(last);
    this.close();
  }

  abort(): void {
    // A socket that is being shut down cannot be reset: Node would never report its close.
    if (this.#aborted) return;
    this.#aborted = true;
    if (this.#settle({ kind: 'closed' })) this.#abortSocket();
    else this.#socket.destroy();
  }

  #write(max: number = Number.POSITIVE_INFINITY): void {
    const socket = this.#socket;
    const before = this.#gatheredBytes;
    const pieces = this.#nextPieces(max);
    this.#writingBytes += before - this.#gatheredBytes;
    const [only] = pieces;
    if (pieces.length === 1 && only !== undefined) {
      socket.write(only, this.#written);
      return;
    }
    // Corked, the pieces leave in one system call; the last one's callback stands for all.
    socket.cork();
    for (const [index, piece] of pieces.entries()) {
      if (index < pieces.length - 1) socket.write(piece);
      else socket.write(piece, this.#written);
    }
    socket.uncork();
  }

  #nextPieces(max: number): readonly Uint8Array[] {
    const urgentBytes = this.#urgent.bytes;
    if (urgentBytes === 0) return this.#writer.take(max);
    const begunBytes = this.#writer.bytesToSeam;
    const first = [...this.#writer.take(begunBytes), ...this.#urgent.take()];
    return [...first, ...this.#writer.take(Math.max(0, max - begunBytes - urgentBytes))];
  }

  #onData(chunk: Buffer): void {
    this.#receivedBytes += chunk.length;
    if (this.#reason !== undefined) return;
    this.#splitter.push(chunk);
    this.#deliver();
  }

  #deliver(): void {
    const handlers = this.#handlers;
    if (handlers === undefined) return;
    while (!this.#paused && this.#reason === undefined) {
      const frame = this.#splitter.next();
      if (frame === undefined) break;
      handlers.onFrame(this, frame);
    }
    const violation = this.#splitter.violation;
    if (violation === undefined || this.#reason !== undefined) return;
    this.#settle(violation.kind === 'empty-frame' ? this.#malformed('an empty frame') : violation);
    this.#socket.destroy();
  }

  #onEnd(): void {
    const orderly = this.#splitter.isAtBoundary;
    this.#settle(orderly ? { kind: 'ended' } : this.#malformed('half a frame and then closed'));
    // The peer reads no more, so nothing is gained by writing the rest.
    this.#socket.destroy();
  }

  #onClosed(handlers: LinkHandlers): void {
    clearTimeout(this.#lingerTimer);
    this.#settle({ kind: 'ended' });
    if (this.#reason !== undefined) handlers.onClose(this, this.#reason);
  }

  /** Records the reason unless there is one; says whether it was the first. */
  #settle(reason: CloseReason): boolean {
    if (this.#reason !== undefined) return false;
    this.#reason = reason;
    return true;
  }

  #failed(cause: Error): CloseReason {
    return { kind: 'failed', error: toTransportError('link', this.remote, cause) };
  }

  #malformed(what: string): CloseReason {
    const message = `the peer at ${this.remote} sent ${what}`;
    return { kind: 'failed', error: new TransportError('malformed', this.remote, { message }) };
  }
}

export interface SocketLinkOptions extends LinkOptions {
  readonly local: string;
  readonly remote: string;
  readonly peer?: PeerCertificate | undefined;
  /** Ends the connection at once, in the way that the peer notices best. */
  readonly abort: () => void;
}
