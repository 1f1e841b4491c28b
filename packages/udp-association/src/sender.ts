import {
  DATAGRAM,
  numberDatagram,
  OF_STREAM,
  RELIABLE,
  readMissing,
  setPosition,
} from './datagram.js';
import { type Frame, frameLength, type Outgoing } from './frame.js';
import { Outbox } from './outbox.js';

/** A link that is held up asks this often where the peer stands. */
const PING_EVERY_MS = 25;
/** Unconfirmed frames are repeated first after this; each later wait is twice as long. */
const REPEAT_AFTER_MS = 40;
const REPEAT_AFTER_MAX_MS = 160;
/** Longer than any handshake may take. */
const REPEAT_FOR_MS = 8_000;

export interface SenderOptions {
  readonly id: Uint8Array;
  readonly datagramBytes: number;
  readonly highWaterMark: number;
  /** Takes what is to leave. */
  readonly transmit: (datagram: Uint8Array) => void;
  /** Fragments of our multicast stream that the peer lacks. */
  readonly ofStream: (number: number, bits: Uint8Array, now: number) => readonly Outgoing[];
}

interface Unconfirmed {
  readonly fragments: readonly Outgoing[];
  readonly bytes: number;
  readonly until: number;
  again: number;
  wait: number;
}

/** Room for the position that each datagram gets when it leaves. */
const POSITION = new Uint8Array(4);

