import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const SIZE_MB = 8;
const CHUNK = Buffer.alloc(64 * 1024);

/** A small disk of its own, in memory, which a run can fill to the last byte. */
export class Disk {
  readonly folder: string;
  #isMounted = true;

  private constructor(folder: string) {
    this.folder = folder;
    // A run that is ended in the middle leaves nothing mounted.
    process.once('exit', this.#unmount);
  }

  static mount(folder: string): Disk {
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', folder]);
    return new Disk(folder);
  }

  fill(): void {
    const file = openSync(this.#filler(), 'w');
    try {
      for (;;) writeSync(file, CHUNK);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#filler(), { force: true });
  }

  unmount(): void {
    process.off('exit', this.#unmount);
    this.#unmount();
  }

  readonly #unmount = (): void => {
    if (!this.#isMounted) return;
    this.#isMounted = false;
    execFileSync('umount', ['-l', this.folder]);
  };

  #filler(): string {
    return join(this.folder, 'filler');
  }
}
