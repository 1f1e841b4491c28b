import type { Link, LinkHandlers } from '@group-services/transport';

import { Descriptors, type DescriptorUse } from '../descriptors.js';
import type { Logger } from '../logger.js';
import { handshakeFrame } from './handshake-frame.js';

/** The log says at most so often that there is no room. */
const SAY_EVERY_MS = 10_000;

/**
 * Takes in connections while there are file descriptors for them, and turns away the others with
 * `overloaded` and the numbers, so that nobody has to guess and nothing else is in want of one.
 */
export class Room {
  readonly #options: RoomOptions;
  readonly #descriptors: Descriptors;
  /** Turned away, and not gone yet: each still has its descriptor. */
  readonly #leaving = new Set<Link>();
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#descriptors = options.descriptors ?? new Descriptors();
  }

  /** An acceptor of links that asks for room first. */
  guard(accept: (link: Link) => LinkHandlers): (link: Link) => LinkHandlers {
    return (link) => {
      const full = this.#descriptors.take();
      return full === undefined ? accept(link) : this.#turnAway(link, full);
    };
  }

  /** Why nobody more would be taken in; empty when there is room. */
  get wants(): readonly string[] {
    const use = this.#descriptors.use();
    return use === undefined || use.used + use.kept < use.limit ? [] : [this.#text(use)];
  }

  #turnAway(link: Link, use: DescriptorUse): LinkHandlers {
    const text = this.#text(use);
    this.#say(text, use);
    this.#leaving.add(link);
    // What is kept is not for those who are turned away and do not go.
    if (this.#leaving.size > use.kept / 2) {
      link.abort();
    } else {
      link.send(handshakeFrame({ kind: 'refuse', code: 'overloaded', text }));
      link.close();
    }
    return { onFrame: () => {}, onClose: () => void this.#leaving.delete(link) };
  }

  #text({ used, limit, kept }: DescriptorUse): string {
    const { whom } = this.#options;
    return `no room for more ${whom}: ${used} of ${limit} file descriptors are in use, and ${kept} are kept for what is needed most; raise the limit (ulimit -n, LimitNOFILE)`;
  }

  #say(text: string, use: DescriptorUse): void {
    const now = performance.now();
    if (now < this.#saidAt + SAY_EVERY_MS) return;
    this.#saidAt = now;
    this.#options.logger.warn(use, text);
  }
}

export interface RoomOptions {
  /** Who is taken in, for people: `processes`. */
  readonly whom: string;
  readonly logger: Logger;
  readonly descriptors?: Descriptors | undefined;
}
