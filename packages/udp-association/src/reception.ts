import type { Instant } from '@group-services/core';

import { sameBytes } from './bytes.js';
import type { UdpCounters } from './counters.js';
import {
  codeDatagram,
  cookieDatagram,
  DATAGRAM,
  datagram,
  HEADER_BYTES,
  idOf,
  keyIn,
  keyOf,
  numberDatagram,
  type Opening,
  REFUSE,
  readOpening,
  typeOf,
} from './datagram.js';

/** Associations at one listener, and those of them from which nothing has come yet. */
const LINKS_MAX = 4_096;
const HALF_OPEN_MAX = 256;
/** Ids of associations that are over: a late OPEN of one must not begin it anew. */
const ENDED_MAX = 4_096;
/** Strangers are refused at most so often in a second, or we could be used to flood somebody. */
const REFUSALS_PER_SECOND = 200;

/** What is to be done with a datagram that came in. */
export type Received<Link> =
  | { readonly kind: 'none' }
  /** It is for this link. */
  | { readonly kind: 'for'; readonly link: Link }
  /** This goes back to its sender. */
  | { readonly kind: 'answer'; readonly datagram: Uint8Array }
  /**
   * A new association: the owner makes its link, gives it to `admit`, and answers with the acceptance.
   * A link that its peer had from the same address is over.
   */
  | {
      readonly kind: 'accept';
      readonly id: Uint8Array;
      readonly opening: Opening;
      readonly replaced: Link | undefined;
    };

export interface ReceptionOptions {
  /** Bytes that may be under way to this end, for each association. */
  readonly window: number;
  readonly counters: UdpCounters;
  /** What somebody who receives at `remote` can say, and nobody else can guess; always the same. */
  readonly cookie: (id: Uint8Array, remote: string) => Uint8Array;
}

interface Admitted<Link> {
  readonly link: Link;
  readonly remote: string;
}

const NONE = { kind: 'none' } as const;

/**
 * Decides at a listener which association a datagram is for, and who gets one.
 *
 * State is kept only for those who have shown by a cookie that they receive at the address they send
 * from, and only for so many of them.
 */
export class Reception<Link> {
  readonly #options: ReceptionOptions;
  readonly #links = new Map<string, Admitted<Link>>();
  /** The present association of each address and port. */
  readonly #byRemote = new Map<string, Link>();
  readonly #halfOpen = new Set<Link>();
  readonly #ended = new Set<string>();
  #accepting = true;
  #refusals = 0;
  #refusalsSince: Instant = 0;

  constructor(options: ReceptionOptions) {
    this.#options = options;
  }

  /** Accepts nothing more. */
  stop(): void {
    this.#accepting = false;
  }

  /** Whether it accepts nothing and has nothing to do any more. */
  get isOver(): boolean {
    return !this.#accepting && this.#links.size === 0;
  }

  /** Links that stand. */
  get size(): number {
    return this.#links.size;
  }

  receive(bytes: Uint8Array, remote: string, now: Instant): Received<Link> {
    const { counters } = this.#options;
    const type = typeOf(bytes);
    if (type === undefined) {
      counters.malformed += 1;
      return NONE;
    }
    const admitted = this.#links.get(keyIn(bytes));
    if (admitted === undefined) return this.#onUnknown(type, bytes, { remote, now });
    if (admitted.remote !== remote) {
      counters.foreign += 1;
      return NONE;
    }
    if (type === DATAGRAM.open) return { kind: 'answer', datagram: this.acceptance(idOf(bytes)) };
    this.#halfOpen.delete(admitted.link);
    return { kind: 'for', link: admitted.link };
  }

  /** What tells a dialler that its association stands. */
  acceptance(id: Uint8Array): Uint8Array {
    return numberDatagram(DATAGRAM.accept, id, this.#options.window);
  }

  admit(id: Uint8Array, remote: string, link: Link): void {
    this.#links.set(keyOf(id), { link, remote });
    this.#byRemote.set(remote, link);
    this.#halfOpen.add(link);
  }

  /** The link with this id is over. */
  forget(id: Uint8Array): void {
    const key = keyOf(id);
    const admitted = this.#links.get(key);
    if (admitted === undefined) return;
    const { link, remote } = admitted;
    this.#links.delete(key);
    this.#halfOpen.delete(link);
    if (this.#byRemote.get(remote) === link) this.#byRemote.delete(remote);
    this.#ended.add(key);
    if (this.#ended.size <= ENDED_MAX) return;
    for (const oldest of this.#ended) {
      this.#ended.delete(oldest);
      break;
    }
  }

  #onUnknown(
    type: number,
    bytes: Uint8Array,
    { remote, now }: { readonly remote: string; readonly now: Instant },
  ): Received<Link> {
    const { counters } = this.#options;
    const id = idOf(bytes);
    switch (type) {
      case DATAGRAM.open:
        return this.#onOpen(bytes, remote, now);
      case DATAGRAM.bye:
        return this.#answer(datagram(DATAGRAM.byeReceived, id, HEADER_BYTES), bytes, now);
      case DATAGRAM.frames:
      case DATAGRAM.fragment:
      case DATAGRAM.ping:
        counters.foreign += 1;
        return this.#answer(codeDatagram(DATAGRAM.refuse, id, REFUSE.unknown), bytes, now);
      default:
        counters.foreign += 1;
        return NONE;
    }
  }

  #onOpen(bytes: Uint8Array, remote: string, now: Instant): Received<Link> {
    const { counters, cookie } = this.#options;
    const id = new Uint8Array(idOf(bytes));
    const opening = readOpening(bytes);
    if (opening === undefined) {
      counters.malformed += 1;
      return NONE;
    }
    if (!this.#accepting || this.#ended.has(keyOf(id))) {
      return this.#answer(codeDatagram(DATAGRAM.refuse, id, REFUSE.notListening), bytes, now);
    }
    const wanted = cookie(id, remote);
    if (!sameBytes(wanted, opening.cookie)) {
      // Smaller than what it answers, and diallers in earnest must get theirs in a flood of others.
      return { kind: 'answer', datagram: cookieDatagram(id, wanted) };
    }
    if (this.#links.size >= LINKS_MAX || this.#halfOpen.size >= HALF_OPEN_MAX) {
      counters.openingsRefused += 1;
      return this.#answer(codeDatagram(DATAGRAM.refuse, id, REFUSE.full), bytes, now);
    }
    return { kind: 'accept', id, opening, replaced: this.#byRemote.get(remote) };
  }

  /** Answers somebody for whom nothing is kept; never with more bytes than came, never without end. */
  #answer(answer: Uint8Array, asked: Uint8Array, now: Instant): Received<Link> {
    if (answer.length > asked.length) {
      // Shorter than what its type needs: whoever sent it is no end of an association.
      this.#options.counters.malformed += 1;
      return NONE;
    }
    if (now - this.#refusalsSince >= 1000) {
      this.#refusalsSince = now;
      this.#refusals = 0;
    }
    this.#refusals += 1;
    return this.#refusals <= REFUSALS_PER_SECOND ? { kind: 'answer', datagram: answer } : NONE;
  }
}
