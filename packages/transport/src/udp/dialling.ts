import type { Socket } from 'node:dgram';

import {
  DIAL_TIMEOUT_DEFAULT_MS,
  type DialOptions,
  type Link,
  type LinkHandlers,
} from '../contract.js';
import { TransportError, toTransportError } from '../errors.js';
import { type UdpAddress, udpAddress } from '../udp-address.js';
import {
  codeOf,
  DATAGRAM,
  idOf,
  NO_ID,
  numberOf,
  openDatagram,
  REFUSE,
  readCookie,
  typeOf,
} from './datagram.js';
import { UdpLink } from './link.js';
import { newId, type UdpShared } from './shared.js';
import { isRefusal, numeric, openUdpSocket, WINDOW_MAX, windowOf } from './udp-socket.js';

/** OPEN is repeated after this, then after twice as long, and so on. */
const OPEN_AFTER_MS = 40;
const OPEN_AFTER_MAX_MS = 160;

export interface Dialling {
  readonly address: string;
  readonly end: UdpAddress;
  readonly handlers: LinkHandlers;
  readonly options: DialOptions;
}

/** Opens an association through a socket of its own, which is connected to the peer. */
export async function dialUdp(dialling: Dialling, shared: UdpShared): Promise<Link> {
  const { address, end, options } = dialling;
  const { signal, timeoutMs = DIAL_TIMEOUT_DEFAULT_MS } = options;
  if (signal?.aborted) throw aborted(address, signal);
  const limit = deadline(address, timeoutMs, signal);
  try {
    const opened = connectTo(end);
    // A socket that comes after we have given up is not needed any more.
    opened.then(
      (socket) => limit.hasPassed && socket.close(),
      () => {},
    );
    const socket = await Promise.race([opened, limit.passed]);
    return await new Opener(socket, dialling, shared).open(limit.passed);
  } catch (error) {
    throw error instanceof TransportError ? error : toTransportError('dial', address, error);
  } finally {
    limit.clear();
  }
}

async function connectTo({ host, port }: UdpAddress): Promise<Socket> {
  return await openUdpSocket({ connect: { host: await numeric(host), port } });
}

