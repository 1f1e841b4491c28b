import type { DaemonId, Instant } from '@group-services/core';
import type { Link } from '@group-services/transport';

/** Inputs of one round, all links together; each link may contribute its even share of them. */
const ROUND_INPUTS = 1_024;
/** No share is smaller, however many links there are. */
const SHARE_LEAST = 16;
/** A new round begins when so few inputs wait for the engine. */
const NEXT_ROUND_BELOW = 256;
/** A round ends early, and none begins, while inputs have to wait longer than this. */
const DELAY_MAX_MS = 50;
/** Of a link that has brought so much since the last turn more may have arrived than was read. */
const MUCH_BYTES = 32 * 1024;

/**
 * Back-pressure from the engine to the sockets, fair among them.
 *
 * In each round a link is read until it has contributed its share, then not until the engine has
 * caught up. A busy link therefore cannot keep the heartbeats that come by others waiting, and what is
 * not read fills the peer's own buffers and slows it down. An input may be a message or a join, a
 * hundred times as expensive: so a round is bounded by the time that inputs wait as well.
 *
 * It also knows of whom something may lie unread in the operating system, and since when: who is not read
 * to the end may have said long ago that it lives. A link has been read to the end when it was read for a
 * whole round of the event loop and brought little; that it was read for a moment in between is not enough.
 */
export class Intake {
  readonly #behind: () => Behind;
  readonly #clock: () => Instant;
  readonly #paused = new Set<Link>();
  readonly #unread = new Map<Link, Unread>();
  #links = 0;
  #round = 0;
  #turn = 0;
  /** The ends of the last turn and of the one before: what had arrived by then had been offered to be read. */
  #turnAt: Instant;
  #turnBeforeAt: Instant;

  constructor(behind: () => Behind, clock = (): Instant => performance.now()) {
    this.#behind = behind;
    this.#clock = clock;
    this.#turnAt = clock();
    this.#turnBeforeAt = this.#turnAt;
  }

  /** `of`: whose words come by this link, where it matters how old they are. */
  add(link: Link, of?: DaemonId): Source {
    this.#links += 1;
    let round = this.#round;
    let count = 0;
    let turn = this.#turn;
    let bytes = link.receivedBytes;
    let bytesBefore = bytes;
    const measure = (): void => {
      if (turn !== this.#turn) bytesBefore = bytes;
      turn = this.#turn;
      bytes = link.receivedBytes;
      if (bytes - bytesBefore >= MUCH_BYTES) this.#fallBehind(link, of);
    };
    const paused = this.#paused;
    return {
      get isPaused() {
        return paused.has(link);
      },
      queued: () => {
        if (round !== this.#round) {
          round = this.#round;
          count = 0;
        }
        count += 1;
        measure();
        if (count < SHARE_LEAST) return;
        const tooLong = this.#behind().delayMs > DELAY_MAX_MS;
        if (count < this.#share() && !tooLong) return;
        this.#paused.add(link);
        this.#fallBehind(link, of);
        link.pause();
      },
      remove: () => {
        this.#links -= 1;
        this.#paused.delete(link);
        this.#unread.delete(link);
      },
    };
  }

  /** Of whom something may be unread, and for how many milliseconds at most. */
  unread(): ReadonlyMap<DaemonId, number> | undefined {
    if (this.#unread.size === 0) return undefined;
    const now = this.#clock();
    const unread = new Map<DaemonId, number>();
    for (const { of, since } of this.#unread.values()) {
      unread.set(of, Math.max(unread.get(of) ?? 0, now - since));
    }
    return unread;
  }

  /** To be called when the engine's turn has ended. */
  turnEnded(): void {
    this.#turn += 1;
    this.#turnBeforeAt = this.#turnAt;
    this.#turnAt = this.#clock();
    this.#lookAtUnread();
    const { backlog, delayMs } = this.#behind();
    if (backlog > NEXT_ROUND_BELOW || delayMs > DELAY_MAX_MS) return;
    this.#round += 1;
    if (this.#paused.size === 0) return;
    const links = [...this.#paused];
    this.#paused.clear();
    for (const link of links) {
      const unread = this.#unread.get(link);
      if (unread !== undefined) unread.isFresh = true;
      link.resume();
    }
  }

  #fallBehind(link: Link, of: DaemonId | undefined): void {
    if (of === undefined || this.#unread.has(link)) return;
    const bytes = link.receivedBytes;
    this.#unread.set(link, { of, since: this.#turnBeforeAt, bytes, isFresh: true });
  }

  #lookAtUnread(): void {
    for (const [link, unread] of this.#unread) {
      if (this.#paused.has(link)) continue;
      const came = link.receivedBytes - unread.bytes;
      unread.bytes = link.receivedBytes;
      if (!unread.isFresh && came < MUCH_BYTES) this.#unread.delete(link);
      unread.isFresh = false;
    }
  }

  #share(): number {
    return Math.max(SHARE_LEAST, Math.floor(ROUND_INPUTS / this.#links));
  }
}

/** How far the engine is behind; a `Driver` knows. */
export interface Behind {
  /** Inputs that wait for the engine. */
  readonly backlog: number;
  /** How long the oldest of them has been waiting. */
  readonly delayMs: number;
}

/** One link's side of the intake. */
export interface Source {
  /** Whether the link is not read at present. */
  readonly isPaused: boolean;
  /** To be called for every input that came by this link. */
  queued(): void;
  /** The link has closed. */
  remove(): void;
}

/** A link of which more may have arrived than was read. */
interface Unread {
  readonly of: DaemonId;
  /** What had arrived before has been read. */
  readonly since: Instant;
  /** {@link Link.receivedBytes} when it was looked at last. */
  bytes: number;
  /** It has been read for less than a whole round of the event loop since. */
  isFresh: boolean;
}
