import { type Transport, transportFor } from '@group-services/transport';

const TIMEOUT_MS = 3_000;
const AGAIN_MS = 60_000;

/**
 * Dials the address that this daemon gives to others. A name that cannot be looked up or a port where
 * nobody listens is thereby noticed by the one who can mend it, and not only by those who fail to dial.
 */
export class OwnAddress {
  readonly #options: OwnAddressOptions;
  readonly #abort = new AbortController();
  #again: NodeJS.Timeout | undefined;

  constructor(options: OwnAddressOptions) {
    this.#options = options;
  }

  /** Once if it answers, else now and then until it does. */
  async check(): Promise<void> {
    const why = await this.#try();
    if (this.#abort.signal.aborted) return;
    this.#options.found(why);
    if (why === undefined) return;
    this.#again = setTimeout(() => void this.check(), AGAIN_MS);
    this.#again.unref();
  }

  close(): void {
    this.#abort.abort();
    clearTimeout(this.#again);
  }

  async #try(): Promise<string | undefined> {
    const { transports, address } = this.#options;
    const { signal } = this.#abort;
    try {
      const handlers = { onFrame: () => {}, onClose: () => {} };
      const options = { signal, timeoutMs: TIMEOUT_MS };
      const link = await transportFor(address, transports).dial(address, handlers, options);
      link.close();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

export interface OwnAddressOptions {
  readonly transports: readonly Transport[];
  /** What this daemon tells others to dial. */
  readonly address: string;
  /** Undefined: it answers there. */
  readonly found: (why: string | undefined) => void;
}
