import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** `libfaketime` of the Debian package `faketime`; undefined where it is not installed. */
function library(): string | undefined {
  try {
    const printed = execFileSync('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD']);
    return printed.toString().trim();
  } catch {
    return undefined;
  }
}

const PRELOAD = library();

/** Why wall clocks cannot be set for a program; undefined where they can. */
export const noClock = PRELOAD === undefined ? 'no faketime (Debian package faketime)' : undefined;

if (noClock !== undefined) process.stderr.write(`SKIPPED: clocks that are set; ${noClock}\n`);

/** The environment of programs whose wall clock is off by what the file says when they are started. */
export function clockEnv(file: string): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: PRELOAD ?? '',
    FAKETIME_TIMESTAMP_FILE: file,
    // Read once.
    FAKETIME_CACHE_DURATION: '86400',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}

export function setClock(file: string, seconds: number): void {
  writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`);
}