class Opener {
  readonly #socket: Socket;
  readonly #dialling: Dialling;
  readonly #shared: UdpShared;
  readonly #id = newId();
  readonly #window: number;
  #cookie: Uint8Array = NO_ID;
  #link: UdpLink | undefined;
  #repeat: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(socket: Socket, dialling: Dialling, shared: UdpShared) {
    this.#socket = socket;
    this.#dialling = dialling;
    this.#shared = shared;
    this.#window = windowOf(socket);
  }

  async open(givenUp: Promise<never>): Promise<Link> {
    const accepted = new Promise<Link>((resolve, reject) => {
      this.#socket.on('message', (bytes) => this.#onMessage(bytes, resolve, reject));
      this.#socket.on('error', (error) => this.#onError(error, reject));
      this.#sendOpen(OPEN_AFTER_MS);
    });
    try {
      return await Promise.race([accepted, givenUp]);
    } catch (error) {
      this.#link?.abort();
      this.#close();
      throw error;
    } finally {
      clearTimeout(this.#repeat);
    }
  }

  #sendOpen(waitMs: number): void {
    clearTimeout(this.#repeat);
    this.#transmit(
      openDatagram(this.#id, {
        cookie: this.#cookie,
        stream: this.#ownStream?.id ?? NO_ID,
        window: this.#window,
      }),
    );
    const next = Math.min(waitMs * 2, OPEN_AFTER_MAX_MS);
    this.#repeat = setTimeout(() => this.#sendOpen(next), waitMs);
  }

  #onMessage(bytes: Buffer, resolve: (link: Link) => void, reject: (error: Error) => void): void {
    const { counters } = this.#shared;
    counters.datagramsReceived += 1;
    const type = typeOf(bytes);
    if (type === undefined) counters.malformed += 1;
    else if (!idOf(bytes).equals(this.#id)) counters.foreign += 1;
    else if (type === DATAGRAM.refuse) this.#onRefuse(bytes, reject);
    else if (this.#link !== undefined) this.#link.onDatagram(type, bytes);
    else if (type === DATAGRAM.cookie) this.#onCookie(bytes);
    else if (type === DATAGRAM.accept) this.#onAccept(bytes, resolve);
  }

  #onCookie(bytes: Buffer): void {
    const cookie = readCookie(bytes);
    if (cookie === undefined || cookie.equals(this.#cookie)) return;
    this.#cookie = cookie;
    this.#sendOpen(OPEN_AFTER_MS);
  }

  #onAccept(bytes: Buffer, resolve: (link: Link) => void): void {
    const window = numberOf(bytes);
    if (window === undefined || window === 0) return;
    clearTimeout(this.#repeat);
    const { address, handlers, options } = this.#dialling;
    const { counters, budget, datagramBytes } = this.#shared;
    const local = this.#socket.address();
    const link = new UdpLink({
      frameLimit: options.frameLimit,
      highWaterMark: options.highWaterMark,
      id: this.#id,
      local: udpAddress(local.address, local.port),
      remote: address,
      datagramBytes,
      echoEveryBytes: Math.floor(this.#window / 4),
      budget,
      counters,
      transmit: (datagram) => this.#transmit(datagram),
      gone: () => setImmediate(() => this.#close()),
      stream: this.#ownStream,
    });
    this.#link = link;
    link.begin(handlers, Math.min(window, WINDOW_MAX));
    resolve(link);
  }

  #onRefuse(bytes: Buffer, reject: (error: Error) => void): void {
    if (this.#link !== undefined) {
      this.#link.broken('the peer does not know it any more');
      return;
    }
    const { address } = this.#dialling;
    const full = codeOf(bytes) === REFUSE.full;
    const why = full ? 'too many links are being opened there' : 'nobody listens there';
    const message = `cannot connect to ${address}: ${why}`;
    reject(new TransportError('refused', address, { message }));
  }

  /** The operating system heard that nobody listens at the other end; anything else may be passing. */
  #onError(error: Error, reject: (error: Error) => void): void {
    if (this.#link === undefined) reject(toTransportError('dial', this.#dialling.address, error));
    else if (isRefusal(error)) this.#link.broken('nobody listens there any more');
  }

  /** Our multicast stream, if the peer says that it is in the same group. */
  get #ownStream(): UdpShared['stream'] {
    const { stream, group } = this.#shared;
    const theirs = this.#dialling.end.multicast;
    const same = group !== undefined && group.host === theirs?.host && group.port === theirs.port;
    return same ? stream : undefined;
  }

  #transmit(datagram: Buffer): void {
    if (this.#closed) return;
    this.#shared.counters.datagramsSent += 1;
    this.#socket.send(datagram, (error) => {
      if (error !== null && isRefusal(error)) this.#link?.broken('nobody listens there any more');
    });
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }
}

interface Deadline {
  /** Rejects when the time is up or the signal fires. */
  readonly passed: Promise<never>;
  readonly hasPassed: boolean;
  readonly clear: () => void;
}

function deadline(address: string, timeoutMs: number, signal: AbortSignal | undefined): Deadline {
  let hasPassed = false;
  let stop = (): void => {};
  const passed = new Promise<never>((_resolve, reject) => {
    const giveUp = (error: TransportError): void => {
      hasPassed = true;
      reject(error);
    };
    const onAbort = (): void => giveUp(aborted(address, signal));
    const timer = setTimeout(() => giveUp(timedOut(address, timeoutMs)), timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
  });
  passed.catch(() => {});
  return {
    passed,
    get hasPassed() {
      return hasPassed;
    },
    clear: () => stop(),
  };
}

function aborted(address: string, signal: AbortSignal | undefined): TransportError {
  return new TransportError('aborted', address, {
    message: `gave up connecting to ${address}: the caller's signal fired`,
    cause: signal?.reason,
  });
}

function timedOut(address: string, timeoutMs: number): TransportError {
  return new TransportError('timeout', address, {
    message: `cannot connect to ${address}: no answer within ${timeoutMs} ms`,
  });
}
