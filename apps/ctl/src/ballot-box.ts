import type { Ballot, VoteValue } from '@group-services/client';

/**
 * The ballot that a person is asked about, at most one at a time. It waits for a key until its phase is
 * over; then the default vote has been cast for us.
 */
export class BallotBox {
  readonly #shown: (ballot: Ballot) => void;
  readonly #late: (ballot: Ballot) => void;
  #open: { readonly ballot: Ballot; readonly cast: (value: VoteValue) => void } | undefined;

  constructor(tell: {
    readonly shown: (ballot: Ballot) => void;
    readonly late: (ballot: Ballot) => void;
  }) {
    this.#shown = tell.shown;
    this.#late = tell.late;
  }

  /** The vote handler of the join. */
  ask(ballot: Ballot): Promise<VoteValue> {
    return new Promise((resolve) => {
      const open = { ballot, cast: resolve };
      this.#open = open;
      ballot.signal.addEventListener('abort', () => this.#close(open), { once: true });
      this.#shown(ballot);
    });
  }

  /** The ballot that is voted on, or undefined when none is open. */
  vote(value: VoteValue): Ballot | undefined {
    const open = this.#open;
    if (open === undefined) return undefined;
    this.#open = undefined;
    open.cast(value);
    return open.ballot;
  }

  #close(open: { readonly ballot: Ballot }): void {
    if (this.#open !== open) return;
    this.#open = undefined;
    this.#late(open.ballot);
  }
}
