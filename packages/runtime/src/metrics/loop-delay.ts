import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** Nobody has asked for so long: it is measured no more. */
const UNASKED_MS = 30_000;
/** How often Node looks; what it then reports includes that wait. */
const RESOLUTION_MS = 20;

/** By how much the event loop was late since the question before, in milliseconds. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** How late the event loop is, measured only while somebody asks again and again. */
export class LoopDelayMeter {
  #histogram: IntervalHistogram | undefined;
  #end: NodeJS.Timeout | undefined;

  /** Null: it is measured from now on. */
  read(): LoopDelay | null {
    clearTimeout(this.#end);
    this.#end = setTimeout(() => this.stop(), UNASKED_MS).unref();
    const histogram = this.#histogram;
    if (histogram === undefined) {
      this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      this.#histogram.enable();
      return null;
    }
    const late = (nanoseconds: number): number =>
      Math.max(0, Math.round(nanoseconds / 1e5) / 10 - RESOLUTION_MS);
    const delay =
      histogram.count === 0
        ? null
        : {
            p50: late(histogram.percentile(50)),
            p99: late(histogram.percentile(99)),
            max: late(histogram.max),
          };
    histogram.reset();
    return delay;
  }

  stop(): void {
    clearTimeout(this.#end);
    this.#histogram?.disable();
    this.#histogram = undefined;
  }
}
