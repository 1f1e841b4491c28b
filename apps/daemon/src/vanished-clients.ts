import type { Link } from '@group-services/transport';
import { connectionKey, unansweredConnections } from './vanished-hosts.js';

/** Silence after which it is asked whether the host of a process is still there. */
export const SILENCE_MS = 10_000;

/** How far a link had come when its bytes were counted last. */
interface Heard {
  bytes: number;
  at: number;
}

/**
 * Finds the processes whose hosts have vanished, with something for them on its way.
 *
 * Only what has been silent for a while is looked for, and only over TCP from another host: nobody else
 * can vanish without the operating system's knowing.
 */
export class VanishedClients {
  readonly #heard = new Map<Link, Heard>();
  readonly #unanswered: () => Promise<ReadonlySet<string>>;

  constructor(unanswered: () => Promise<ReadonlySet<string>> = unansweredConnections) {
    this.#unanswered = unanswered;
  }

  add(link: Link, now: number): void {
    if (isFromElsewhere(link.remote)) this.#heard.set(link, { bytes: link.receivedBytes, at: now });
  }

  remove(link: Link): void {
    this.#heard.delete(link);
  }

  /** To be called regularly: the links whose other end is gone. */
  async find(now: number): Promise<readonly Link[]> {
    const silent: Link[] = [];
    for (const [link, heard] of this.#heard) {
      if (link.receivedBytes > heard.bytes) {
        heard.bytes = link.receivedBytes;
        heard.at = now;
      } else if (now - heard.at >= SILENCE_MS) silent.push(link);
    }
    if (silent.length === 0) return [];
    const unanswered = await this.#unanswered();
    return silent.filter(
      (link) => this.#heard.has(link) && unanswered.has(connectionKey(link.local, link.remote)),
    );
  }
}

function isFromElsewhere(remote: string): boolean {
  return remote.startsWith('tcp://') && !/^tcp:\/\/(127\.|\[::1\]|\[::ffff:127\.)/u.test(remote);
}
