import type { Instant } from '@group-services/core';

/**
 * What happened in one run, in order: the newest lines for people, and a digest of all of them, with
 * which two runs of one seed are compared.
 */
export class Timeline {
  readonly #kept: Line[] = [];
  readonly #keptMax: number;
  readonly #follow: ((line: string) => void) | undefined;
  #high = 0x811c9dc5;
  #low = 0x01000193;
  #count = 0;

  constructor({ follow, keptMax = KEPT_MAX }: TimelineOptions = {}) {
    this.#follow = follow;
    this.#keptMax = keptMax;
  }

  get count(): number {
    return this.#count;
  }

  /** The digest of everything so far. */
  get digest(): string {
    return [this.#high, this.#low]
      .map((half) => (half >>> 0).toString(16).padStart(8, '0'))
      .join('');
  }

  add(at: Instant, place: string, what: string, detail?: () => string): void {
    this.#count += 1;
    this.#mix(Math.round(at * 1000));
    this.#mixText(place);
    this.#mixText(what);
    if (this.#follow === undefined && this.#keptMax === 0) return;
    const line: Line = { at, place, what, detail };
    if (this.#follow !== undefined) this.#follow(format(line));
    if (this.#kept.length >= 2 * this.#keptMax) this.#kept.splice(0, this.#keptMax);
    this.#kept.push(line);
  }

  /** Takes bytes that travel into the digest. */
  addBytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.#mix(byte);
  }

  /** The newest lines; `places` keeps only those in which one of these words occurs. */
  tail(lines: number, places: readonly string[] = []): readonly string[] {
    return this.#kept
      .filter(
        ({ place, what }) =>
          places.length === 0 || places.some((word) => place.includes(word) || what.includes(word)),
      )
      .slice(-lines)
      .map(format);
  }

  #mixText(text: string): void {
    for (let i = 0; i < text.length; i += 1) this.#mix(text.charCodeAt(i));
  }

  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ (value & 0xffff), 0x01000193);
    this.#low = Math.imul((this.#low ^ value ^ (this.#high >>> 7)) | 0, 0x5bd1e995);
  }
}

/** One thing that happened; its text is made only when somebody reads it. */
interface Line {
  readonly at: Instant;
  readonly place: string;
  readonly what: string;
  readonly detail: (() => string) | undefined;
}

export interface TimelineOptions {
  /** Gets every line at once, for a trace. */
  readonly follow?: ((line: string) => void) | undefined;
  /** So many of the newest lines are kept at least; with 0 none is. */
  readonly keptMax?: number;
}

const KEPT_MAX = 4000;

function format({ at, place, what, detail }: Line): string {
  const rest = detail === undefined ? '' : ` ${detail()}`;
  return `${at.toFixed(1).padStart(9)} ${place.padEnd(12)} ${what}${rest}`;
}

/** Readable and short: bytes by their number, long lists cut. */
export function brief(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Uint8Array ? `<${part.length} bytes>` : part,
  );
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
