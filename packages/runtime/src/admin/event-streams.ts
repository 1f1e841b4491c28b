import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Journal, JournalEntry } from '@group-services/core';

/** Streams at a time: more pages than this look at one program only by mistake. */
const STREAMS_MAX = 16;
/** How often news are looked for, while somebody looks at all. */
const EVERY_MS = 100;
/** Written at a time. */
const ENTRIES_MAX = 500;
const TEXT_MAX = 256 * 1024;
/** A reader that takes nothing for so long is let go; when it comes back it resumes. */
const STUCK_MS = 5_000;
/** Tells readers and what stands between that the connection lives. */
const SIGN_OF_LIFE_MS = 5_000;

/**
 * The answer of a route that goes on: everything in a journal, from where the reader was before. The run
 * names this start of the program: the numbers of another one mean something else.
 */
export class EventFeed {
  readonly run: string;
  readonly journal: Pick<Journal<object>, 'first' | 'last' | 'since'>;
  /** Of the clock that the journal is written by. */
  readonly now: () => number;

  constructor(parts: Pick<EventFeed, 'run' | 'journal' | 'now'>) {
    this.run = parts.run;
    this.journal = parts.journal;
    this.now = parts.now;
  }

  /** With the time of day, to which the clock of the journal has no relation. */
  data({ at, news }: JournalEntry<object>): object {
    return { at: Math.round(Date.now() - (this.now() - at)), ...news };
  }
}

interface Stream {
  readonly response: ServerResponse;
  readonly feed: EventFeed;
  /** Number of the last entry that was written. */
  after: number;
  writtenAt: number;
}

/**
 * Server-sent events of all readers. There is one timer, and none while nobody reads; a reader is written
 * only what is new, once it has taken what was written before, and one that takes nothing is let go.
 */
export class EventStreams {
  readonly #streams = new Set<Stream>();
  readonly #stuckMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor({ stuckMs = STUCK_MS }: { readonly stuckMs?: number } = {}) {
    this.#stuckMs = stuckMs;
  }

  get isFull(): boolean {
    return this.#streams.size >= STREAMS_MAX;
  }

  /** Goes on until the reader, or the server, closes the connection. */
  open(request: IncomingMessage, response: ServerResponse, feed: EventFeed): void {
    const asked = resumed(request.headers['last-event-id'], feed);
    const { run, journal } = feed;
    const { first, last } = journal;
    const stream: Stream = { response, feed, after: asked ?? first - 1, writtenAt: 0 };
    // Of a former run, or older than what is kept: the reader has to begin anew.
    const isWhole = asked !== undefined && asked + 1 >= first;
    response.write(`event: hello\ndata: ${JSON.stringify({ run, first, last, isWhole })}\n\n`);
    this.#streams.add(stream);
    response.on('close', () => this.#closed(stream));
    this.#write(stream);
    this.#timer ??= setInterval(() => this.#round(), EVERY_MS).unref();
  }

  #closed(stream: Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #round(): void {
    for (const stream of this.#streams) this.#write(stream);
  }

  #write(stream: Stream): void {
    const { response, feed } = stream;
    const now = performance.now();
    if (response.writableNeedDrain) {
      if (now - stream.writtenAt > this.#stuckMs) response.destroy();
      return;
    }
    const { journal } = feed;
    const entries = journal.last > stream.after ? journal.since(stream.after, ENTRIES_MAX) : [];
    let text = '';
    for (const entry of entries) {
      text += textOf(entry, feed);
      stream.after = entry.number;
      if (text.length > TEXT_MAX) break;
    }
    if (text === '' && now - stream.writtenAt < SIGN_OF_LIFE_MS) return;
    response.write(text === '' ? ': still here\n\n' : text);
    stream.writtenAt = now;
  }
}

function textOf(entry: JournalEntry<object>, feed: EventFeed): string {
  return `id: ${feed.run}-${entry.number}\ndata: ${JSON.stringify(feed.data(entry))}\n\n`;
}

/** Number of the last entry that the reader has; undefined: it has none of this run. */
function resumed(id: string | string[] | undefined, { run, journal }: EventFeed) {
  const [, ofRun, number] = /^(\w+)-(\d{1,15})$/u.exec(String(id)) ?? [];
  if (ofRun !== run || number === undefined) return undefined;
  return Math.min(Number(number), journal.last);
}
