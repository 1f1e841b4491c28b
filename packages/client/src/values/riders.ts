import type { GroupTypes } from '../api/group-types.js';
import type { MessageFrom } from '../api/protocol.js';
import type { GroupFormat } from './define-group.js';
import type { ErrorSink } from './error-sink.js';
import type { FrameOf } from './frames.js';

/**
 * Message riders of the phase that has ended last, from their frames until the frame that shows them:
 * the next ballot, or the end of the protocol.
 */
export class RiderMemory {
  readonly #format: GroupFormat;
  readonly #errors: ErrorSink;
  #protocol = '';
  #arrived: Arrived[] = [];

  constructor(format: GroupFormat, errors: ErrorSink) {
    this.#format = format;
    this.#errors = errors;
  }

  /** How many `take` gives at most. */
  count(protocol: string): number {
    return protocol === this.#protocol ? this.#arrived.length : 0;
  }

  add(frame: FrameOf<'rider'>): void {
    if (frame.protocol !== this.#protocol) this.clear();
    this.#protocol = frame.protocol;
    // A copy: ballots and results may be kept, and the frame shares its memory with its neighbours.
    this.#arrived.push({ from: frame.from, payload: frame.payload.slice() });
  }

  /** Those of this protocol, which are then forgotten; one that does not fit goes to `onError`. */
  take(protocol: string): readonly ReadRider[] {
    if (this.#arrived.length === 0) return [];
    const arrived = this.count(protocol) === 0 ? [] : this.#arrived;
    this.clear();
    return arrived.flatMap(({ from, payload }) => {
      const read = this.#format.message.read(payload);
      if (read.ok) {
        const message = Object.freeze({ from, message: read.value });
        return [{ message, bytes: payload.length }];
      }
      this.#errors.report(read.error);
      return [];
    });
  }

  clear(): void {
    this.#protocol = '';
    this.#arrived = [];
  }
}

/** A message rider that its schema accepts, with the bytes it accounts for while its event waits. */
export interface ReadRider {
  readonly message: MessageFrom<GroupTypes>;
  readonly bytes: number;
}

interface Arrived {
  readonly from: string;
  readonly payload: Uint8Array;
}

/** Riders as ballots and results show them. */
export function messagesOf(riders: readonly ReadRider[]): readonly MessageFrom<GroupTypes>[] {
  return Object.freeze(riders.map(({ message }) => message));
}
