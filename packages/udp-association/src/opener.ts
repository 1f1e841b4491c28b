import { type Engine, type Instant, NEVER } from '@group-services/core';

import { sameBytes } from './bytes.js';
import type { UdpCounters } from './counters.js';
import {
  codeOf,
  DATAGRAM,
  idOf,
  NO_ID,
  numberOf,
  openDatagram,
  REFUSE,
  readCookie,
  typeOf,
} from './datagram.js';

/** OPEN is repeated after this, then after twice as long, and so on. */
const OPEN_AFTER_MS = 40;
const OPEN_AFTER_MAX_MS = 160;

export type OpenerInput =
  | { readonly kind: 'open' }
  | { readonly kind: 'datagram'; readonly bytes: Uint8Array }
  /** Nobody waits for it any more. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'deadlineReached' };

export type OpenerOutput =
  | { readonly kind: 'transmit'; readonly datagram: Uint8Array }
  /** The listener accepts: so many bytes may be under way to it. */
  | { readonly kind: 'accepted'; readonly window: number }
  | { readonly kind: 'refused'; readonly why: 'full' | 'nobody-listens' };

export interface OpenerOptions {
  readonly id: Uint8Array;
  /** The multicast stream of this end, if the peer is in the same group. */
  readonly stream: Uint8Array | undefined;
  /** Bytes that may be under way to this end. */
  readonly window: number;
  readonly counters: UdpCounters;
}

/** What a dialler says until its association stands: OPEN, again and again, with the listener's cookie. */
export class Opener implements Engine<OpenerInput, OpenerOutput> {
  readonly #options: OpenerOptions;
  #cookie = NO_ID;
  #wait = OPEN_AFTER_MS;
  #repeatAt: Instant = NEVER;
  #isOver = false;

  constructor(options: OpenerOptions) {
    this.#options = options;
  }

  deadline(): Instant {
    return this.#repeatAt;
  }

  step(input: OpenerInput, now: Instant): readonly OpenerOutput[] {
    if (this.#isOver) return [];
    switch (input.kind) {
      case 'open':
        return this.#open(OPEN_AFTER_MS, now);
      case 'datagram':
        return this.#onDatagram(input.bytes, now);
      case 'stop':
        this.#end();
        return [];
      case 'deadlineReached':
        return now < this.#repeatAt
          ? []
          : this.#open(Math.min(this.#wait * 2, OPEN_AFTER_MAX_MS), now);
    }
  }

  #open(waitMs: number, now: Instant): readonly OpenerOutput[] {
    const { id, stream = NO_ID, window } = this.#options;
    this.#wait = waitMs;
    this.#repeatAt = now + waitMs;
    const datagram = openDatagram(id, { cookie: this.#cookie, stream, window });
    return [{ kind: 'transmit', datagram }];
  }

  #onDatagram(bytes: Uint8Array, now: Instant): readonly OpenerOutput[] {
    const { counters, id } = this.#options;
    const type = typeOf(bytes);
    if (type === undefined) counters.malformed += 1;
    else if (!sameBytes(idOf(bytes), id)) counters.foreign += 1;
    else if (type === DATAGRAM.cookie) return this.#onCookie(bytes, now);
    else if (type === DATAGRAM.accept) return this.#onAccept(bytes);
    else if (type === DATAGRAM.refuse) {
      this.#end();
      return [{ kind: 'refused', why: codeOf(bytes) === REFUSE.full ? 'full' : 'nobody-listens' }];
    }
    return [];
  }

  #onCookie(bytes: Uint8Array, now: Instant): readonly OpenerOutput[] {
    const cookie = readCookie(bytes);
    if (cookie === undefined || sameBytes(cookie, this.#cookie)) return [];
    this.#cookie = new Uint8Array(cookie);
    return this.#open(OPEN_AFTER_MS, now);
  }

  #onAccept(bytes: Uint8Array): readonly OpenerOutput[] {
    const window = numberOf(bytes);
    if (window === undefined || window === 0) return [];
    this.#end();
    return [{ kind: 'accepted', window }];
  }

  #end(): void {
    this.#isOver = true;
    this.#repeatAt = NEVER;
  }
}
