import type { Endpoint } from './endpoint.js';
import type { BarrierOrder, BarrierResult } from './member-calls.js';
import { monotonicNs } from './monotonic.js';
import type { Run } from './run.js';
import { STAMP_BYTES, stampedCounter, stampedRun, writeStamp } from './stamp.js';

/** Proposals that the proposer keeps ahead of the round it is in. */
const AHEAD = 1;

/** Work W5 at one member: enters a round, goes on to the next when all are known to have entered. */
export class BarrierRun implements Run {
  readonly #order: BarrierOrder;
  readonly #endpoint: Endpoint;
  readonly #message = new Uint8Array(STAMP_BYTES);
  readonly #finished: Promise<number>;
  #finish: (atNs: number) => void = () => undefined;
  #round = 0;
  /** Deliveries of this round so far. */
  #heard = 0;
  #proposed = 0;
  #intact = true;

  constructor(order: BarrierOrder, endpoint: Endpoint) {
    this.#order = order;
    this.#endpoint = endpoint;
    this.#finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  async perform(): Promise<BarrierResult> {
    const startNs = monotonicNs();
    this.#enter();
    const endNs = await this.#finished;
    return { startNs, endNs, intact: this.#intact };
  }

  onDelivery(bytes: Uint8Array, offset: number): void {
    const { run, form, parties, rounds } = this.#order;
    if (stampedRun(bytes, offset) !== run) return;
    if (stampedCounter(bytes, offset) !== this.#round) this.#intact = false;
    this.#heard += 1;
    if (form === 'messages' && this.#heard < parties) return;
    this.#heard = 0;
    this.#round += 1;
    if (this.#round === rounds) this.#finish(monotonicNs());
    else this.#enter();
  }

  #enter(): void {
    const { run, member, form, parties } = this.#order;
    writeStamp(this.#message, { run, sender: member, counter: this.#round });
    if (form === 'messages') {
      this.#endpoint.send(this.#message, 0);
      return;
    }
    this.#propose();
    this.#endpoint.enterBarrier(this.#message, parties);
  }

  /** Never more than the rounds of this run: a barrier left over would keep the next run waiting. */
  #propose(): void {
    const { member, form, rounds } = this.#order;
    if (member !== 0) return;
    const wanted = Math.min(rounds, this.#round + 1 + (form === 'ahead' ? AHEAD : 0));
    for (; this.#proposed < wanted; this.#proposed += 1) this.#endpoint.proposeBarrier();
  }
}
