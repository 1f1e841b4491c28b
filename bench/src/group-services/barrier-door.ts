import type { VoteValue } from '@group-services/client';

/** Answers ballots of barriers for one member: not before the member has come to that barrier. */
export class BarrierDoor {
  #entered = 0;
  #opened = 0;
  #vote: ((value: VoteValue) => void) | undefined;

  /** The member has come to its next barrier. */
  enter(): void {
    this.#entered += 1;
    this.#vote?.('approve');
    this.#vote = undefined;
  }

  /** All have come to the barrier that was voted on. */
  open(): void {
    this.#opened += 1;
  }

  /** The vote on the next barrier to open. */
  ballot(): VoteValue | Promise<VoteValue> {
    if (this.#entered > this.#opened) return 'approve';
    return new Promise((resolve) => {
      this.#vote = resolve;
    });
  }
}
