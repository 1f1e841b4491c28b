import { type Engine, type Instant, NEVER } from '@group-services/core';

import { sameBytes, writeUint32 } from './bytes.js';
import type { UdpCounters } from './counters.js';
import { DATAGRAM, numberDatagram, OF_STREAM, TARGETS_MAX, tokenOf } from './datagram.js';
import { type Frame, frameLength, type Outgoing } from './frame.js';
import type { StreamOfEnd } from './inputs.js';
import { Outbox } from './outbox.js';

/** Who hears the group is found out so often; an answer holds for a few of these times. */
const BEACON_EVERY_MS = 500;
const BEACONS_FRESH = 3;
/** At most so many bytes at once, and again after each pause: about 50 MB a second. */
const BURST_BYTES = 128 * 1024;
const BURST_EVERY_MS = 2;
/** What waits beyond is dropped, as if the network had lost it. */
const QUEUE_BYTES_MAX = 8 * 1024 * 1024;

/** Something that happens to the multicast stream of one end. */
export type CastInput =
  /** A frame for the associations with these ids. */
  | { readonly kind: 'send'; readonly ids: readonly Uint8Array[]; readonly frame: Frame }
  | { readonly kind: 'flush' }
  /** One more association may use the stream, or one less. */
  | { readonly kind: 'joined' }
  | { readonly kind: 'left' }
  /** Nothing leaves any more; associations are used one by one. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'deadlineReached' };

/** To the multicast group. */
export interface CastOutput {
  readonly kind: 'transmit';
  readonly datagram: Uint8Array;
}

export interface CastStreamOptions {
  readonly id: Uint8Array;
  readonly datagramBytes: number;
  readonly counters: UdpCounters;
}

const NOTHING: readonly CastOutput[] = [];

/**
 * What one end sends to several associations at once: each datagram names the associations it is for and
 * leaves once, to the IP multicast group.
 *
 * A peer counts as reachable so while it answers our beacons, so a switch that forwards no multicast, or
 * a peer that could not join, gets everything by its own association. Repairs go there too.
 */
export class CastStream implements Engine<CastInput, CastOutput>, StreamOfEnd {
  readonly #options: CastStreamOptions;
  readonly #outbox: Outbox;
  #out: CastOutput[] = [];
  #associations = 0;
  /** The addressees of the datagram that is being filled. */
  #prefix = new Uint8Array(0);
  #queue: Outgoing[] = [];
  #head = 0;
  #queueBytes = 0;
  #allowance = BURST_BYTES;
  #refilledAt: Instant = 0;
  #burstAt: Instant = NEVER;
  /** Due while there are associations. */
  #beaconAt: Instant = NEVER;
  #beacon = 0;
  #stopped = false;

  constructor(options: CastStreamOptions) {
    this.#options = options;
    const { id, datagramBytes } = options;
    this.#outbox = new Outbox({
      id,
      datagramBytes,
      frames: DATAGRAM.castFrames,
      fragment: DATAGRAM.castFragment,
    });
  }

  get id(): Uint8Array {
    return this.#options.id;
  }

  /** Whether something that was sent waits for its turn. */
  get isBusy(): boolean {
    return this.#burstAt !== NEVER;
  }

  isFresh(beacon: number): boolean {
    if (this.#stopped || beacon < 0 || beacon > this.#beacon) return false;
    return this.#beacon - beacon <= BEACONS_FRESH;
  }

  again(number: number, bits: Uint8Array, now: Instant): readonly Outgoing[] {
    return this.#outbox.again(number, bits, now);
  }

  step(input: CastInput, now: Instant): readonly CastOutput[] {
    if (!this.#stopped) this.#take(input, now);
    if (this.#out.length === 0) return NOTHING;
    const out = this.#out;
    this.#out = [];
    return out;
  }

  deadline(): Instant {
    return Math.min(this.#burstAt, this.#beaconAt);
  }

  #take(input: CastInput, now: Instant): void {
    switch (input.kind) {
      case 'send':
        for (let from = 0; from < input.ids.length; from += TARGETS_MAX) {
          this.#sendTo(prefixOf(input.ids.slice(from, from + TARGETS_MAX)), input.frame, now);
        }
        break;
      case 'flush':
        this.#enqueueOpen(now);
        this.#pump(now);
        break;
      case 'joined':
        this.#associations += 1;
        this.#ask();
        if (this.#beaconAt === NEVER) this.#beaconAt = now + BEACON_EVERY_MS;
        break;
      case 'left':
        this.#associations -= 1;
        if (this.#associations === 0) this.#beaconAt = NEVER;
        break;
      case 'stop':
        this.#stop();
        break;
      case 'deadlineReached':
        this.#onDeadline(now);
        break;
    }
  }

  #stop(): void {
    this.#stopped = true;
    this.#burstAt = NEVER;
    this.#beaconAt = NEVER;
    this.#queue = [];
    this.#head = 0;
    this.#queueBytes = 0;
    this.#outbox.clear();
  }

  #onDeadline(now: Instant): void {
    if (this.#burstAt <= now) {
      this.#burstAt = NEVER;
      this.#pump(now);
    }
    if (this.#beaconAt <= now) {
      this.#beaconAt = now + BEACON_EVERY_MS;
      this.#ask();
    }
  }

  #ask(): void {
    this.#beacon += 1;
    this.#transmit(numberDatagram(DATAGRAM.beacon, this.#options.id, this.#beacon));
  }

  #sendTo(prefix: Uint8Array<ArrayBuffer>, frame: Frame, now: Instant): void {
    if (!sameBytes(prefix, this.#prefix)) {
      this.#enqueueOpen(now);
      this.#prefix = prefix;
    }
    if (this.#outbox.packs(frameLength(frame), prefix)) {
      const full = this.#outbox.pack(frame, prefix);
      if (full !== undefined) this.#enqueue({ bytes: full, sentAt: 0 }, now);
      return;
    }
    this.#enqueueOpen(now);
    const { fragments } = this.#outbox.cut(frame, { prefix, flags: OF_STREAM, now });
    for (const fragment of fragments) this.#enqueue(fragment, now);
  }

  #enqueueOpen(now: Instant): void {
    const bytes = this.#outbox.takeOpen();
    if (bytes !== undefined) this.#enqueue({ bytes, sentAt: 0 }, now);
  }

  #enqueue(outgoing: Outgoing, now: Instant): void {
    const { length } = outgoing.bytes;
    if (this.#queueBytes + length > QUEUE_BYTES_MAX) {
      // Fragments that are missed may be asked for, as if they had been lost on their way.
      outgoing.sentAt = now;
      this.#options.counters.overflowed += 1;
      return;
    }
    this.#queue.push(outgoing);
    this.#queueBytes += length;
  }

  #pump(now: Instant): void {
    if (this.#burstAt !== NEVER) return;
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
      this.#transmit(bytes);
    }
    if (this.#head >= this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
      return;
    }
    this.#burstAt = now + BURST_EVERY_MS;
  }

  #transmit(datagram: Uint8Array): void {
    this.#out.push({ kind: 'transmit', datagram });
  }
}

/** The addressees as they stand before the content: how many, and each one's token. */
function prefixOf(ids: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const prefix = new Uint8Array(1 + 4 * ids.length);
  prefix[0] = ids.length;
  for (const [index, id] of ids.entries()) writeUint32(prefix, 1 + 4 * index, tokenOf(id));
  return prefix;
}
