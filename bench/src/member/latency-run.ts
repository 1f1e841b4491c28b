import { percentile } from '../statistics.js';
import type { Endpoint } from './endpoint.js';
import type { LatencyOrder, LatencyResult } from './member-calls.js';
import { monotonicNs } from './monotonic.js';
import { stampedCounter, stampedRun, writeStamp } from './stamp.js';

/** Work W2 at one member: one message at a time, the next when the last came back in order. */
export class LatencyRun {
  readonly #order: LatencyOrder;
  readonly #endpoint: Endpoint;
  readonly #message: Uint8Array;
  readonly #samplesUs: Float64Array;
  readonly #finished: Promise<void>;
  #finish: () => void = () => undefined;
  #round = 0;
  #sentNs = 0;

  constructor(order: LatencyOrder, endpoint: Endpoint) {
    this.#order = order;
    this.#endpoint = endpoint;
    this.#message = new Uint8Array(order.size).fill(0x5a);
    this.#samplesUs = new Float64Array(order.rounds);
    this.#finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  async perform(): Promise<LatencyResult> {
    this.#sendNext();
    await this.#finished;
    return { p50: percentile(this.#samplesUs, 0.5), p99: percentile(this.#samplesUs, 0.99) };
  }

  onDelivery(bytes: Uint8Array, offset: number): void {
    if (stampedRun(bytes, offset) !== this.#order.run) return;
    if (stampedCounter(bytes, offset) !== this.#round) return;
    this.#samplesUs[this.#round] = (monotonicNs() - this.#sentNs) / 1000;
    this.#round += 1;
    if (this.#round === this.#order.rounds) this.#finish();
    else this.#sendNext();
  }

  #sendNext(): void {
    const { run, member } = this.#order;
    writeStamp(this.#message, { run, sender: member, counter: this.#round });
    this.#sentNs = monotonicNs();
    this.#endpoint.send(this.#message);
  }
}
