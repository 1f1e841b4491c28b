import type {
  Cast,
  CloseReason,
  Link,
  LinkHandlers,
  LinkOptions,
  OutgoingFrame,
} from '../contract.js';
import { FRAME_LIMIT_DEFAULT } from '../contract.js';
import { TransportError } from '../errors.js';
import type { UdpCounters } from './counters.js';
import {
  BYE,
  codeDatagram,
  codeOf,
  DATAGRAM,
  datagram,
  HEADER_BYTES,
  numberOf,
} from './datagram.js';
import type { Outgoing } from './outbox.js';
import type { Budget } from './reassembly.js';
import { Receiver } from './receiver.js';
import { Sender } from './sender.js';

/** After `close`, how long what was queued may take to leave. */
const LINGER_MS = 3_000;
/** Work that needs time (repeats, missing fragments, a full window) is looked at so often. */
const TICK_MS = 10;
/** A BYE is repeated so often, unless answered. */
const BYE_EVERY_MS = 100;
const BYES_MAX = 5;
/** How often a quiet link shows that it is there, and after how many such times it is given up. */
const KEEP_ALIVE_MS = 3_000;
const SILENT_TIMES_MAX = 5;

export interface UdpLinkOptions extends LinkOptions {
  readonly local: string;
  readonly remote: string;
  readonly id: Buffer;
  readonly datagramBytes: number;
  readonly echoEveryBytes: number;
  readonly budget: Budget;
  readonly counters: UdpCounters;
  readonly transmit: (datagram: Buffer) => void;
  /** Nothing more will be sent or taken. */
  readonly gone: (link: UdpLink) => void;
  /** The multicast stream of this end, if the peer is in the same group. */
  readonly stream?: LinkStream | undefined;
}

/** What a link needs of the multicast stream of its own end. */
export interface LinkStream extends Cast {
  readonly again: (number: number, bits: Uint8Array) => readonly Outgoing[];
  /** Whether an answer to this beacon, or a newer one, is fresh enough to rely on. */
  readonly isFresh: (beacon: number) => boolean;
  readonly add: (link: UdpLink) => void;
  readonly remove: (link: UdpLink) => void;
}

/**
 * One association over datagrams.
 *
 * It lives in two ends that know the same random id; whatever carries another id is not for it. The
 * peer's end is seen by a BYE, by a refusal of what it does not know any more, by the operating
 * system's word that nobody listens there, or, late, by silence.
 */
export class UdpLink implements Link {
  readonly local: string;
  readonly remote: string;
  readonly id: Buffer;
  readonly #options: UdpLinkOptions;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  #handlers: LinkHandlers | undefined;
  #begun = false;
  #flushScheduled = false;
  #resumeScheduled = false;
  /** Runs while something happens with time. */
  #ticking: NodeJS.Timeout | undefined;
  /** Runs from `begin` to the end. */
  #keepAlive: NodeJS.Timeout | undefined;
  #silentTimes = 0;
  /** Set once, by whatever closes the link first. */
  #reason: CloseReason | undefined;
  /** The peer closed; told when what arrived before has been handed over. */
  #ending: CloseReason | undefined;
  #lingerUntil = 0;
  #byes = 0;
  #byeAt = 0;
  #gone = false;
  /** The newest beacon of our stream that the peer has answered. */
  #beaconSeen = -1;

