import type { DestinationStream, Logger } from 'pino';

import { LogRing } from './log-ring.js';
import { LogSink } from './log-sink.js';
import { pino as load, pinoPretty } from './on-demand.js';
import { isTerminal, standardError } from './standard-error.js';

export type { Logger } from 'pino';

/** How much is written; each level includes those before it. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  /** Stands in every line: the program's name. */
  readonly name: string;
  /** Default `info`. */
  readonly level?: LogLevel | undefined;
  /** Lines for people instead of JSON; default: whether standard error is a terminal. */
  readonly pretty?: boolean | undefined;
  /** Default standard error. */
  readonly destination?: DestinationStream | undefined;
}

const rings = new WeakMap<Logger, LogRing>();

/**
 * A logger that writes one JSON object a line to standard error, or lines for people. It never waits
 * and never throws: see {@link LogSink} for what becomes of lines that cannot be written. The last lines
 * of all levels are remembered ({@link recentLines}).
 */
export function createLogger(options: LoggerOptions): Logger {
  const { name, level = 'info', pretty = isTerminal() } = options;
  const { pino, stdTimeFunctions } = load();
  const settings = {
    // What is written is for the ring to decide.
    level: 'trace',
    base: { name, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const target =
    options.destination ??
    lastingSink((dropped, reason) => {
      logger.error({ dropped, reason }, 'log lines were dropped: standard error did not take them');
    });
  const ring = new LogRing(level, pretty ? forPeople(target) : target);
  const logger = pino(settings, ring);
  rings.set(logger, ring);
  return logger;
}

/** The last 2,000 lines, oldest first, those too that the level did not let through. */
export function recentLines(logger: Logger): readonly unknown[] {
  return rings.get(logger)?.recent() ?? [];
}

/** Writes what the level has held back of them: afterwards the log tells what led to its last line. */
export function writeHeldBack(logger: Logger): void {
  rings.get(logger)?.writeHeldBack();
}

/** What the program was told, read again; see `loadConfig`. */
type LoadedAgain =
  | { readonly ok: true; readonly config: { readonly logLevel: LogLevel } }
  | { readonly ok: false; readonly text: string };

/** Puts the level in force that the configuration says now; with mistakes in it nothing changes. */
export function followLevel(logger: Logger, loaded: LoadedAgain): void {
  if (!loaded.ok) {
    logger.error({ mistakes: loaded.text }, 'the configuration has mistakes; nothing changes');
    return;
  }
  const { logLevel: level } = loaded.config;
  const ring = rings.get(logger);
  if (ring === undefined || ring.level === level) return;
  logger.info({ from: ring.level, to: level }, 'the level of the log changes');
  ring.level = level;
}

/** A sink for standard error whose last lines are written when the program ends. */
function lastingSink(resumed: (dropped: number, reason: string) => void): LogSink {
  const sink = new LogSink({ output: standardError(), resumed });
  process.once('exit', () => sink.flushSync());
  return sink;
}

function forPeople(target: DestinationStream & Partial<Pick<LogSink, 'flushSync'>>) {
  const prettify = pinoPretty().prettyFactory({
    ignore: 'pid,hostname',
    translateTime: 'HH:MM:ss.l',
  });
  return {
    write: (line: string) => void target.write(prettify(line)),
    flushSync: () => target.flushSync?.(),
  };
}
