export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Values of a log line. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** What an engine wants written into its program's log. */
export interface LogOutput {
  readonly kind: 'log';
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
}