/**
 * What one association sends. Bytes under way are bounded by the window that the peer offered: each
 * datagram carries its position, and `echo` says up to which one nothing is under way any more. This
 * keeps the peer's socket buffer from overflowing and makes a peer that does not read felt here; it
 * does not repeat what is lost.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #highWaterMark: number;
  readonly #outbox: Outbox;
  readonly #urgent: Outbox;
  readonly #unconfirmed = new Map<number, Unconfirmed>();
  #unconfirmedBytes = 0;
  /** Datagrams that wait, from `#head` on. */
  #queue: Outgoing[] = [];
  #head = 0;
  #queueBytes = 0;
  /** Positions, modulo 2^32. */
  #sent = 0;
  #echoed = 0;
  #window = 0;
  #pingAt = 0;
  #drainOwed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#highWaterMark = options.highWaterMark;
    const { id, datagramBytes } = options;
    const { frames, fragment } = DATAGRAM;
    this.#outbox = new Outbox({ id, datagramBytes, frames, fragment });
    this.#urgent = new Outbox({ id, datagramBytes, frames, fragment });
  }

  get bufferedBytes(): number {
    return this.#queueBytes + this.#outbox.openBytes + this.#unconfirmedBytes;
  }

  get hasRoom(): boolean {
    return this.bufferedBytes <= this.#highWaterMark;
  }

  /** Whether something happens with time. */
  get isBusy(): boolean {
    return this.#queueBytes > 0 || this.#unconfirmed.size > 0;
  }

  /** Whether everything has left, and what is reliable was confirmed. */
  get isDone(): boolean {
    return this.bufferedBytes === 0;
  }

  /** The peer accepts; until then nothing leaves. */
  open(window: number, now: number): void {
    this.#window = window;
    this.pump(now);
  }

  /** Sends a small frame at once, past everything that waits. */
  sendUrgent(frame: Frame): boolean {
    const length = frameLength(frame);
    if (this.#window === 0 || !this.#outbox.packs(length, POSITION)) return false;
    this.#urgent.pack(frame, POSITION);
    const datagram = this.#urgent.takeOpen();
    if (datagram === undefined) return false;
    this.#sent = (this.#sent + datagram.length) >>> 0;
    setPosition(datagram, this.#sent);
    this.#options.transmit(datagram);
    return true;
  }

  /** Queues a frame; it leaves with `flush`. */
  add(frame: Frame, now: number): void {
    const length = frameLength(frame);
    if (frame.reliable !== true && this.#outbox.packs(length, POSITION)) {
      const full = this.#outbox.pack(frame, POSITION);
      if (full !== undefined) this.#enqueue({ bytes: full, sentAt: 0 });
    } else {
      const open = this.#outbox.takeOpen();
      if (open !== undefined) this.#enqueue({ bytes: open, sentAt: 0 });
      this.#cut(frame, length, now);
    }
    if (!this.hasRoom) this.#drainOwed = true;
  }

  /** Lets everything go that was added, as far as the window allows. */
  flush(now: number): void {
    const open = this.#outbox.takeOpen();
    if (open !== undefined) this.#enqueue({ bytes: open, sentAt: 0 });
    this.pump(now);
  }

  /** Says, once, that what had become too much has gone down to half of it. */
  takeDrained(): boolean {
    if (!this.#drainOwed || this.bufferedBytes > this.#highWaterMark / 2) return false;
    this.#drainOwed = false;
    return true;
  }

  onEcho(position: number, now: number): void {
    const advance = (position - this.#echoed) >>> 0;
    if (advance > this.#underWay) return;
    this.#echoed = position;
    this.pump(now);
  }

  onConfirm(number: number): void {
    const unconfirmed = this.#unconfirmed.get(number);
    if (unconfirmed !== undefined) this.#forget(number, unconfirmed);
  }

  /** Queues fragments again; returns how many. */
  onMissing(datagram: Uint8Array, now: number): number {
    const asked = readMissing(datagram);
    // An ask that comes while the last answer waits in the queue would only make it longer.
    if (asked === undefined || this.#queueBytes > this.#window) return 0;
    const { flags, number, bits } = asked;
    const again =
      (flags & OF_STREAM) === 0
        ? this.#outbox.again(number, bits, now)
        : this.#options.ofStream(number, bits, now);
    for (const fragment of again) {
      fragment.sentAt = 0;
      this.#enqueue(fragment);
    }
    this.pump(now);
    return again.length;
  }

  /** Repeats what is not confirmed and asks for an echo when held up. */
  tick(now: number): void {
    for (const [number, unconfirmed] of this.#unconfirmed) {
      if (unconfirmed.until <= now) this.#forget(number, unconfirmed);
      else if (unconfirmed.again <= now) this.#repeat(unconfirmed, now);
    }
    this.pump(now);
  }

  ping(now: number): void {
    this.#pingAt = now + PING_EVERY_MS;
    this.#options.transmit(numberDatagram(DATAGRAM.ping, this.#options.id, this.#sent));
  }

  /** Forgets everything that has not left. */
  drop(): void {
    this.#queue = [];
    this.#head = 0;
    this.#queueBytes = 0;
    this.#unconfirmed.clear();
    this.#unconfirmedBytes = 0;
    this.#outbox.clear();
  }

  get #underWay(): number {
    return (this.#sent - this.#echoed) >>> 0;
  }

  #cut(frame: Frame, length: number, now: number): void {
    const reliable = frame.reliable === true;
    const flags = reliable ? RELIABLE : 0;
    const { number, fragments } = this.#outbox.cut(frame, { prefix: POSITION, flags, now });
    for (const fragment of fragments) this.#enqueue(fragment);
    if (!reliable) return;
    const until = now + REPEAT_FOR_MS;
    const again = now + REPEAT_AFTER_MS;
    this.#unconfirmed.set(number, {
      fragments,
      bytes: length,
      until,
      again,
      wait: REPEAT_AFTER_MS,
    });
    this.#unconfirmedBytes += length;
  }

  #repeat(unconfirmed: Unconfirmed, now: number): void {
    unconfirmed.wait = Math.min(unconfirmed.wait * 2, REPEAT_AFTER_MAX_MS);
    unconfirmed.again = now + unconfirmed.wait;
    if (this.#queueBytes > 0) return;
    for (const fragment of unconfirmed.fragments) this.#enqueue(fragment);
  }

  #forget(number: number, unconfirmed: Unconfirmed): void {
    this.#unconfirmed.delete(number);
    this.#unconfirmedBytes -= unconfirmed.bytes;
  }

  #enqueue(outgoing: Outgoing): void {
    this.#queue.push(outgoing);
    this.#queueBytes += outgoing.bytes.length;
  }

  /** Sends what the window allows. */
  pump(now: number): void {
    while (this.#head < this.#queue.length) {
      const outgoing = this.#queue[this.#head] as Outgoing;
      const datagram = outgoing.bytes;
      const isFirst = this.#underWay === 0;
      if (this.#window === 0) return;
      if (!isFirst && this.#underWay + datagram.length > this.#window) {
        if (now >= this.#pingAt) this.ping(now);
        return;
      }
      this.#head += 1;
      this.#queueBytes -= datagram.length;
      this.#sent = (this.#sent + datagram.length) >>> 0;
      // A fragment of the multicast stream has no room for a position; the next datagram tells it.
      if (datagram[3] !== DATAGRAM.castFragment) setPosition(datagram, this.#sent);
      outgoing.sentAt = now;
      this.#options.transmit(datagram);
    }
    if (this.#head === 0) return;
    this.#queue = [];
    this.#head = 0;
  }
}
