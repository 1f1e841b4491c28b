import type { Endpoint } from './endpoint.js';
import { monotonicNs } from './monotonic.js';
import type { Run } from './run.js';
import { STAMP_BYTES, stampedRun, writeStamp } from './stamp.js';

/** No other run has this number. */
const PULSE_RUN = 0;
/** By then the code of everybody on the way is compiled. */
const WARM = 300;

/** One message after the other, a millisecond apart, to see for how long none was ordered. */
export class Pulse implements Run {
  readonly #endpoint: Endpoint;
  readonly #message = new Uint8Array(STAMP_BYTES);
  #delivered = 0;
  #lastNs = 0;
  #longestNs = 0;
  #warm: () => void = () => undefined;
  #stopped = false;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    writeStamp(this.#message, { run: PULSE_RUN, sender: 0, counter: 0 });
  }

  /** Resolves when it is warm; what is longest counts from there. */
  async start(): Promise<void> {
    const warm = new Promise<void>((resolve) => {
      this.#warm = resolve;
    });
    this.#endpoint.send(this.#message, 0);
    await warm;
    this.#longestNs = 0;
  }

  onDelivery(bytes: Uint8Array, offset: number): void {
    if (this.#stopped || stampedRun(bytes, offset) !== PULSE_RUN) return;
    const now = monotonicNs();
    this.#longestNs = Math.max(this.#longestNs, now - this.#lastNs);
    this.#lastNs = now;
    this.#delivered += 1;
    if (this.#delivered === WARM) this.#warm();
    setTimeout(() => {
      if (!this.#stopped) this.#endpoint.send(this.#message, 0);
    }, 1);
  }

  /** Nanoseconds of the longest wait between two deliveries, one that has not ended included. */
  stop(): number {
    this.#stopped = true;
    return Math.max(this.#longestNs, monotonicNs() - this.#lastNs);
  }
}
