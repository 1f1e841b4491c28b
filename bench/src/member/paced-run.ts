import type { Endpoint } from './endpoint.js';
import type { PacedOrder, PacedResult } from './member-calls.js';
import { monotonicNs } from './monotonic.js';
import type { Run } from './run.js';
import { stampedCounter, stampedRun, writeStamp } from './stamp.js';

/**
 * One message a millisecond, whether or not those before have come back. A send that the processor had no
 * time for counts from the moment at which it was due, so that a standstill is not left out of the figures.
 */
export class PacedRun implements Run {
  readonly #order: PacedOrder;
  readonly #endpoint: Endpoint;
  readonly #message: Uint8Array;
  readonly #delaysUs: Float64Array;
  #startNs = 0;
  #sent = 0;
  #returned = 0;
  #finish: () => void = () => undefined;

  constructor(order: PacedOrder, endpoint: Endpoint) {
    this.#order = order;
    this.#endpoint = endpoint;
    this.#message = new Uint8Array(order.size).fill(0x5a);
    this.#delaysUs = new Float64Array(order.count);
  }

  async perform(): Promise<PacedResult> {
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    this.#startNs = monotonicNs();
    const timer = setInterval(() => this.#sendDue(), 1);
    await finished;
    clearInterval(timer);
    return { delaysUs: [...this.#delaysUs] };
  }

  onDelivery(bytes: Uint8Array, offset: number): void {
    if (stampedRun(bytes, offset) !== this.#order.run) return;
    const counter = stampedCounter(bytes, offset);
    this.#delaysUs[counter] = (monotonicNs() - this.#dueNs(counter)) / 1000;
    this.#returned += 1;
    if (this.#returned === this.#order.count) this.#finish();
  }

  #dueNs(counter: number): number {
    return this.#startNs + counter * 1e6;
  }

  #sendDue(): void {
    const { run, member, count } = this.#order;
    while (this.#sent < count && this.#dueNs(this.#sent) <= monotonicNs()) {
      writeStamp(this.#message, { run, sender: member, counter: this.#sent });
      this.#sent += 1;
      this.#endpoint.send(this.#message, 0);
    }
  }
}
