import type { EncodedFrame, SendMessage } from '@group-services/wire';

/**
 * Bytes of proposals that one membership has on their way, above which the next ones wait here.
 *
 * Its own messages come back to this process, and a proposal counts until its answer has been read.
 * Without this a burst would come back faster than it can be read, and the daemon would take the
 * process for one that does not read (`--client-buffer`).
 */
export const WINDOW_BYTES: number = 1024 * 1024;

/** A message of one phase, which may leave with others, or the frame of any other proposal. */
export type Leaving = SendMessage | EncodedFrame;

interface Waiting {
  readonly leaving: Leaving;
  readonly bytes: number;
}

/** The proposals of one membership that are on their way, and behind them those that wait, in order. */
export class ProposalWindow {
  readonly #send: (leaving: Leaving) => void;
  /** By request; a map keeps their order, and an aborted one leaves it without a search. */
  readonly #waiting = new Map<number, Waiting>();
  #onTheWay = 0;
  #size = 0;
  #emptied: (() => void)[] = [];

  constructor(send: (leaving: Leaving) => void) {
    this.#send = send;
  }

  /** Proposals that have no answer yet. */
  get size(): number {
    return this.#size;
  }

  /** Resolves when there are none. */
  emptied(): Promise<void> {
    if (this.#size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  /** Sends a proposal when those before it have gone and there is room. */
  enter(request: number, leaving: Leaving, bytes: number): void {
    this.#size += 1;
    if (this.#waiting.size === 0 && this.#onTheWay < WINDOW_BYTES) {
      this.#onTheWay += bytes;
      this.#send(leaving);
      return;
    }
    this.#waiting.set(request, { leaving: copied(leaving), bytes });
  }

  isWaiting(request: number): boolean {
    return this.#waiting.has(request);
  }

  /** A proposal has its answer, or needs none any more. */
  leave(request: number, bytes: number): void {
    this.#size -= 1;
    if (this.#size === 0) for (const resolve of this.#emptied.splice(0)) resolve();
    if (this.#waiting.delete(request)) return;
    this.#onTheWay -= bytes;
    while (this.#onTheWay < WINDOW_BYTES) {
      const [first] = this.#waiting;
      if (first === undefined) return;
      const [next, { leaving, bytes: size }] = first;
      this.#waiting.delete(next);
      this.#onTheWay += size;
      this.#send(leaving);
    }
  }

  /** Nothing is sent any more; gives the requests that were waiting. */
  close(): readonly number[] {
    const requests = [...this.#waiting.keys()];
    this.#waiting.clear();
    return requests;
  }
}

/** The payload belongs to the caller, who may change it meanwhile. */
function copied(leaving: Leaving): Leaving {
  if ('kind' in leaving) return { ...leaving, payload: new Uint8Array(leaving.payload) };
  const { head, tail } = leaving;
  return { head: head.slice(), tail: tail === undefined ? undefined : new Uint8Array(tail) };
}