  readonly #flush = (): void => {
    this.#flushScheduled = false;
    this.#sender.flush();
    this.#tickIfNeeded();
    this.#drained();
  };

  constructor(options: UdpLinkOptions) {
    this.#options = options;
    this.local = options.local;
    this.remote = options.remote;
    this.id = options.id;
    const { id, datagramBytes, highWaterMark, echoEveryBytes, budget, counters, transmit } =
      options;
    const now = (): number => performance.now();
    const ofStream = (number: number, bits: Uint8Array): readonly Outgoing[] =>
      options.stream?.again(number, bits) ?? [];
    this.#sender = new Sender({ id, datagramBytes, highWaterMark, transmit, ofStream, now });
    this.#receiver = new Receiver({
      id,
      frameLimit: options.frameLimit ?? FRAME_LIMIT_DEFAULT,
      echoEveryBytes,
      budget,
      counters,
      transmit,
      onFrame: (frame) => {
        if (this.#reason === undefined) this.#handlers?.onFrame(this, frame);
      },
      now,
    });
  }

  /** The link stands: `window` bytes may be under way to the peer. */
  begin(handlers: LinkHandlers, window: number): void {
    this.#handlers = handlers;
    this.#begun = true;
    if (this.#gone) {
      this.#report();
      return;
    }
    this.#options.stream?.add(this);
    this.#keepAlive = setInterval(() => this.#beat(), KEEP_ALIVE_MS);
    this.#keepAlive.unref();
    this.#sender.open(window);
    this.#tickIfNeeded();
  }

  get bufferedBytes(): number {
    return this.#sender.bufferedBytes;
  }

  get receivedBytes(): number {
    return this.#receiver.receivedBytes;
  }

  get cast(): Cast | undefined {
    const { stream } = this.#options;
    return stream?.isFresh(this.#beaconSeen) === true && this.#reason === undefined
      ? stream
      : undefined;
  }

  send(frame: OutgoingFrame): boolean {
    if (this.#reason !== undefined) return false;
    if (frame.urgent === true && this.#sender.sendUrgent(frame)) return true;
    const hasRoom = this.#sender.add(frame);
    if (!this.#flushScheduled) {
      this.#flushScheduled = true;
      queueMicrotask(this.#flush);
    }
    return hasRoom;
  }

  pause(): void {
    this.#receiver.pause();
  }

  resume(): void {
    if (this.#resumeScheduled || this.#reason !== undefined) return;
    this.#receiver.resume();
    this.#resumeScheduled = true;
    queueMicrotask(() => {
      this.#resumeScheduled = false;
      this.#receiver.deliver();
      this.#afterReceiving();
    });
  }

  setFrameLimit(bytes: number): void {
    this.#receiver.setFrameLimit(bytes);
  }

  close(): void {
    if (this.#reason !== undefined) return;
    this.#settle({ kind: 'closed' });
    this.#sender.flush();
    this.#lingerUntil = performance.now() + LINGER_MS;
    this.#tickIfNeeded();
    this.#sayByeWhenDone();
  }

  closeWith(last: OutgoingFrame): void {
    this.send(last);
    this.close();
  }

  abort(): void {
    this.#settle({ kind: 'closed' });
    if (this.#gone) return;
    this.#options.transmit(codeDatagram(DATAGRAM.bye, this.id, BYE.aborted));
    this.#report();
    this.#vanish();
  }

  /** The association ended without a word of the peer's. */
  fail(error: TransportError): void {
    this.#settle({ kind: 'failed', error });
    this.#report();
    this.#vanish();
  }

  broken(what: string): void {
    const message = `lost the link to ${this.remote}: ${what}`;
    this.fail(new TransportError('broken', this.remote, { message }));
  }

  /** Sends a datagram that is about this association but none of its frames. */
  answer(datagram: Buffer): void {
    if (!this.#gone) this.#options.transmit(datagram);
  }

  /** Whatever carries this association's id and came from its peer. */
  onDatagram(type: number, bytes: Buffer): void {
    this.#silentTimes = 0;
    switch (type) {
      case DATAGRAM.frames:
        if (this.#takes) this.#receiver.onFrames(bytes);
        break;
      case DATAGRAM.fragment:
        if (this.#takes) this.#receiver.onFragment(bytes);
        break;
      case DATAGRAM.ping:
        this.#receiver.onPing(bytes);
        break;
      case DATAGRAM.bye:
        this.#onBye(bytes);
        return;
      case DATAGRAM.byeReceived:
        if (this.#byes > 0) this.#vanish();
        return;
      default:
        this.#onAnswer(type, bytes);
        return;
    }
    this.#afterReceiving();
  }

  /** A datagram of the peer's multicast stream. */
  onCast(type: number, bytes: Buffer): void {
    if (!this.#takes) return;
    this.#silentTimes = 0;
    this.#receiver.onCast(type, bytes);
    this.#afterReceiving();
  }

  get #takes(): boolean {
    return this.#reason === undefined && this.#ending === undefined;
  }

  #onAnswer(type: number, bytes: Buffer): void {
    const number = numberOf(bytes);
    if (type === DATAGRAM.missing) {
      this.#options.counters.fragmentsResent += this.#sender.onMissing(bytes);
    } else if (number === undefined) {
      this.#options.counters.malformed += 1;
    } else if (type === DATAGRAM.echo) {
      this.#sender.onEcho(number);
      this.#drained();
    } else if (type === DATAGRAM.confirm) {
      this.#sender.onConfirm(number);
      this.#drained();
    } else if (type === DATAGRAM.seen) {
      this.#beaconSeen = Math.max(this.#beaconSeen, number);
    }
    this.#sayByeWhenDone();
    this.#tickIfNeeded();
  }

  #onBye(bytes: Buffer): void {
    this.#options.transmit(datagram(DATAGRAM.byeReceived, this.id, HEADER_BYTES));
    if (codeOf(bytes) === BYE.orderly) this.#endAfterWaiting({ kind: 'ended' });
    else this.broken('the peer aborted');
  }

  #endAfterWaiting(reason: CloseReason): void {
    this.#ending ??= reason;
    this.#sender.drop();
    this.#afterReceiving();
  }

  #afterReceiving(): void {
    const bytes = this.#receiver.tooLarge;
    if (bytes !== undefined && this.#reason === undefined) {
      const limit = this.#receiver.frameLimit;
      this.#settle({ kind: 'frame-too-large', bytes, limit });
      this.#options.transmit(codeDatagram(DATAGRAM.bye, this.id, BYE.aborted));
      this.#report();
      this.#vanish();
      return;
    }
    if (this.#ending !== undefined && (this.#receiver.isEmpty || this.#reason !== undefined)) {
      this.#settle(this.#ending);
      this.#report();
      this.#vanish();
      return;
    }
    this.#tickIfNeeded();
  }

  #drained(): void {
    if (this.#reason === undefined && this.#sender.takeDrained()) this.#handlers?.onDrain?.(this);
  }

  /** After `close`: a BYE when all has left, and again until it is answered. */
  #sayByeWhenDone(): void {
    if (this.#lingerUntil === 0 || this.#gone || !this.#begun) return;
    const now = performance.now();
    if (!this.#sender.isDone && now < this.#lingerUntil) return;
    if (now < this.#byeAt) return;
    this.#report();
    if (this.#byes >= BYES_MAX) {
      this.#vanish();
      return;
    }
    this.#byes += 1;
    this.#byeAt = now + BYE_EVERY_MS;
    this.#options.transmit(codeDatagram(DATAGRAM.bye, this.id, BYE.orderly));
  }

  #tickIfNeeded(): void {
    if (this.#ticking !== undefined || this.#gone || !this.#begun) return;
    if (!this.#sender.isBusy && !this.#receiver.isBusy && this.#lingerUntil === 0) return;
    // What has come meanwhile is read first, or a late timer would ask for what is already here.
    this.#ticking = setTimeout(() => setImmediate(() => this.#tick()), TICK_MS);
    // A link that closes keeps the process until its last word is said.
    if (this.#lingerUntil === 0) this.#ticking.unref();
  }

  #tick(): void {
    this.#ticking = undefined;
    if (this.#gone) return;
    this.#sender.tick();
    this.#receiver.tick();
    this.#drained();
    this.#sayByeWhenDone();
    this.#tickIfNeeded();
  }

  /** Counted in times, not in time: a process that was stopped hears its peer before it judges. */
  #beat(): void {
    this.#silentTimes += 1;
    if (this.#silentTimes > SILENT_TIMES_MAX) this.broken('nothing was heard for too long');
    else this.#sender.ping();
  }

  #settle(reason: CloseReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#receiver.clear();
  }

  /** Tells the owner, later and once. */
  #report(): void {
    const handlers = this.#handlers;
    const reason = this.#reason;
    if (handlers === undefined || reason === undefined) return;
    this.#handlers = undefined;
    setImmediate(() => handlers.onClose(this, reason));
  }

  #vanish(): void {
    if (this.#gone) return;
    this.#gone = true;
    clearTimeout(this.#ticking);
    clearInterval(this.#keepAlive);
    this.#sender.drop();
    this.#receiver.clear();
    this.#options.stream?.remove(this);
    this.#options.gone(this);
  }
}
