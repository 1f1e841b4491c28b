import { type Instant, NEVER } from '@group-services/core';
import type { ClientNo } from './inputs.js';

/**
 * Pings processes that asked for it (M33, `external-layer.md` §3.12) and says when one falls
 * silent, reports that something is wrong with it, or is well again. Nobody is removed on that account.
 *
 * A process that does not answer is not pinged again until it has: its late answer is what makes it
 * responsive again, and no pings pile up in its socket.
 */
export class Responsiveness {
  readonly #watched = new Map<ClientNo, Watched>();
  #lastPing = 0;
  #earliest: Instant = NEVER;

  /** The process asks to be pinged; asked again, it changes its mind about the times. */
  monitor(
    client: ClientNo,
    times: { readonly intervalMs: number; readonly timeoutMs: number },
    now: Instant,
  ): void {
    const health = this.#watched.get(client)?.health ?? 'fine';
    this.#watched.set(client, { ...times, health, open: undefined, next: now + times.intervalMs });
    this.#renew();
  }

  /** An answer, which may be late; an answer to anything else than the open ping is passed over. */
  pong(
    client: ClientNo,
    answer: { readonly n: number; readonly ok: boolean },
    now: Instant,
  ): Finding | undefined {
    const watched = this.#watched.get(client);
    if (watched?.open === undefined || watched.open.n !== answer.n) return undefined;
    watched.next = Math.max(now, watched.open.sentAt + watched.intervalMs);
    watched.open = undefined;
    this.#renew();
    const before = watched.health;
    watched.health = answer.ok ? 'fine' : 'self-reported-error';
    if (watched.health === before) return undefined;
    return answer.ok ? 'responsive-again' : 'self-reported-error';
  }

  forget(client: ClientNo): void {
    if (this.#watched.delete(client)) this.#renew();
  }

  /** Undefined: the process did not ask for pings. */
  healthOf(client: ClientNo): Health | undefined {
    return this.#watched.get(client)?.health;
  }

  deadline(): Instant {
    return this.#earliest;
  }

  onDeadline(now: Instant): readonly ResponsivenessEvent[] {
    if (this.#earliest > now) return [];
    const events = [...this.#watched].flatMap(([client, watched]) =>
      watched.next > now ? [] : this.#due(client, watched, now),
    );
    this.#renew();
    return events;
  }

  #due(client: ClientNo, watched: Watched, now: Instant): readonly ResponsivenessEvent[] {
    const { open, timeoutMs } = watched;
    if (open === undefined) {
      this.#lastPing += 1;
      const n = this.#lastPing;
      watched.open = { n, sentAt: now, patient: true };
      watched.next = now + timeoutMs;
      return [{ kind: 'ping', client, n }];
    }
    if (open.patient && now - watched.next > LATE_MS) {
      // Who was late itself does not accuse, once.
      watched.open = { ...open, patient: false };
      watched.next = now + timeoutMs;
      return [];
    }
    watched.next = NEVER;
    if (watched.health === 'unresponsive') return [];
    watched.health = 'unresponsive';
    return [{ kind: 'found', client, finding: 'unresponsive' }];
  }

  #renew(): void {
    let earliest: Instant = NEVER;
    for (const { next } of this.#watched.values()) earliest = Math.min(earliest, next);
    this.#earliest = earliest;
  }
}

/** What the others are told of a process (`client-api.md`, announcements). */
export type Finding = 'unresponsive' | 'responsive-again' | 'self-reported-error';

/** What a deadline has brought about. */
export type ResponsivenessEvent =
  | { readonly kind: 'ping'; readonly client: ClientNo; readonly n: number }
  | { readonly kind: 'found'; readonly client: ClientNo; readonly finding: Finding };

/** A daemon that is later than this with its own deadline may have the answer unread in a socket. */
const LATE_MS = 50;

type Health = 'fine' | 'unresponsive' | 'self-reported-error';

interface Watched {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  health: Health;
  /** The ping that has no answer yet; none is sent before it has one. */
  open: { readonly n: number; readonly sentAt: Instant; readonly patient: boolean } | undefined;
  /** When the next thing happens: a ping, or the limit of the open one. */
  next: Instant;
}
