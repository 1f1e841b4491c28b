import { closeSync, constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';

import type { LogOutput } from './log-sink.js';

/**
 * Standard error as something that never makes its writer wait.
 *
 * What answers `no room` by itself is written to at once: a pipe or terminal that we open a second
 * time in that mode, so that others who share it notice nothing, or a socket. A file has no such mode
 * and is written by another thread.
 */
export function standardError(): LogOutput {
  const fd = withoutWaiting();
  return fd === undefined ? byAnotherThread(STDERR) : atOnce(fd);
}

const STDERR = 2;
const STANDARD = [0, 1, STDERR];

/** Whether people read it. */
export function isTerminal(): boolean {
  return isatty(STDERR);
}

/** A descriptor of standard error that never waits; undefined when there is none. */
function withoutWaiting(): number | undefined {
  try {
    const stats = fstatSync(STDERR);
    if (stats.isSocket()) return socketWithoutWaiting();
    if (!stats.isFIFO() && !stats.isCharacterDevice()) return undefined;
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync(`/proc/self/fd/${STDERR}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    // Not Linux, or standard error belongs to somebody else.
    return undefined;
  }
}

/** Node puts each socket that it is given into that mode, and this one is only given to it. */
let keeper: Socket | undefined;

function socketWithoutWaiting(): number {
  keeper ??= new Socket({ fd: STDERR, readable: false, writable: true });
  keeper.on('error', () => {});
  keeper.unref();
  return STDERR;
}

function atOnce(fd: number): LogOutput {
  const writeNow = (bytes: Uint8Array) => writtenNow(fd, bytes);
  return {
    writeNow,
    write: (bytes, done) => {
      const { taken, error } = writeNow(bytes);
      done(taken, error);
    },
  };
}

function byAnotherThread(fd: number): LogOutput {
  return {
    writeNow: (bytes) => writtenNow(fd, bytes),
    write: (bytes, done) => {
      write(fd, bytes, (error, taken) => done(error === null ? taken : 0, error ?? undefined));
    },
  };
}

function writtenNow(fd: number, bytes: Uint8Array): ReturnType<LogOutput['writeNow']> {
  try {
    return { taken: writeSync(fd, bytes), error: undefined };
  } catch (error) {
    return { taken: 0, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/**
 * Node sets terminals back to what they were when a program ends, and crashes if one is gone. This
 * closes those that are, right before the end.
 */
export function closeLostTerminals(): void {
  for (const fd of terminalsAtStart) {
    if (isatty(fd)) continue;
    try {
      closeSync(fd);
    } catch {
      // Closed already, which is as good.
    }
  }
}

const terminalsAtStart = STANDARD.filter((fd) => isatty(fd));

/** Whether its terminal is still there: not when its window or connection was closed. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/** Whether the program was started at a terminal, whose end is then meant to be its own. */
export function startedAtTerminal(): boolean {
  return terminalsAtStart.length > 0;
}
