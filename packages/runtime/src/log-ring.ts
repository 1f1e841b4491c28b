import type { DestinationStream } from 'pino';

/** So many lines are kept; a longer one is kept up to its first part. */
const LINES_MAX = 2_000;
const LINE_LENGTH_MAX = 8_192;

/** From the loudest on. */
const LEVELS: readonly string[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'];

/**
 * Remembers the last lines of a program's log, those too that its level does not let through, and hands on
 * the others. Whoever asks why something happened gets what led to it, without having known beforehand
 * that it would be wanted: `gsctl dump` reads it, and a broken invariant writes out what was held back.
 */
export class LogRing {
  readonly #target: DestinationStream & { flushSync?: () => void };
  /** Oldest first, from `#next` on once it is full. */
  readonly #lines: string[] = [];
  #next = 0;
  /** What is handed on: the name of a level, or `silent`. */
  level: string;

  constructor(level: string, target: DestinationStream & { flushSync?: () => void }) {
    this.level = level;
    this.#target = target;
  }

  /** Called by pino with a whole line. */
  write(line: string): void {
    this.#lines[this.#next] = line.length > LINE_LENGTH_MAX ? line.slice(0, LINE_LENGTH_MAX) : line;
    this.#next = (this.#next + 1) % LINES_MAX;
    if (this.#passes(line)) this.#target.write(line);
  }

  flushSync(): void {
    this.#target.flushSync?.();
  }

  /** What is remembered, oldest first; of a line that was too long its first part, as text. */
  recent(): readonly unknown[] {
    return this.#inOrder().map(parsed);
  }

  /** Writes the remembered lines that the level has held back. */
  writeHeldBack(): void {
    for (const line of this.#inOrder()) if (!this.#passes(line)) this.#target.write(line);
  }

  #inOrder(): readonly string[] {
    return [...this.#lines.slice(this.#next), ...this.#lines.slice(0, this.#next)];
  }

  #passes(line: string): boolean {
    // Every line begins so; see `createLogger`.
    const level = /^\{"level":"(\w+)"/u.exec(line)?.[1] ?? '';
    return LEVELS.indexOf(level) <= LEVELS.indexOf(this.level);
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line.trimEnd();
  }
}
