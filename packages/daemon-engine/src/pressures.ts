import { type Instant, NEVER } from '@group-services/core';
import type { GroupSession } from './group-session.js';
import type { ClientNo } from './inputs.js';
import type { Shared } from './shared.js';

/**
 * Which handles of this daemon's processes have too much unread (B4): the group of each is told, and
 * takes their pace.
 *
 * Nobody is waited for longer than `slowProcessTimeoutMs` at a stretch: by then the shell has ended the
 * connection of who does not read, and who says that it does not keep up is waited for no more.
 */
export class Pressures {
  readonly #shared: Shared;
  readonly #episodes = new Map<string, Episode>();
  #earliest: Instant = NEVER;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  begin(
    at: { readonly client: ClientNo; readonly handle: number; readonly session: GroupSession },
    cause: PressureCause,
    bytes: number,
  ): void {
    const name = nameOf(at.client, at.handle, cause);
    const present = this.#episodes.get(name);
    if (present !== undefined) {
      present.bytes = bytes;
      return;
    }
    const { now } = this.#shared;
    this.#episodes.set(name, { ...at, cause, bytes, since: now, counts: true });
    this.#earliest = Math.min(this.#earliest, now + this.#limit);
    const { client } = at;
    at.session.log.say('info', 'a process slows its group down', { client, cause, bytes });
    at.session.press(name, true);
  }

  end(client: ClientNo, handle: number, cause: PressureCause): void {
    const name = nameOf(client, handle, cause);
    const episode = this.#episodes.get(name);
    if (episode === undefined) return;
    this.#episodes.delete(name);
    episode.session.press(name, false);
  }

  /** The handle has ended. */
  forget(client: ClientNo, handle: number): void {
    if (this.#episodes.size === 0) return;
    this.end(client, handle, 'unread');
    this.end(client, handle, 'unhandled');
  }

  of(client: ClientNo): PressureStatus[] {
    return [...this.#episodes.values()]
      .filter((episode) => episode.client === client)
      .map(({ session, cause, since, bytes }) => {
        return { group: session.group, cause, sinceMs: this.#shared.now - since, bytes };
      });
  }

  deadline(): Instant {
    return this.#earliest;
  }

  onDeadline(): void {
    const { now } = this.#shared;
    if (this.#earliest > now) return;
    this.#earliest = NEVER;
    for (const [name, episode] of this.#episodes) {
      if (!episode.counts) continue;
      if (episode.since + this.#limit > now) {
        this.#earliest = Math.min(this.#earliest, episode.since + this.#limit);
        continue;
      }
      episode.counts = false;
      const { client, session, cause } = episode;
      session.log.say('warn', 'a process is waited for no more', { client, cause });
      session.press(name, false);
    }
  }

  get #limit(): number {
    return this.#shared.options.slowProcessTimeoutMs;
  }
}

/** What makes a handle press: bytes on its connection, or events that its program has not taken. */
export type PressureCause = 'unread' | 'unhandled';

/** One handle that presses, as operators see it. */
export interface PressureStatus {
  readonly group: string;
  readonly cause: PressureCause;
  readonly sinceMs: number;
  /** What waited when it was reported last. */
  readonly bytes: number;
}

interface Episode {
  readonly client: ClientNo;
  readonly handle: number;
  readonly session: GroupSession;
  readonly cause: PressureCause;
  readonly since: Instant;
  bytes: number;
  /** Whether the group still waits for it. */
  counts: boolean;
}

function nameOf(client: ClientNo, handle: number, cause: PressureCause): string {
  return `${client}:${handle}:${cause}`;
}
