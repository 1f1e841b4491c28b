import { createHmac, randomBytes } from 'node:crypto';
import type { RemoteInfo, Socket } from 'node:dgram';

import type { Link, LinkHandlers, ListenOptions } from '../contract.js';
import { udpAddress } from '../udp-address.js';
import {
  codeDatagram,
  cookieDatagram,
  DATAGRAM,
  datagram,
  HEADER_BYTES,
  ID_BYTES,
  idOf,
  keyOf,
  NO_ID,
  numberDatagram,
  type Opening,
  REFUSE,
  readOpening,
  typeOf,
} from './datagram.js';
import { UdpLink } from './link.js';
import { takeCast } from './multicast.js';
import type { UdpShared } from './shared.js';
import { WINDOW_MAX, windowOf } from './udp-socket.js';

/** Associations at one listener, and those of them from which nothing has come yet. */
const LINKS_MAX = 4_096;
const HALF_OPEN_MAX = 256;
/** Ids of associations that are over: a late OPEN of one must not begin it anew. */
const ENDED_MAX = 4_096;
/** Strangers are refused at most so often in a second, or we could be used to flood somebody. */
const REFUSALS_PER_SECOND = 200;

interface Accepted {
  readonly link: UdpLink;
  readonly remote: string;
}

export interface ListeningOptions {
  readonly socket: Socket;
  readonly local: string;
  readonly shared: UdpShared;
  readonly onLink: (link: Link) => LinkHandlers;
  readonly options: ListenOptions;
}

/**
 * The socket that peers dial, and the associations that came to be through it.
 *
 * State is kept only for those who have shown by a cookie that they receive at the address they send
 * from, and only for so many of them.
 */
export class Listening {
  readonly #o: ListeningOptions;
  readonly #links = new Map<string, Accepted>();
  /** The present association of each address and port. */
  readonly #byRemote = new Map<string, UdpLink>();
  readonly #halfOpen = new Set<UdpLink>();
  readonly #ended = new Set<string>();
  readonly #secret = randomBytes(32);
  readonly #window: number;
  #accepting = true;
  #closed = false;
  #refusals = 0;
  #refusalsSince = 0;

  constructor(options: ListeningOptions) {
    this.#o = options;
    this.#window = windowOf(options.socket);
    options.socket.on('message', (bytes, from) => this.#onMessage(bytes, from));
  }

  /** Accepts nothing more; the socket goes when its last link has gone. */
  close(): void {
    this.#accepting = false;
    this.#closeIfUnused();
  }

  #closeIfUnused(): void {
    if (this.#accepting || this.#links.size > 0 || this.#closed) return;
    this.#closed = true;
    this.#o.socket.close();
  }

  #onMessage(bytes: Buffer, from: RemoteInfo): void {
    const { shared } = this.#o;
    shared.counters.datagramsReceived += 1;
    const type = typeOf(bytes);
    if (type === undefined) {
      shared.counters.malformed += 1;
      return;
    }
    if (type === DATAGRAM.castFragment && takeCast(bytes, shared)) return;
    const remote = `${from.address}|${from.port}`;
    const accepted = this.#links.get(keyOf(idOf(bytes)));
    if (accepted === undefined) {
      this.#onUnknown(type, bytes, from);
    } else if (accepted.remote !== remote) {
      shared.counters.foreign += 1;
    } else if (type === DATAGRAM.open) {
      this.#sendAccept(accepted.link);
    } else {
      this.#halfOpen.delete(accepted.link);
      accepted.link.onDatagram(type, bytes);
    }
  }

