import { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';

/** No message is larger, so that none has to be taken in before anybody has looked at it. */
export const MESSAGE_BYTES_MAX: number = 64 * 1024;

/**
 * The bytes of a WebSocket as a stream. Where its messages begin and end means nothing: the frames within
 * the stream have lengths of their own.
 */
export class WebSocketStream extends Duplex {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    socket.on('message', (data: RawData) => {
      // Binary messages are handed over as buffers, unless asked otherwise.
      if (!this.push(data as Buffer)) socket.pause();
    });
    socket.on('error', (error) => void this.destroy(error));
    // Comes when all that was sent has been read.
    socket.on('close', () => void this.push(null));
  }

  override _read(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    const socket = this.#socket;
    for (let at = 0; at < chunk.length; at += MESSAGE_BYTES_MAX) {
      const isLast = at + MESSAGE_BYTES_MAX >= chunk.length;
      // The other end has closed: it reads no more, and what is written now is lost, as on a TCP connection.
      if (socket.readyState !== socket.OPEN) return done();
      socket.send(chunk.subarray(at, at + MESSAGE_BYTES_MAX), (error) => {
        if (isLast) done(socket.readyState === socket.OPEN ? error : null);
      });
    }
  }

  /** Everything has been written; the other end is told, and may still say something. */
  override _final(done: () => void): void {
    this.#socket.close();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.terminate();
    done(error);
  }
}
