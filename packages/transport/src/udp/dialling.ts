import type { Socket } from 'node:dgram';

import {
  idOf,
  Opener,
  type OpenerInput,
  type OpenerOutput,
  sameBytes,
  typeOf,
  WINDOW_MAX,
} from '@group-services/udp-association';

import {
  DIAL_TIMEOUT_DEFAULT_MS,
  type DialOptions,
  type Link,
  type LinkHandlers,
} from '../contract.js';
import { TransportError, toTransportError } from '../errors.js';
import { type UdpAddress, udpAddress } from '../udp-address.js';
import type { UdpCast } from './cast.js';
import { EngineTimer } from './engine-timer.js';
import { UdpLink } from './link.js';
import { newAssociation, newId, type UdpShared } from './shared.js';
import { isRefusal, numeric, openUdpSocket, windowOf } from './udp-socket.js';

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
    return await new UdpDialler(socket, dialling, shared).open(limit.passed);
  } catch (error) {
    throw error instanceof TransportError ? error : toTransportError('dial', address, error);
  } finally {
    limit.clear();
  }
}

async function connectTo({ host, port }: UdpAddress): Promise<Socket> {
  return await openUdpSocket({ connect: { host: await numeric(host), port } });
}

/** Opens one association: gives the opener a socket, a clock and a timer, and its link what follows. */
class UdpDialler {
  readonly #socket: Socket;
  readonly #dialling: Dialling;
  readonly #shared: UdpShared;
  readonly #id = newId();
  readonly #window: number;
  readonly #opener: Opener;
  readonly #timer: EngineTimer;
  #settle: { readonly resolve: (link: Link) => void; readonly reject: (error: Error) => void } = {
    resolve: () => {},
    reject: () => {},
  };
  #link: UdpLink | undefined;
  #closed = false;

  constructor(socket: Socket, dialling: Dialling, shared: UdpShared) {
    this.#socket = socket;
    this.#dialling = dialling;
    this.#shared = shared;
    this.#window = windowOf(socket);
    this.#opener = new Opener({
      id: this.#id,
      stream: this.#ownStream?.id,
      window: this.#window,
      counters: shared.counters,
    });
    this.#timer = new EngineTimer(() => this.#step({ kind: 'deadlineReached' }));
  }

  async open(givenUp: Promise<never>): Promise<Link> {
    const accepted = new Promise<Link>((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.on('message', (bytes) => this.#onMessage(bytes));
      this.#socket.on('error', (error) => this.#onError(error));
      this.#step({ kind: 'open' });
    });
    try {
      return await Promise.race([accepted, givenUp]);
    } catch (error) {
      this.#link?.abort();
      this.#close();
      throw error;
    } finally {
      this.#step({ kind: 'stop' });
    }
  }

  #onMessage(bytes: Uint8Array): void {
    const { counters } = this.#shared;
    counters.datagramsReceived += 1;
    if (this.#link === undefined) this.#step({ kind: 'datagram', bytes });
    else if (typeOf(bytes) === undefined) counters.malformed += 1;
    else if (!sameBytes(idOf(bytes), this.#id)) counters.foreign += 1;
    else this.#link.step({ kind: 'datagram', bytes });
  }

  #step(input: OpenerInput): void {
    const outputs = this.#opener.step(input, performance.now());
    this.#timer.set(this.#opener.deadline(), true);
    for (const output of outputs) this.#perform(output);
  }

  #perform(output: OpenerOutput): void {
    switch (output.kind) {
      case 'transmit':
        this.#transmit(output.datagram);
        return;
      case 'accepted':
        this.#begin(output.window);
        return;
      case 'refused': {
        const { address } = this.#dialling;
        const full = output.why === 'full';
        const why = full ? 'too many links are being opened there' : 'nobody listens there';
        const message = `cannot connect to ${address}: ${why}`;
        this.#settle.reject(new TransportError('refused', address, { message }));
      }
    }
  }

  #begin(window: number): void {
    const { address, handlers, options } = this.#dialling;
    const local = this.#socket.address();
    const stream = this.#ownStream;
    const link = new UdpLink({
      id: this.#id,
      local: udpAddress(local.address, local.port),
      remote: address,
      association: newAssociation(this.#shared, {
        id: this.#id,
        window: this.#window,
        options,
        stream,
      }),
      transmit: (datagram) => this.#transmit(datagram),
      gone: () => setImmediate(() => this.#close()),
      stream,
    });
    this.#link = link;
    link.begin(handlers, Math.min(window, WINDOW_MAX));
    this.#settle.resolve(link);
  }

  /** The operating system heard that nobody listens at the other end; anything else may be passing. */
  #onError(error: Error): void {
    if (this.#link === undefined)
      this.#settle.reject(toTransportError('dial', this.#dialling.address, error));
    else if (isRefusal(error)) this.#link.broken('nobody listens there any more');
  }

  /** Our multicast stream, if the peer says that it is in the same group. */
  get #ownStream(): UdpCast | undefined {
    const { stream, group } = this.#shared;
    const theirs = this.#dialling.end.multicast;
    const same = group !== undefined && group.host === theirs?.host && group.port === theirs.port;
    return same ? stream : undefined;
  }

  #transmit(datagram: Uint8Array): void {
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
