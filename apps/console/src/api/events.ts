import type { News } from './answers.js';
import { EventParser } from './event-parser.js';
import { ask, refusedBy, token, wantsToken } from './http.js';

/** Longer without a byte, and the program is gone or cannot be reached. */
const SILENCE_MS = 12_000;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 5_000;

/** What the stream tells the page. */
export interface EventReader {
  /** Connected; `isWhole`: nothing is missing since what was read before. */
  readonly opened: (isWhole: boolean) => void;
  readonly news: (news: readonly News[]) => void;
  readonly failed: (error: unknown) => void;
}

/** Reads events for as long as the page lives, and goes on behind the last one after every break. */
export class EventConnection {
  readonly #reader: EventReader;
  #lastId: string | undefined;
  #wake: () => void = () => {};

  constructor(reader: EventReader) {
    this.#reader = reader;
  }

  async run(): Promise<never> {
    let wait = RETRY_FIRST_MS;
    for (;;) {
      try {
        await this.#follow(() => {
          wait = RETRY_FIRST_MS;
        });
      } catch (error) {
        this.#reader.failed(error);
        if (wantsToken(error)) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          continue;
        }
      }
      await this.#pause(wait);
      wait = Math.min(wait * 2, RETRY_MAX_MS);
    }
  }

  /** Tries at once: something has changed. */
  retryNow(): void {
    this.#wake();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, ms);
    });
  }

  /** Ends by throwing, or when the program closes the stream. */
  async #follow(opened: () => void): Promise<void> {
    const abort = new AbortController();
    const headers: Record<string, string> =
      this.#lastId === undefined ? {} : { 'last-event-id': this.#lastId };
    let silence = setTimeout(() => abort.abort(), SILENCE_MS);
    try {
      const by = token.value;
      const response = await ask('api/events', { headers, signal: abort.signal });
      if (!response.ok || response.body === null) throw await refusedBy(response, by);
      const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const parser = new EventParser();
      for (;;) {
        const { done, value } = await pieces.read();
        if (done) throw new TypeError('the stream of events has ended');
        clearTimeout(silence);
        silence = setTimeout(() => abort.abort(), SILENCE_MS);
        opened();
        this.#take(parser, value);
      }
    } finally {
      clearTimeout(silence);
      abort.abort();
    }
  }

  #take(parser: EventParser, piece: string): void {
    const news: News[] = [];
    for (const { event, id, data } of parser.push(piece)) {
      if (event === 'hello') {
        this.#reader.opened((JSON.parse(data) as { readonly isWhole: boolean }).isWhole);
        continue;
      }
      news.push(JSON.parse(data) as News);
      this.#lastId = id ?? this.#lastId;
    }
    if (news.length > 0) this.#reader.news(news);
  }
}
