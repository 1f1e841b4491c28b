import { randomBytes } from 'node:crypto';

import type { MulticastGroup } from '../udp-address.js';
import type { CastStream } from './cast-stream.js';
import type { UdpCounters } from './counters.js';
import { ID_BYTES, keyOf } from './datagram.js';
import type { UdpLink } from './link.js';
import type { Budget } from './reassembly.js';

/** What listeners and diallers of one transport have in common. */
export interface UdpShared {
  readonly counters: UdpCounters;
  readonly budget: Budget;
  readonly streams: Streams;
  /** Bytes of a datagram that leaves. */
  datagramBytes: number;
  /** Our own multicast stream. */
  stream: CastStream | undefined;
  /** The IP multicast group that it goes to. */
  group: MulticastGroup | undefined;
}

/** An id that nobody can guess. */
export function newId(): Buffer {
  return randomBytes(ID_BYTES);
}

/** The links by the multicast stream of their peer. */
export class Streams {
  readonly #links = new Map<string, Set<UdpLink>>();

  add(stream: Buffer, link: UdpLink): void {
    const links = this.#links.get(keyOf(stream));
    if (links === undefined) this.#links.set(keyOf(stream), new Set([link]));
    else links.add(link);
  }

  remove(stream: Buffer, link: UdpLink): void {
    const links = this.#links.get(keyOf(stream));
    links?.delete(link);
    if (links?.size === 0) this.#links.delete(keyOf(stream));
  }

  of(stream: Buffer): ReadonlySet<UdpLink> | undefined {
    return this.#links.get(keyOf(stream));
  }
}
