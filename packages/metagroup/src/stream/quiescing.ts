import { assertNever } from '@group-services/core';

/** The leader's count of NoAckRequired messages since members were asked last (M11, M13). */
export class AckWindow {
  readonly #mode: QuiesceMode;
  readonly #size: number;
  #count = 0;

  constructor(mode: QuiesceMode, size: number) {
    this.#mode = mode;
    this.#size = size;
  }

  /** NoAckRequired messages that nobody has been asked to acknowledge yet. */
  get unasked(): number {
    return this.#count;
  }

  /** Counts the message that is being placed; `required`: it is AckRequired by itself. */
  place(required: boolean): Asking {
    if (required) {
      this.#count = 0;
      return 'ack-required';
    }
    const full = this.#count >= this.#size;
    this.#count += 1;
    switch (this.#mode) {
      case 'ack-required':
        return full ? this.#asked('ack-required') : 'nothing';
      case 'sync':
        return this.#count >= this.#size ? this.#asked('sync-behind') : 'nothing';
      case 'convert':
      case 'anticipate':
        return this.#count >= this.#size ? this.#asked('ack-required') : 'nothing';
      default:
        return assertNever(this.#mode);
    }
  }

  #asked(how: Asking): Asking {
    this.#count = 0;
    return how;
  }
}

/**
 * How the leader makes sure that everybody has everything (M13, `internal-layer.md` §3). Safe
 * messages and views are AckRequired in every mode, and acknowledgements ride on requests and
 * submissions in every mode; the modes differ in the rest:
 *
 * - `sync`: when a window of NoAckRequired messages is full, and when the stream is idle, the leader
 *   sends SYNC. No ordinary message is ever AckRequired.
 * - `ack-required`: the message that follows a full window is AckRequired. SYNC only when idle, since
 *   then no message follows.
 * - `convert`: the message that fills the window is made AckRequired. When idle, the last message is
 *   sent again as AckRequired to those who lag; SYNC only tells what is stable.
 * - `anticipate`: members acknowledge unasked at half the window or half the idle limit. Should that
 *   not be enough, the window as in `convert`, idle as in `sync`.
 */
export type QuiesceMode = 'sync' | 'ack-required' | 'convert' | 'anticipate';

/** Whether members acknowledge before they are asked. */
export function anticipates(mode: QuiesceMode): boolean {
  return mode === 'anticipate';
}

/** Whether an idle stream is closed by its last message rather than by SYNC. */
export function repeatsTheLast(mode: QuiesceMode): boolean {
  return mode === 'convert';
}

/** How a message goes out: as it is, AckRequired, or with a SYNC behind it. */
export type Asking = 'nothing' | 'ack-required' | 'sync-behind';
