import type { Endpoint } from './endpoint.js';
import type { ThroughputOrder, ThroughputResult } from './member-calls.js';
import { monotonicNs } from './monotonic.js';
import { OrderLog } from './order-log.js';
import type { Run } from './run.js';
import { stampedCounter, stampedRun, stampedSender, writeStamp } from './stamp.js';

/**
 * Work W1 at one member: sends its share as fast as the window allows and records what is delivered
 * until the messages of all senders have come.
 */
export class ThroughputRun implements Run {
  readonly #order: ThroughputOrder;
  readonly #endpoint: Endpoint;
  readonly #message: Uint8Array;
  readonly #log = new OrderLog();
  readonly #finished: Promise<number>;
  #finish: (atNs: number) => void = () => undefined;
  #sent = 0;
  #returned = 0;

  constructor(order: ThroughputOrder, endpoint: Endpoint) {
    this.#order = order;
    this.#endpoint = endpoint;
    this.#message = new Uint8Array(order.size).fill(0x5a);
    this.#finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Starts sending; resolves when the last message of all senders was delivered here. */
  async perform(): Promise<ThroughputResult> {
    const firstSendNs = this.#order.quota > 0 ? monotonicNs() : undefined;
    this.#fillWindow();
    const lastDeliveryNs = await this.#finished;
    const { hash, isIntact } = this.#log;
    return { firstSendNs, lastDeliveryNs, orderHash: hash, intact: isIntact };
  }

  onDelivery(bytes: Uint8Array, offset: number): void {
    if (stampedRun(bytes, offset) !== this.#order.run) return;
    const sender = stampedSender(bytes, offset);
    this.#log.record(sender, stampedCounter(bytes, offset));
    if (this.#log.delivered === this.#order.total) this.#finish(monotonicNs());
    if (sender !== this.#order.member) return;
    this.#returned += 1;
    this.#fillWindow();
  }

  #fillWindow(): void {
    const { run, member, quota, window } = this.#order;
    while (this.#sent < quota && this.#sent - this.#returned < window) {
      writeStamp(this.#message, { run, sender: member, counter: this.#sent });
      this.#sent += 1;
      this.#endpoint.send(this.#message);
    }
  }
}
