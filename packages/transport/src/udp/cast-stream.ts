import type { Link, OutgoingFrame } from '../contract.js';
import type { UdpCounters } from './counters.js';
import { DATAGRAM, numberDatagram, OF_STREAM, TARGETS_MAX, tokenOf } from './datagram.js';
import type { LinkStream } from './link.js';
import { UdpLink } from './link.js';
import { Outbox, type Outgoing } from './outbox.js';

/** Who hears the group is found out so often; an answer holds for a few of these times. */
const BEACON_EVERY_MS = 500;
const BEACONS_FRESH = 3;
/** At most so many bytes at once, and again after each pause: about 50 MB a second. */
const BURST_BYTES = 128 * 1024;
const BURST_EVERY_MS = 2;
/** What waits beyond is dropped, as if the network had lost it. */
const QUEUE_BYTES_MAX = 8 * 1024 * 1024;

export interface CastStreamOptions {
  readonly id: Buffer;
  readonly datagramBytes: number;
  readonly counters: UdpCounters;
  /** Sends one datagram to the group. */
  readonly transmit: (datagram: Buffer) => void;
}

/**
 * What this process sends to several links at once: each datagram names the associations it is for and
 * leaves once, to the IP multicast group.
 *
 * A link counts as reachable so while its peer answers our beacons, so a switch that forwards no
 * multicast, or a peer that could not join, gets everything by its own link. Repairs go there too.
 */
export class CastStream implements LinkStream {
  readonly id: Buffer;
  readonly #options: CastStreamOptions;
  readonly #outbox: Outbox;
  readonly #links = new Set<UdpLink>();
  /** The addressees of the datagram that is being filled. */
  #prefix: Buffer = Buffer.alloc(0);
  #flushScheduled = false;
  #queue: Outgoing[] = [];
  #head = 0;
  #queueBytes = 0;
  #allowance = BURST_BYTES;
  #refilledAt = 0;
  #pacing: NodeJS.Timeout | undefined;
  /** Runs while there are links. */
  #beacons: NodeJS.Timeout | undefined;
  #beacon = 0;
  #stopped = false;

  readonly #flush = (): void => {
    this.#flushScheduled = false;
    this.#enqueueOpen(this.#outbox.takeOpen());
    this.#pump();
  };

  constructor(options: CastStreamOptions) {
    this.id = options.id;
    this.#options = options;
    const { id, datagramBytes } = options;
    this.#outbox = new Outbox({
      id,
      datagramBytes,
      frames: DATAGRAM.castFrames,
      fragment: DATAGRAM.castFragment,
    });
  }

  isFresh(beacon: number): boolean {
    return !this.#stopped && beacon >= 0 && this.#beacon - beacon <= BEACONS_FRESH;
  }

  add(link: UdpLink): void {
    if (this.#stopped) return;
    this.#links.add(link);
    this.#ask();
    this.#beacons ??= setInterval(() => this.#ask(), BEACON_EVERY_MS).unref();
  }

  remove(link: UdpLink): void {
    this.#links.delete(link);
    if (this.#links.size > 0) return;
    clearInterval(this.#beacons);
    this.#beacons = undefined;
  }

  again(number: number, bits: Uint8Array): readonly Outgoing[] {
    return this.#outbox.again(number, bits, performance.now());
  }

  send(links: readonly Link[], frame: OutgoingFrame): void {
    if (this.#stopped) return;
    for (let from = 0; from < links.length; from += TARGETS_MAX) {
      this.#sendTo(prefixOf(links.slice(from, from + TARGETS_MAX)), frame);
    }
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    queueMicrotask(this.#flush);
  }

  /** Nothing leaves any more; links are used one by one. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#beacons);
    clearTimeout(this.#pacing);
    this.#queue = [];
    this.#head = 0;
    this.#queueBytes = 0;
    this.#outbox.clear();
  }

  #ask(): void {
    this.#beacon += 1;
    this.#options.transmit(numberDatagram(DATAGRAM.beacon, this.id, this.#beacon));
  }

  #sendTo(prefix: Buffer, frame: OutgoingFrame): void {
    const length = frame.head.length + (frame.tail?.length ?? 0);
    if (!prefix.equals(this.#prefix)) {
      this.#enqueueOpen(this.#outbox.takeOpen());
      this.#prefix = prefix;
    }
    if (this.#outbox.packs(length, prefix)) {
      this.#enqueueOpen(this.#outbox.pack(frame, prefix));
      return;
    }
    this.#enqueueOpen(this.#outbox.takeOpen());
    const now = performance.now();
    const { fragments } = this.#outbox.cut(frame, { prefix, flags: OF_STREAM, now });
    for (const fragment of fragments) this.#enqueue(fragment);
  }

  #enqueueOpen(bytes: Buffer | undefined): void {
    if (bytes !== undefined) this.#enqueue({ bytes, sentAt: 0 });
  }

  #enqueue(outgoing: Outgoing): void {
    const { length } = outgoing.bytes;
    if (this.#queueBytes + length > QUEUE_BYTES_MAX) {
      // Fragments that are missed may be asked for, as if they had been lost on their way.
      outgoing.sentAt = performance.now();
      this.#options.counters.overflowed += 1;
      return;
    }
    this.#queue.push(outgoing);
    this.#queueBytes += length;
  }

  #pump(): void {
    if (this.#pacing !== undefined) return;
    const now = performance.now();
    if (now - this.#refilledAt >= BURST_EVERY_MS) {
      this.#allowance = BURST_BYTES;
      this.#refilledAt = now;
    }
    while (this.#head < this.#queue.length && this.#allowance > 0) {
      const outgoing = this.#queue[this.#head] as Outgoing;
      const { bytes } = outgoing;
      this.#head += 1;
      this.#queueBytes -= bytes.length;
      this.#allowance -= bytes.length;
      outgoing.sentAt = now;
      this.#options.transmit(bytes);
    }
    if (this.#head >= this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
      return;
    }
    this.#pacing = setTimeout(() => {
      this.#pacing = undefined;
      this.#pump();
    }, BURST_EVERY_MS);
  }
}

/** The addressees as they stand before the content: how many, and each one's token. */
function prefixOf(links: readonly Link[]): Buffer {
  const ours = links.filter((link) => link instanceof UdpLink);
  const prefix = Buffer.allocUnsafe(1 + 4 * ours.length);
  prefix[0] = ours.length;
  for (const [index, link] of ours.entries()) prefix.writeUInt32BE(tokenOf(link.id), 1 + 4 * index);
  return prefix;
}
