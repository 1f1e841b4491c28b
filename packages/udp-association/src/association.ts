import { type Engine, type Instant, NEVER } from '@group-services/core';

import {
  BYE,
  codeDatagram,
  codeOf,
  DATAGRAM,
  datagram,
  HEADER_BYTES,
  numberDatagram,
  numberOf,
  typeOf,
} from './datagram.js';
import type { Frame } from './frame.js';
import type {
  AssociationEnd,
  AssociationInput,
  AssociationOptions,
  AssociationOutput,
} from './inputs.js';
import { Receiver } from './receiver.js';
import { Sender } from './sender.js';

/** After `close`, how long what was queued may take to leave. */
const LINGER_MS = 3_000;
/** Work that needs time (repeats, missing fragments, a full window) is looked at so often. */
const TICK_MS = 10;
/** A BYE is repeated so often, unless answered. */
const BYE_EVERY_MS = 100;
const BYES_MAX = 5;
/** How often a quiet association shows that it is there, and after how many such times it is given up. */
const KEEP_ALIVE_MS = 3_000;
const SILENT_TIMES_MAX = 5;

const NOTHING: readonly AssociationOutput[] = [];

/**
 * One end of one association over datagrams, once it stands.
 *
 * The two ends know the same random id; whatever carries another id is not for them. The peer's end is
 * seen by a BYE, by a refusal of what it does not know any more, by what the owner hears elsewhere
 * (`broken`), or, late, by silence.
 */
export class Association implements Engine<AssociationInput, AssociationOutput> {
  readonly #options: AssociationOptions;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  #out: AssociationOutput[] = [];
  #begun = false;
  /** When there is work that needs time, and when the peer is to be shown that we are there. */
  #tickAt: Instant = NEVER;
  #beatAt: Instant = NEVER;
  #silentTimes = 0;
  /** Set once, by whatever closes the association first. */
  #reason: AssociationEnd | undefined;
  #reported = false;
  /** The peer closed; told when what arrived before has been handed over. */
  #ending: AssociationEnd | undefined;
  #lingerUntil: Instant = 0;
  #byes = 0;
  #byeAt: Instant = 0;
  #gone = false;
  /** The newest beacon of our stream that the peer has answered. */
  #beaconSeen = -1;

