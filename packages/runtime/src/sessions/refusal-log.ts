import type { Logger } from '../logger.js';
import { addressOf } from './handshake-rate.js';

/** An episode is summed up after so long, then after twice as long each time, up to the longest. */
const FIRST_MS = 10_000;
const LONGEST_MS = 5 * 60_000;
/** Reasons of one source that are written out in an episode; others are counted with the rest. */
const REASONS_MAX = 32;
/** Sources with an episode of their own; all others share one. */
const SOURCES_MAX = 256;

/** Stands for whoever there is no room for. */
const OTHERS = 'other addresses';

/**
 * The log of those who are turned away. Whoever tries again and again must not fill it, nor drown in it who is
 * turned away for another reason: each source has its reasons written once, and then one line now and again that
 * says how often it came. When it has been quiet for as long the episode is over, and the next one begins anew.
 */
export class RefusalLog {
  readonly #logger: Logger;
  readonly #what: string;
  readonly #episodes = new Map<string, Episode>();

  /** `what`: what a line says first, such as `client refused`. */
  constructor(logger: Logger, what: string) {
    this.#logger = logger;
    this.#what = what;
  }

  note(remote: string, code: string, text: string): void {
    const episode = this.#episodeOf(addressOf(remote) ?? 'this host');
    if (episode.reasons.has(text) || episode.reasons.size >= REASONS_MAX) {
      episode.more += 1;
      episode.last = { code, text };
      return;
    }
    episode.reasons.add(text);
    this.#logger.warn({ remote, code }, `${this.#what}: ${text}`);
  }

  #episodeOf(source: string): Episode {
    const known = this.#episodes.get(source);
    if (known !== undefined) return known;
    if (source !== OTHERS && this.#episodes.size >= SOURCES_MAX) return this.#episodeOf(OTHERS);
    const episode: Episode = { source, reasons: new Set(), more: 0, last: undefined, ms: FIRST_MS };
    this.#episodes.set(source, episode);
    this.#sumUpLater(episode);
    return episode;
  }

  #sumUpLater(episode: Episode): void {
    setTimeout(() => this.#sumUp(episode), episode.ms).unref();
  }

  #sumUp(episode: Episode): void {
    const { source, more, last, ms } = episode;
    if (last === undefined) {
      this.#episodes.delete(source);
      return;
    }
    const often = `${more} more from ${source} within ${ms / 1000} s`;
    this.#logger.warn(
      { from: source, more, code: last.code },
      `${this.#what}: ${often}, the last: ${last.text}`,
    );
    episode.more = 0;
    episode.last = undefined;
    episode.ms = Math.min(2 * ms, LONGEST_MS);
    this.#sumUpLater(episode);
  }
}

/** What one source has been refused since it was quiet last. */
interface Episode {
  readonly source: string;
  /** That were written out. */
  readonly reasons: Set<string>;
  /** Since the last line. */
  more: number;
  last: { readonly code: string; readonly text: string } | undefined;
  /** From the last line to the next. */
  ms: number;
}
