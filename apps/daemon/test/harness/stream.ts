import type { Provider, SendOptions } from '@group-services/client';
import { eventually } from './eventually.js';
import { bytes } from './watched.js';

const IN_FLIGHT = 16;

/** A provider that sends numbered messages, a few at a time, until it is told to stop. */
export class Stream {
  readonly #provider: Provider;
  readonly #options: SendOptions;
  readonly #acknowledged: string[] = [];
  readonly #lanes: Promise<void>;
  #sent = 0;
  #stopped = false;
  #failure: unknown;

  constructor(provider: Provider, options: SendOptions = {}) {
    this.#provider = provider;
    this.#options = options;
    this.#lanes = Promise.all(Array.from({ length: IN_FLIGHT }, () => this.#lane())).then(() => {});
  }

  /** Texts whose promise has been kept. */
  get acknowledged(): readonly string[] {
    return this.#acknowledged;
  }

  /** All texts, in the order in which they were sent. */
  get sent(): readonly string[] {
    return Array.from({ length: this.#sent }, (_, number) => this.#text(number));
  }

  /** The first error of a promise. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Waits for so many more messages to be acknowledged. */
  async progress(more: number): Promise<void> {
    const wanted = this.#acknowledged.length + more;
    await eventually(
      `${this.#provider.id} is told of ${wanted} messages`,
      () => this.#acknowledged.length >= wanted || this.#failure !== undefined,
    );
  }

  /** Sends no more; resolves when every promise is settled. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#lanes;
  }

  async #lane(): Promise<void> {
    while (!this.#stopped && this.#failure === undefined) {
      const sending = this.#text(this.#sent);
      this.#sent += 1;
      try {
        await this.#provider.send(bytes(sending), this.#options);
        this.#acknowledged.push(sending);
      } catch (error) {
        this.#failure ??= error;
      }
    }
  }

  #text(number: number): string {
    return `${this.#provider.id} ${number}`;
  }
}
