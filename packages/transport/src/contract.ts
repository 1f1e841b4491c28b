import type { Addressing } from './address.js';
import type { TransportError } from './errors.js';
import type { PeerCertificate } from './tls/peer-certificate.js';

/**
 * The Transport contract: what every implementation promises and what the compliance suite checks.
 *
 * A transport carries frames (byte strings of 1 byte up to a limit) over links. Those of a *stream*
 * transport keep order, but for urgent frames, and lose nothing while they live. Those of a *datagram* transport carry frames
 * whole or not at all, may lose, repeat and reorder them, and make an exception only for frames marked
 * `reliable`. A transport knows no roles and no session handshake. A peer that vanished without a word (cable cut, host gone) looks like a quiet one: noticing that is the business of the
 * heartbeats above, which then call {@link Link.abort}.
 */

/** Largest incoming frame unless told otherwise, in bytes: 2 MiB of payload and room for headers. */
export const FRAME_LIMIT_DEFAULT: number = 2 * 1024 * 1024 + 4096;

/** Bytes queued on a link above which {@link Link.send} returns false, unless told otherwise. */
export const HIGH_WATER_MARK_DEFAULT: number = 1024 * 1024;

/** How long {@link Transport.dial} tries unless told otherwise, in milliseconds. */
export const DIAL_TIMEOUT_DEFAULT_MS = 10_000;

/** One frame to send; head and tail together are 1 byte or more. */
export interface OutgoingFrame {
  /** Copied before `send` returns: it may be a scratch buffer that is used again at once. */
  readonly head: Uint8Array;
  /** May be kept by reference until it is written: it must not change any more. */
  readonly tail?: Uint8Array | undefined;
  /**
   * Over datagrams: repeated until the peer has confirmed it, for some seconds, and handed over once.
   * For few and small frames, such as a handshake. A stream carries every frame like that.
   */
  readonly reliable?: boolean | undefined;
  /**
   * Passes what waits: for signs of life. Over datagrams it leaves at once, if it fits into one. On a
   * stream it goes in before the next frame that has not begun to leave, and keeps the order among urgent
   * frames only.
   */
  readonly urgent?: boolean | undefined;
}

/** Reaches several links of one transport with one sending, such as an IP multicast group. */
export interface Cast {
  /** Sends one frame to these links, each of which has this as its {@link Link.cast}. */
  send(links: readonly Link[], frame: OutgoingFrame): void;
}

/** One connection to a peer. All its calls are safe at any time, also after it closed. */
export interface Link {
  /** Our end as text that begins with the scheme, for people and logs. */
  readonly local: string;
  /** The peer's end as text that begins with the scheme, for people and logs. */
  readonly remote: string;
  /** Bytes queued that the operating system has not taken yet, length prefixes included. */
  readonly bufferedBytes: number;
  /**
   * Bytes that have come in so far, of unfinished frames too. That it grows is a sign of life, also
   * while one large frame is on its way.
   */
  readonly receivedBytes: number;

  /** Over TLS: what the other end's certificate says; undefined if it has shown none. */
  readonly peer?: PeerCertificate | undefined;

  /** By what this link can be reached together with others, while that works. */
  readonly cast?: Cast | undefined;

  /**
   * Queues one frame. All frames queued in one turn leave in one write, started by a microtask.
   *
   * Returns false when `bufferedBytes` is above the high-water mark: the frame is taken all the
   * same, and the caller does well to wait for {@link LinkHandlers.onDrain}. Once the link is closing
   * or closed the frame is ignored and the answer is false.
   */
  send(frame: OutgoingFrame): boolean;

  /** No frame is handed over until {@link resume}, so that the peer is slowed down in the end. */
  pause(): void;
  resume(): void;

  /** Largest incoming frame in bytes, for all frames after the one that is being handled. */
  setFrameLimit(bytes: number): void;

  /** Closes in order: what was queued is still written; nothing is received any more. Idempotent. */
  close(): void;

  /**
   * Closes in order with this as its last frame. What is queued and has not begun to leave is dropped, as
   * far as the transport can, so that a peer that is far behind still learns why it is given up.
   */
  closeWith(last: OutgoingFrame): void;

  /** Closes at once, dropping what is queued; the peer sees a broken link. Idempotent. */
  abort(): void;
}

/** Why a link closed; the first cause counts. */
export type CloseReason =
  /** We called `close` or `abort`. */
  | { readonly kind: 'closed' }
  /** The peer closed in order, at the end of a frame. What we had queued is lost. */
  | { readonly kind: 'ended' }
  /** The connection broke, or the peer sent something that is not a frame. */
  | { readonly kind: 'failed'; readonly error: TransportError }
  /** The peer announced a frame above our limit; it was not read. */
  | { readonly kind: 'frame-too-large'; readonly bytes: number; readonly limit: number };

