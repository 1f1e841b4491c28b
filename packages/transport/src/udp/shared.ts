import { randomBytes } from 'node:crypto';

import {
  Association,
  type Budget,
  ID_BYTES,
  keyOf,
  type UdpCounters,
} from '@group-services/udp-association';

import { FRAME_LIMIT_DEFAULT, HIGH_WATER_MARK_DEFAULT, type LinkOptions } from '../contract.js';
import type { MulticastGroup } from '../udp-address.js';
import type { UdpCast } from './cast.js';
import type { UdpLink } from './link.js';

/** What listeners and diallers of one transport have in common. */
export interface UdpShared {
  readonly counters: UdpCounters;
  readonly budget: Budget;
  readonly streams: Streams;
  /** Bytes of a datagram that leaves. */
  datagramBytes: number;
  /** Our own multicast stream. */
  stream: UdpCast | undefined;
  /** The IP multicast group that it goes to. */
  group: MulticastGroup | undefined;
}

/** An id that nobody can guess. */
export function newId(): Uint8Array {
  return randomBytes(ID_BYTES);
}

/** One end of an association; `window` bytes may be under way to it. */
export function newAssociation(
  shared: UdpShared,
  of: {
    readonly id: Uint8Array;
    readonly window: number;
    readonly options: LinkOptions;
    readonly stream?: UdpCast | undefined;
  },
): Association {
  const { counters, budget, datagramBytes } = shared;
  return new Association({
    id: of.id,
    datagramBytes,
    frameLimit: of.options.frameLimit ?? FRAME_LIMIT_DEFAULT,
    highWaterMark: of.options.highWaterMark ?? HIGH_WATER_MARK_DEFAULT,
    echoEveryBytes: Math.floor(of.window / 4),
    budget,
    counters,
    stream: of.stream?.engine,
  });
}

/** The links by the multicast stream of their peer. */
export class Streams {
  readonly #links = new Map<string, Set<UdpLink>>();

  add(stream: Uint8Array, link: UdpLink): void {
    const links = this.#links.get(keyOf(stream));
    if (links === undefined) this.#links.set(keyOf(stream), new Set([link]));
    else links.add(link);
  }

  remove(stream: Uint8Array, link: UdpLink): void {
    const links = this.#links.get(keyOf(stream));
    links?.delete(link);
    if (links?.size === 0) this.#links.delete(keyOf(stream));
  }

  of(stream: Uint8Array): ReadonlySet<UdpLink> | undefined {
    return this.#links.get(keyOf(stream));
  }
}
