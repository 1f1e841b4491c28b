import { statSync } from 'node:fs';

/** How often files are looked at. Notifications of the system miss files that are replaced by a link. */
const LOOK_EVERY_MS = 1000;

/**
 * Files that are read again when they have changed, and when an operator asks for it (SIGHUP).
 *
 * What a path names is looked at, through links: certificates are often replaced by turning a link to
 * another folder, and what the path itself says does not change then.
 */
export class WatchedFiles {
  readonly #files: readonly string[];
  readonly #changed: () => void;
  #seen: string;
  /** What was seen at the last look. */
  #pending: string | undefined;
  #looks: NodeJS.Timeout | undefined;

  constructor(files: readonly string[], changed: () => void) {
    this.#files = files;
    this.#changed = changed;
    this.#seen = this.#look();
  }

  start(): void {
    if (this.#files.length === 0) return;
    this.#looks = setInterval(() => this.#check(), LOOK_EVERY_MS);
    this.#looks.unref();
  }

  /** Has them read again, changed or not. */
  reload(): void {
    this.#seen = this.#look();
    this.#changed();
  }

  close(): void {
    clearInterval(this.#looks);
  }

  #check(): void {
    const now = this.#look();
    // A certificate and its key are two files: when one changes, the other may be about to.
    const isSettled = now === this.#pending;
    this.#pending = now;
    if (now === this.#seen || !isSettled) return;
    this.#seen = now;
    this.#changed();
  }

  #look(): string {
    return this.#files.map(signOf).join(' ');
  }
}

/** Differs when the content may differ. A file that is missing has a sign, too. */
function signOf(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? '-' : `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}
