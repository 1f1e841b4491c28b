import type { Endpoint } from './endpoint.js';
import type { LatencyOrder, LatencyResult } from './member-calls.js';
import { monotonicNs } from './monotonic.js';
import type { Run } from './run.js';
import { stampedCounter, stampedRun, writeStamp } from './stamp.js';

/**
 * Works W2 and W6 at one member: one thing at a time, the next when the last came back in order. Who
 * does not send notes when it sees what.
 */
export class LatencyRun implements Run {
  readonly #order: LatencyOrder;
  readonly #endpoint: Endpoint;
  readonly #message: Uint8Array;
  readonly #sentNs: Float64Array;
  readonly #seenNs: Float64Array;
  readonly #finished: Promise<void>;
  #finish: () => void = () => undefined;
  #round = 0;

  constructor(order: LatencyOrder, endpoint: Endpoint) {
    this.#order = order;
    this.#endpoint = endpoint;
    this.#message = new Uint8Array(order.size).fill(0x5a);
    this.#sentNs = new Float64Array(order.sends ? order.rounds : 0);
    this.#seenNs = new Float64Array(order.rounds);
    this.#finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  async perform(): Promise<LatencyResult> {
    if (this.#order.sends) this.#sendNext();
    await this.#finished;
    return { sentNs: [...this.#sentNs], seenNs: [...this.#seenNs] };
  }

  onDelivery(bytes: Uint8Array, offset: number): void {
    if (stampedRun(bytes, offset) !== this.#order.run) return;
    if (stampedCounter(bytes, offset) !== this.#round) return;
    this.#seenNs[this.#round] = monotonicNs();
    this.#round += 1;
    if (this.#round === this.#order.rounds) this.#finish();
    else if (this.#order.sends) this.#sendNext();
  }

  #sendNext(): void {
    const { run, member, what } = this.#order;
    writeStamp(this.#message, { run, sender: member, counter: this.#round });
    this.#sentNs[this.#round] = monotonicNs();
    if (what === 'message') this.#endpoint.send(this.#message, 0);
    else this.#endpoint.changeState(this.#message, { voted: what === 'voted-state' });
  }
}
