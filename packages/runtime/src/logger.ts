import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';
import { prettyFactory } from 'pino-pretty';

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

const STDERR = 2;
/**
 * Log lines kept for a reader of standard error that is slow, in bytes; more are dropped. Waiting
 * for it would hold up heartbeats, and other daemons would take this one for dead.
 */
const BACKLOG_BYTES_MAX = 1024 * 1024;

/** A logger that writes one JSON object a line to standard error, or lines for people. */
export function createLogger(options: LoggerOptions): Logger {
  const { name, level = 'info', pretty = process.stderr.isTTY === true } = options;
  const settings = {
    level,
    base: { name, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const target =
    options.destination ??
    destination({ dest: STDERR, sync: pretty, maxLength: BACKLOG_BYTES_MAX });
  if (!pretty) return pino(settings, target);
  const prettify = prettyFactory({ ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l' });
  return pino(settings, { write: (line) => void target.write(prettify(line)) });
}
