import type { ResponsivenessOptions } from '../api/options.js';
import { checkFunction, invalid, MILLISECONDS_MAX, optionsOf } from '../arguments/arguments.js';
import { RESPONSIVENESS_OPTIONS } from '../arguments/option-names.js';
import { inContext } from '../values/context.js';
import type { ErrorSink } from '../values/error-sink.js';

/** Checked options of `connect`; undefined when the daemon is not to ping. */
export function responsivenessOf(given: unknown): ResponsivenessOptions | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'object' || given === null) {
    throw invalid('responsiveness', 'must be an object with interval and timeout');
  }
  const options: Partial<ResponsivenessOptions> = given;
  const { interval, timeout, check } = optionsOf(options, RESPONSIVENESS_OPTIONS, 'responsiveness');
  checkFunction('responsiveness.check', check);
  return {
    interval: positive('responsiveness.interval', interval),
    timeout: positive('responsiveness.timeout', timeout),
    check: check && inContext(check),
  };
}

/**
 * Answers the daemon's pings for the process. The check never runs twice at a time: pings that come
 * meanwhile share its answer.
 */
export class PingAnswerer {
  readonly #check: () => unknown;
  readonly #errors: ErrorSink;
  readonly #answer: (n: number, ok: boolean) => void;
  #newest = 0;
  #running = false;

  constructor(parts: {
    readonly check: (() => unknown) | undefined;
    readonly errors: ErrorSink;
    readonly answer: (n: number, ok: boolean) => void;
  }) {
    this.#check = parts.check ?? (() => true);
    this.#errors = parts.errors;
    this.#answer = parts.answer;
  }

  onPing(n: number): void {
    this.#newest = n;
    if (this.#running) return;
    this.#running = true;
    // Inside a promise, so that a check that throws and one that rejects are the same.
    Promise.resolve()
      .then(() => this.#check())
      .then(
        (fine) => this.#done(fine !== false),
        (error: unknown) => {
          this.#done(false);
          this.#errors.report(error);
        },
      );
  }

  #done(ok: boolean): void {
    this.#running = false;
    this.#answer(this.#newest, ok);
  }
}

function positive(argument: string, value: unknown): number {
  if (typeof value === 'number' && value >= 1 && value <= MILLISECONDS_MAX) return value;
  throw invalid(argument, `must be milliseconds from 1 to ${MILLISECONDS_MAX}`);
}