  #onUnknown(type: number, bytes: Buffer, from: RemoteInfo): void {
    const { counters } = this.#o.shared;
    const id = idOf(bytes);
    switch (type) {
      case DATAGRAM.open:
        this.#onOpen(bytes, from);
        return;
      case DATAGRAM.bye:
        this.#answer(datagram(DATAGRAM.byeReceived, id, HEADER_BYTES), from);
        return;
      case DATAGRAM.frames:
      case DATAGRAM.fragment:
      case DATAGRAM.ping:
        counters.foreign += 1;
        this.#answer(codeDatagram(DATAGRAM.refuse, id, REFUSE.unknown), from);
        return;
      default:
        counters.foreign += 1;
    }
  }

  #onOpen(bytes: Buffer, from: RemoteInfo): void {
    const { counters } = this.#o.shared;
    const id = Buffer.from(idOf(bytes));
    const opening = readOpening(bytes);
    if (opening === undefined) {
      counters.malformed += 1;
    } else if (!this.#accepting || this.#ended.has(keyOf(id))) {
      this.#answer(codeDatagram(DATAGRAM.refuse, id, REFUSE.notListening), from);
    } else if (!this.#cookie(id, from).equals(opening.cookie)) {
      // Smaller than what it answers, and diallers in earnest must get theirs in a flood of others.
      this.#send(cookieDatagram(id, this.#cookie(id, from)), from);
    } else if (this.#links.size >= LINKS_MAX || this.#halfOpen.size >= HALF_OPEN_MAX) {
      counters.openingsRefused += 1;
      this.#answer(codeDatagram(DATAGRAM.refuse, id, REFUSE.full), from);
    } else {
      this.#accept(id, opening, from);
    }
  }

  #accept(id: Buffer, opening: Opening, from: RemoteInfo): void {
    const { shared, local, onLink, options } = this.#o;
    const remote = `${from.address}|${from.port}`;
    this.#byRemote.get(remote)?.broken('the peer has begun anew');
    const stream = Buffer.from(opening.stream);
    const link = new UdpLink({
      ...options,
      id,
      local,
      remote: udpAddress(from.address, from.port),
      datagramBytes: shared.datagramBytes,
      echoEveryBytes: Math.floor(this.#window / 4),
      budget: shared.budget,
      counters: shared.counters,
      transmit: (bytes) => this.#send(bytes, from),
      gone: (gone) => this.#forget(gone, { remote, stream }),
    });
    this.#links.set(keyOf(id), { link, remote });
    this.#byRemote.set(remote, link);
    this.#halfOpen.add(link);
    if (!stream.equals(NO_ID)) shared.streams.add(stream, link);
    this.#sendAccept(link);
    link.begin(onLink(link), Math.min(opening.window, WINDOW_MAX));
  }

  #forget(link: UdpLink, of: { readonly remote: string; readonly stream: Buffer }): void {
    this.#links.delete(keyOf(link.id));
    this.#halfOpen.delete(link);
    if (this.#byRemote.get(of.remote) === link) this.#byRemote.delete(of.remote);
    this.#o.shared.streams.remove(of.stream, link);
    this.#ended.add(keyOf(link.id));
    if (this.#ended.size > ENDED_MAX) {
      for (const oldest of this.#ended) {
        this.#ended.delete(oldest);
        break;
      }
    }
    // After the last word of this link, which is about to leave.
    setImmediate(() => this.#closeIfUnused());
  }

  #sendAccept(link: UdpLink): void {
    link.answer(numberDatagram(DATAGRAM.accept, link.id, this.#window));
  }

  #cookie(id: Buffer, from: RemoteInfo): Buffer {
    const hmac = createHmac('sha256', this.#secret);
    hmac.update(`${from.address}|${from.port}|`).update(id);
    return hmac.digest().subarray(0, ID_BYTES);
  }

  /** Answers somebody for whom nothing is kept; never with more bytes than came, never without end. */
  #answer(bytes: Buffer, to: RemoteInfo): void {
    const now = performance.now();
    if (now - this.#refusalsSince >= 1000) {
      this.#refusalsSince = now;
      this.#refusals = 0;
    }
    this.#refusals += 1;
    if (this.#refusals <= REFUSALS_PER_SECOND) this.#send(bytes, to);
  }

  #send(bytes: Buffer, to: RemoteInfo): void {
    if (this.#closed) return;
    this.#o.shared.counters.datagramsSent += 1;
    this.#o.socket.send(bytes, to.port, to.address, () => {});
  }
}