/** What a link tells its owner. Handed over at dial or accept, so that nothing can be missed. */
export interface LinkHandlers {
  /**
   * One frame, without its length prefix. It is a view into a read buffer that is never overwritten:
   * it may be kept, but then keeps up to 64 KiB around it alive.
   */
  onFrame(link: Link, frame: Uint8Array): void;
  /** `bufferedBytes` fell below half of the high-water mark after `send` had returned false. */
  onDrain?(link: Link): void;
  /** Exactly once per link, never from within a call to the link; nothing comes after it. */
  onClose(link: Link, reason: CloseReason): void;
}

/** What can be chosen for a link. */
export interface LinkOptions {
  /** First limit for incoming frames, in bytes; default {@link FRAME_LIMIT_DEFAULT}. */
  readonly frameLimit?: number | undefined;
  /** In bytes; default {@link HIGH_WATER_MARK_DEFAULT}. */
  readonly highWaterMark?: number | undefined;
  /**
   * Over TCP: how long a link is quiet, in milliseconds, before the operating system asks whether the
   * peer's host is still there; ten questions without an answer, a second apart, end the link. They are
   * answered by the peer's system even while its program stands still. Default 15 s.
   */
  readonly probeAfterMs?: number | undefined;
}

export interface DialOptions extends LinkOptions {
  /** Gives up: the promise rejects with code `aborted`. No effect once the link stands. */
  readonly signal?: AbortSignal | undefined;
  /** Gives up with code `timeout`, in milliseconds; default {@link DIAL_TIMEOUT_DEFAULT_MS}. */
  readonly timeoutMs?: number | undefined;
}

export interface ListenOptions extends LinkOptions {
  /** Trouble of the listening socket itself, such as no file descriptors left. Links live on. */
  readonly onError?: ((error: TransportError) => void) | undefined;
  /** Of a socket file: the number of the group that it belongs to. */
  readonly groupId?: number | undefined;
  /** Over TLS: whether who dials must show a certificate; `required` when left out. */
  readonly peerCertificate?: 'required' | 'requested' | undefined;
  /**
   * Over TLS: somebody did not come to be a link, since its certificate is not accepted or it does not
   * speak TLS. The frame that is given, if any, is the last and only thing that it is told.
   */
  readonly onRefused?:
    | ((remote: string, error: TransportError) => OutgoingFrame | undefined)
    | undefined;
  /** Of a socket file: its permissions, such as 0o660; what the process gives new files, when left out. */
  readonly mode?: number | undefined;
  /**
   * Of a socket file: it was deleted or replaced. With an error, nobody can connect and it is tried
   * again; without, it has been made anew. Links live on.
   */
  readonly onTaken?: ((error: TransportError | undefined) => void) | undefined;
}

/** An address that is being listened at. */
export interface Listener {
  /** The real address: port 0 is replaced by the port that was given. */
  readonly address: string;
  /**
   * Stops accepting and frees the address; links that stand live on. Links over datagrams share the
   * socket of their listener: there the address is free when the last of them has closed. Idempotent.
   */
  close(): Promise<void>;
}

/** A way to reach other processes, at the addresses of its scheme. */
export interface Transport extends Addressing {
  /** What its links promise. */
  readonly delivery: 'stream' | 'datagram';

  /**
   * Who can read what is carried: nobody outside of this host, or nobody but the two ends. Left out:
   * whoever is on the way, so no token is sent or taken over it but on loopback, and a daemon with
   * certificates does not listen there for others. A transport that encrypts says in {@link Link.peer} whom
   * a certificate of the other end stands for.
   */
  readonly privacy?: 'host' | 'encrypted' | undefined;

  /**
   * Accepts links. `onLink` returns the handlers of the new link and may already send on it.
   *
   * @throws TransportError `address-in-use`, `live-socket`, `not-permitted`, `bad-address`, `failed`
   */
  listen(
    address: string,
    onLink: (link: Link) => LinkHandlers,
    options?: ListenOptions,
  ): Promise<Listener>;

  /**
   * Opens a link. Handlers are called only for a link that came to stand; after a rejection none is.
   *
   * @throws TransportError `refused`, `unreachable`, `timeout`, `aborted`, `not-permitted`, `untrusted`,
   *   `bad-address`, `failed`
   */
  dial(address: string, handlers: LinkHandlers, options?: DialOptions): Promise<Link>;
}

/** What of a transport is needed by who never listens. */
export type Dialler = Omit<Transport, 'listen'>;
