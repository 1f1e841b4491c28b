import type { Instant, MembershipId } from '@group-services/core';
import type { GroupControl } from '@group-services/wire';
import { Repetition } from '../repetition.js';
import type { Shared } from '../shared.js';

/**
 * One snapshot on its way to one joiner (`internal-layer.md` §5): chunks, a few at a time; the
 * joiner says which it wants next. The retry timer runs from the first chunk to the last confirmation.
 */
export class Transfer {
  readonly #shared: Shared;
  readonly #options: TransferOptions;
  readonly #chunks: number;
  #wanted = 0;
  #next = 0;
  readonly #repetition: Repetition;

  constructor(shared: Shared, options: TransferOptions) {
    this.#shared = shared;
    this.#options = options;
    this.#repetition = new Repetition(shared.waits.ofMembers);
    const size = shared.options.snapshotChunkBytes;
    this.#chunks = Math.max(1, Math.ceil(options.bytes.length / size));
    this.#send();
    this.#repetition.begin(shared.now);
  }

  get retryAt(): Instant {
    return this.#repetition.at;
  }

  /** Takes a confirmation in; `progress`: it is the first to say so much. */
  received({ position, next, attempt = 0 }: Received): 'complete' | 'progress' | 'nothing' {
    const meant = position === this.#options.position && attempt === this.#options.attempt;
    if (!meant || next < this.#wanted || next > this.#chunks) return 'nothing';
    const progress = next > this.#wanted;
    this.#wanted = next;
    this.#next = Math.max(this.#next, next);
    if (next === this.#chunks) {
      this.#repetition.end(this.#shared.now);
      return 'complete';
    }
    this.#send();
    if (progress) this.#repetition.begin(this.#shared.now);
    return progress ? 'progress' : 'nothing';
  }

  /** Sends again what has not been confirmed. */
  again(): void {
    this.#next = this.#wanted;
    this.#send();
    this.#repetition.again(this.#shared.now);
  }

  #send(): void {
    const { to, bytes, position, attempt, stamp } = this.#options;
    const size = this.#shared.options.snapshotChunkBytes;
    while (this.#next < this.#chunks && this.#next < this.#wanted + WINDOW) {
      const index = this.#next;
      this.#next += 1;
      this.#shared.send(to, {
        kind: 'snapshot',
        ...stamp(),
        position,
        index,
        chunks: this.#chunks,
        bytes: bytes.subarray(index * size, (index + 1) * size),
        ...(attempt > 0 && { attempt }),
      });
    }
  }
}

type Received = Extract<GroupControl, { readonly kind: 'snapshot-received' }>;

/** How many chunks are under way to one joiner. */
const WINDOW = 4;

/** On which footing a snapshot is sent: that of the leader whose view it belongs to. */
export interface SnapshotStamp {
  readonly version: number;
  readonly since: number;
  readonly cut: number;
}

/** Whose snapshot goes to whom. */
export interface TransferOptions {
  readonly to: MembershipId;
  readonly bytes: Uint8Array;
  readonly position: number;
  /** Which sender of this snapshot we are to this joiner: it drops what an earlier one has sent. */
  readonly attempt: number;
  readonly stamp: () => SnapshotStamp;
}
