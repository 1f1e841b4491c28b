import { createHmac, randomBytes } from 'node:crypto';
import type { RemoteInfo, Socket } from 'node:dgram';

import {
  DATAGRAM,
  ID_BYTES,
  NO_ID,
  type Opening,
  Reception,
  sameBytes,
  typeOf,
  WINDOW_MAX,
} from '@group-services/udp-association';

import type { Link, LinkHandlers, ListenOptions } from '../contract.js';
import { udpAddress } from '../udp-address.js';
import { UdpLink } from './link.js';
import { takeCast } from './multicast.js';
import { newAssociation, type UdpShared } from './shared.js';
import { windowOf } from './udp-socket.js';

export interface ListeningOptions {
  readonly socket: Socket;
  readonly local: string;
  readonly shared: UdpShared;
  readonly onLink: (link: Link) => LinkHandlers;
  readonly options: ListenOptions;
}

/** The socket that peers dial, and the links that came to be through it. */
export class Listening {
  readonly #o: ListeningOptions;
  readonly #reception: Reception<UdpLink>;
  readonly #secret = randomBytes(32);
  readonly #window: number;
  #closed = false;

  constructor(options: ListeningOptions) {
    this.#o = options;
    this.#window = windowOf(options.socket);
    this.#reception = new Reception({
      window: this.#window,
      counters: options.shared.counters,
      cookie: (id, remote) => this.#cookie(id, remote),
    });
    options.socket.on('message', (bytes, from) => this.#onMessage(bytes, from));
  }

  /** Accepts nothing more; the socket goes when its last link has gone. */
  close(): void {
    this.#reception.stop();
    this.#closeIfUnused();
  }

  #closeIfUnused(): void {
    if (!this.#reception.isOver || this.#closed) return;
    this.#closed = true;
    this.#o.socket.close();
  }

  #onMessage(bytes: Uint8Array, from: RemoteInfo): void {
    const { shared } = this.#o;
    shared.counters.datagramsReceived += 1;
    if (typeOf(bytes) === DATAGRAM.castFragment && takeCast(bytes, shared)) return;
    const received = this.#reception.receive(bytes, remoteOf(from), performance.now());
    switch (received.kind) {
      case 'none':
        return;
      case 'for':
        received.link.step({ kind: 'datagram', bytes });
        return;
      case 'answer':
        this.#send(received.datagram, from);
        return;
      case 'accept':
        received.replaced?.broken('the peer has begun anew');
        this.#accept(received.id, received.opening, from);
    }
  }

  #accept(id: Uint8Array, { stream, window }: Opening, from: RemoteInfo): void {
    const { shared, local, onLink, options } = this.#o;
    const link: UdpLink = new UdpLink({
      id,
      local,
      remote: udpAddress(from.address, from.port),
      association: newAssociation(shared, { id, window: this.#window, options }),
      transmit: (bytes) => this.#send(bytes, from),
      gone: () => this.#forget(link, stream),
    });
    this.#reception.admit(id, remoteOf(from), link);
    if (!sameBytes(stream, NO_ID)) shared.streams.add(stream, link);
    this.#send(this.#reception.acceptance(id), from);
    link.begin(onLink(link), Math.min(window, WINDOW_MAX));
  }

  #forget(link: UdpLink, stream: Uint8Array): void {
    this.#reception.forget(link.id);
    this.#o.shared.streams.remove(stream, link);
    // After the last word of this link, which is about to leave.
    setImmediate(() => this.#closeIfUnused());
  }

  #cookie(id: Uint8Array, remote: string): Uint8Array {
    const hmac = createHmac('sha256', this.#secret);
    hmac.update(`${remote}|`).update(id);
    return hmac.digest().subarray(0, ID_BYTES);
  }

  #send(bytes: Uint8Array, to: RemoteInfo): void {
    if (this.#closed) return;
    this.#o.shared.counters.datagramsSent += 1;
    this.#o.socket.send(bytes, to.port, to.address, () => {});
  }
}

function remoteOf({ address, port }: RemoteInfo): string {
  return `${address}|${port}`;
}
