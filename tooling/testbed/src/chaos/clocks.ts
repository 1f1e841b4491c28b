// Wall clocks that a run can set: programs are started with libfaketime, which reads for each host how far its
// clock is off from a file. The monotonic clock stays as it is, as when an operator or NTP sets the time.
import { execFileSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The library that the Debian package `faketime` brings; undefined where it is not installed. */
function library(): string | undefined {
  try {
    const env = execFileSync('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD']);
    return env.toString().trim();
  } catch {
    // Not installed; clocks stay right then.
    return undefined;
  }
}

export class Clocks {
  readonly #folder: string;
  readonly #library: string;

  private constructor(folder: string, preload: string) {
    this.#folder = folder;
    this.#library = preload;
  }

  static create(folder: string): Clocks | undefined {
    const preload = library();
    return preload === undefined ? undefined : new Clocks(folder, preload);
  }

  /** What stands before the command line of a program whose clock can be set. */
  runner(host: string): readonly string[] {
    this.set(host, 0);
    return [
      'env',
      `LD_PRELOAD=${this.#library}`,
      `FAKETIME_TIMESTAMP_FILE=${this.#file(host)}`,
      'FAKETIME_CACHE_DURATION=1',
      'FAKETIME_DONT_FAKE_MONOTONIC=1',
    ];
  }

  /** Sets a host's clock so many seconds off. */
  set(host: string, seconds: number): void {
    const file = this.#file(host);
    writeFileSync(`${file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(`${file}.new`, file);
  }

  #file(host: string): string {
    return join(this.#folder, `clock-${host}`);
  }
}