  constructor(options: AssociationOptions) {
    this.#options = options;
    const { stream } = options;
    const transmit = (bytes: Uint8Array): void => this.#transmit(bytes);
    this.#sender = new Sender({
      ...options,
      transmit,
      ofStream: (number, bits, now) => stream?.again(number, bits, now) ?? [],
    });
    this.#receiver = new Receiver({ ...options, transmit });
  }

  step(input: AssociationInput, now: Instant): readonly AssociationOutput[] {
    this.#take(input, now);
    if (this.#out.length === 0) return NOTHING;
    const out = this.#out;
    this.#out = [];
    return out;
  }

  deadline(): Instant {
    return Math.min(this.#tickAt, this.#beatAt);
  }

  get bufferedBytes(): number {
    return this.#sender.bufferedBytes;
  }

  get receivedBytes(): number {
    return this.#receiver.receivedBytes;
  }

  /** Whether nothing has closed it so far. */
  get isOpen(): boolean {
    return this.#reason === undefined;
  }

  /** Whether the owner may go on sending without waiting for `drained`. */
  get hasRoom(): boolean {
    return this.isOpen && this.#sender.hasRoom;
  }

  /** Whether the last words to the peer are still to be said. */
  get isLingering(): boolean {
    return this.#lingerUntil > 0 && !this.#gone;
  }

  /** Whether the peer hears the multicast stream of this end. */
  get hearsStream(): boolean {
    return this.isOpen && this.#options.stream?.isFresh(this.#beaconSeen) === true;
  }

  #take(input: AssociationInput, now: Instant): void {
    switch (input.kind) {
      case 'begin':
        this.#begin(input.window, now);
        break;
      case 'datagram':
        this.#onDatagram(input.bytes, now);
        break;
      case 'cast':
        this.#onCast(input.bytes, now);
        break;
      case 'send':
        this.#send(input.frame, now);
        break;
      case 'flush':
        this.#sender.flush(now);
        this.#tickIfNeeded(now);
        this.#drained();
        break;
      case 'handled':
        this.#receiver.handled();
        this.#afterReceiving(now);
        break;
      case 'deadlineReached':
        this.#onDeadline(now);
        break;
      default:
        this.#control(input, now);
    }
  }

  #control(
    input: Extract<
      AssociationInput,
      { readonly kind: 'pause' | 'resume' | 'limit' | 'close' | 'abort' | 'broken' }
    >,
    now: Instant,
  ): void {
    switch (input.kind) {
      case 'pause':
        this.#receiver.pause();
        break;
      case 'resume':
        this.#receiver.resume();
        if (this.isOpen) this.#afterReceiving(now);
        break;
      case 'limit':
        this.#receiver.setFrameLimit(input.bytes);
        break;
      case 'close':
        this.#close(now);
        break;
      case 'abort':
        this.#abortWith({ kind: 'closed' });
        break;
      case 'broken':
        this.#endWith({ kind: 'broken', what: input.what });
        break;
    }
  }

  #begin(window: number, now: Instant): void {
    this.#begun = true;
    if (this.#gone) {
      this.#report();
      return;
    }
    this.#beatAt = now + KEEP_ALIVE_MS;
    this.#sender.open(window, now);
    this.#tickIfNeeded(now);
  }

  #send(frame: Frame, now: Instant): void {
    if (!this.isOpen) return;
    if (frame.urgent === true && this.#sender.sendUrgent(frame)) return;
    this.#sender.add(frame, now);
  }

  #close(now: Instant): void {
    if (!this.isOpen) return;
    this.#settle({ kind: 'closed' });
    this.#sender.flush(now);
    this.#lingerUntil = now + LINGER_MS;
    this.#tickIfNeeded(now);
    this.#sayByeWhenDone(now);
  }

  #onDatagram(bytes: Uint8Array, now: Instant): void {
    if (this.#gone) return;
    const type = typeOf(bytes);
    this.#silentTimes = 0;
    switch (type) {
      case DATAGRAM.frames:
        if (this.#takes) this.#receiver.onFrames(bytes);
        break;
      case DATAGRAM.fragment:
        if (this.#takes) this.#receiver.onFragment(bytes, now);
        break;
      case DATAGRAM.ping:
        this.#receiver.onPing(bytes);
        break;
      case DATAGRAM.bye:
        this.#onBye(bytes, now);
        return;
      case DATAGRAM.byeReceived:
        if (this.#byes > 0) this.#vanish();
        return;
      case DATAGRAM.refuse:
        this.#endWith({ kind: 'broken', what: 'the peer does not know it any more' });
        return;
      default:
        this.#onAnswer(type, bytes, now);
        return;
    }
    this.#afterReceiving(now);
  }

  #onCast(bytes: Uint8Array, now: Instant): void {
    const type = typeOf(bytes);
    if (type === DATAGRAM.beacon) {
      const beacon = numberOf(bytes);
      if (beacon === undefined || this.#gone) return;
      this.#transmit(numberDatagram(DATAGRAM.seen, this.#options.id, beacon));
      return;
    }
    if (!this.#takes || type === undefined) return;
    this.#silentTimes = 0;
    this.#receiver.onCast(type, bytes, now);
    this.#afterReceiving(now);
  }

  get #takes(): boolean {
    return this.isOpen && this.#ending === undefined;
  }

  #onAnswer(type: number | undefined, bytes: Uint8Array, now: Instant): void {
    const { counters, stream } = this.#options;
    const number = numberOf(bytes);
    if (type === DATAGRAM.missing) {
      counters.fragmentsResent += this.#sender.onMissing(bytes, now);
    } else if (number === undefined) {
      counters.malformed += 1;
    } else if (type === DATAGRAM.echo) {
      this.#sender.onEcho(number, now);
      this.#drained();
    } else if (type === DATAGRAM.confirm) {
      this.#sender.onConfirm(number);
      this.#drained();
    } else if (type === DATAGRAM.seen && stream?.isFresh(number) === true) {
      this.#beaconSeen = Math.max(this.#beaconSeen, number);
    }
    this.#sayByeWhenDone(now);
    this.#tickIfNeeded(now);
  }

  #onBye(bytes: Uint8Array, now: Instant): void {
    this.#transmit(datagram(DATAGRAM.byeReceived, this.#options.id, HEADER_BYTES));
    if (codeOf(bytes) !== BYE.orderly) {
      this.#endWith({ kind: 'broken', what: 'the peer aborted' });
      return;
    }
    this.#ending ??= { kind: 'ended' };
    this.#sender.drop();
    this.#afterReceiving(now);
  }

  /** Hands over the next frame; when none is left looks at what has to wait for that. */
  #afterReceiving(now: Instant): void {
    const frame = this.isOpen ? this.#receiver.next() : undefined;
    if (frame !== undefined) {
      this.#out.push({ kind: 'frame', frame });
      this.#tickIfNeeded(now);
      return;
    }
    this.#receiver.echo();
    const bytes = this.#receiver.tooLarge;
    if (bytes !== undefined && this.isOpen) {
      this.#abortWith({ kind: 'frame-too-large', bytes, limit: this.#receiver.frameLimit });
    } else if (this.#ending !== undefined && (this.#receiver.isEmpty || !this.isOpen)) {
      this.#endWith(this.#ending);
    } else {
      this.#tickIfNeeded(now);
    }
  }

  #drained(): void {
    if (this.isOpen && this.#sender.takeDrained()) this.#out.push({ kind: 'drained' });
  }

  /** After `close`: a BYE when all has left, and again until it is answered. */
  #sayByeWhenDone(now: Instant): void {
    if (this.#lingerUntil === 0 || this.#gone || !this.#begun) return;
    if (!this.#sender.isDone && now < this.#lingerUntil) return;
    if (now < this.#byeAt) return;
    this.#report();
    if (this.#byes >= BYES_MAX) {
      this.#vanish();
      return;
    }
    this.#byes += 1;
    this.#byeAt = now + BYE_EVERY_MS;
    this.#transmit(codeDatagram(DATAGRAM.bye, this.#options.id, BYE.orderly));
  }

  #tickIfNeeded(now: Instant): void {
    if (this.#tickAt !== NEVER || this.#gone || !this.#begun) return;
    if (!this.#sender.isBusy && !this.#receiver.isBusy && this.#lingerUntil === 0) return;
    this.#tickAt = now + TICK_MS;
  }

  #onDeadline(now: Instant): void {
    if (this.#tickAt <= now) this.#tick(now);
    if (this.#beatAt <= now) this.#beat(now);
  }

  #tick(now: Instant): void {
    this.#tickAt = NEVER;
    this.#sender.tick(now);
    this.#receiver.tick(now);
    this.#drained();
    this.#sayByeWhenDone(now);
    this.#tickIfNeeded(now);
  }

  /** Counted in times, not in time: a process that was stopped hears its peer before it judges. */
  #beat(now: Instant): void {
    this.#beatAt = now + KEEP_ALIVE_MS;
    this.#silentTimes += 1;
    if (this.#silentTimes <= SILENT_TIMES_MAX) this.#sender.ping(now);
    // It may be that only its words are lost: it is told.
    else this.#abortWith({ kind: 'broken', what: 'nothing was heard for too long' });
  }

  #transmit(bytes: Uint8Array): void {
    if (!this.#gone) this.#out.push({ kind: 'transmit', datagram: bytes });
  }

  #settle(reason: AssociationEnd): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#receiver.clear();
  }

  /** Ends with a word to the peer, which sees a broken association. */
  #abortWith(reason: AssociationEnd): void {
    this.#settle(reason);
    this.#transmit(codeDatagram(DATAGRAM.bye, this.#options.id, BYE.aborted));
    this.#endWith(reason);
  }

  #endWith(reason: AssociationEnd): void {
    this.#settle(reason);
    this.#report();
    this.#vanish();
  }

  /** Tells the owner, once. */
  #report(): void {
    if (this.#reported || !this.#begun || this.#reason === undefined) return;
    this.#reported = true;
    this.#out.push({ kind: 'closed', reason: this.#reason });
  }

  #vanish(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#tickAt = NEVER;
    this.#beatAt = NEVER;
    this.#sender.drop();
    this.#receiver.clear();
    this.#out.push({ kind: 'gone' });
  }
}
