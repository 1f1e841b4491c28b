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
  /** One for each group: between groups nobody promises an order. */
  readonly #logs: readonly OrderLog[];
  #delivered = 0;
  readonly #finished: Promise<number>;
  #finish: (atNs: number) => void = () => undefined;
  #sent = 0;
  #returned = 0;

  constructor(order: ThroughputOrder, endpoint: Endpoint) {
    this.#order = order;
    this.#endpoint = endpoint;
    this.#message = new Uint8Array(order.size).fill(0x5a);
    this.#logs = Array.from({ length: order.groups }, () => new OrderLog());
    this.#finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Starts sending; resolves when the last message of all senders was delivered here. */
  async perform(): Promise<ThroughputResult> {
    const firstSendNs = this.#order.quota > 0 ? monotonicNs() : undefined;
    this.#fillWindow();
    const lastDeliveryNs = await this.#finished;
    const orderHash = this.#logs.map(({ hash }) => hash).join();
    const intact = this.#logs.every(({ isIntact }) => isIntact);
    return { firstSendNs, lastDeliveryNs, orderHash, intact };
  }

  onDelivery(bytes: Uint8Array, offset: number): void {
    if (stampedRun(bytes, offset) !== this.#order.run) return;
    const sender = stampedSender(bytes, offset);
    const counter = stampedCounter(bytes, offset);
    const { groups, total } = this.#order;
    this.#logs[counter % groups]?.record(sender, Math.floor(counter / groups));
    this.#delivered += 1;
    if (this.#delivered === total) this.#finish(monotonicNs());
    if (sender !== this.#order.member) return;
    this.#returned += 1;
    this.#fillWindow();
  }

  #fillWindow(): void {
    const { run, member, quota, window, groups, what } = this.#order;
    while (this.#sent < quota && this.#sent - this.#returned < window) {
      writeStamp(this.#message, { run, sender: member, counter: this.#sent });
      const group = this.#sent % groups;
      this.#sent += 1;
      if (what === 'message') this.#endpoint.send(this.#message, group);
      else this.#endpoint.changeState(this.#message, { voted: what === 'voted-state' });
    }
  }
}
