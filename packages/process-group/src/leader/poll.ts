import { type Instant, NEVER } from '@group-services/core';
import type { ResultBody, WireVote } from '@group-services/wire';
import { type GroupState, voterOf } from '../replica/group-state.js';
import type { Running } from '../replica/running.js';
import { evaluate } from './evaluation.js';

/**
 * The votes of one phase at the leader (`external-layer.md` §§3.5, 3.7, 3.8): a new one per
 * phase and per term, since votes that an earlier leader received count only when they come again.
 *
 * Its clock runs from when this leader multicast the phase, or began to lead: `#limitAt` ends the
 * waiting, `#warnAt` is half of it.
 */
export class Poll {
  readonly phase: number;
  readonly beganAt: Instant;
  readonly #running: Running;
  /** In order of receipt. */
  readonly #votes = new Map<number, WireVote>();
  readonly #missing: Set<number>;
  #stateValue: Uint8Array | undefined;
  #warnAt = NEVER;
  #limitAt = NEVER;
  #isOver = false;

  constructor(running: Running, now: Instant) {
    const { timeLimit, voters } = running.voting;
    this.#running = running;
    this.phase = running.phase;
    this.beganAt = now;
    this.#missing = new Set(voters);
    if (timeLimit === 0) return;
    this.#warnAt = now + timeLimit / 2;
    this.#limitAt = now + timeLimit;
  }

  /** Voters whose vote is not here. */
  get missing(): ReadonlySet<number> {
    return this.#missing;
  }

  deadline(): Instant {
    return Math.min(this.#warnAt, this.#limitAt);
  }

  /** When default votes are cast; undefined without a limit. */
  get until(): Instant | undefined {
    const { timeLimit } = this.#running.voting;
    return timeLimit === 0 ? undefined : this.beganAt + timeLimit;
  }

  /** True once: half of the time is over. */
  warns(now: Instant): boolean {
    if (now < this.#warnAt) return false;
    this.#warnAt = NEVER;
    return true;
  }

  /** From the limit on nobody is waited for any more. */
  expire(now: Instant): void {
    if (now < this.#limitAt) return;
    this.#limitAt = NEVER;
    this.#isOver = true;
  }

  /** One vote per voter and phase; false when this one does not count. */
  receive(vote: WireVote): boolean {
    if (!this.#missing.delete(vote.no)) return false;
    this.#votes.set(vote.no, vote);
    // Who rejects proposes no value.
    const proposed = vote.value === 'reject' ? undefined : vote.stateValue;
    this.#stateValue = proposed ?? this.#stateValue;
    return true;
  }

  /** Every voter has voted or gets the default vote: the barrier of this phase. */
  isComplete(isDown: (no: number) => boolean): boolean {
    if (this.#isOver) return true;
    for (const no of this.#missing) if (!isDown(no)) return false;
    return true;
  }

  /** Live voters that did not vote in time; known when the phase ends. */
  silent(isDown: (no: number) => boolean): readonly number[] {
    return [...this.#missing].filter((no) => !isDown(no));
  }

  /** The RESULT of this phase, given who runs it by now: only a leader knows its START's position. */
  result(state: GroupState, protocol: number, isDown: (no: number) => boolean): ResultBody {
    const { voting, phase, defaultVote } = this.#running;
    const voters = voting.voters.map((no) => ({
      id: voterOf(state, no)?.id ?? `unknown/${no}`,
      vote: this.#votes.get(no),
      hasFailed: isDown(no),
    }));
    const { phases, maxPhases } = voting;
    const verdict = evaluate(voters, { phases, maxPhases, phase, defaultVote });
    const withMessage = [...this.#votes.values()].filter(({ message }) => message !== undefined);
    const riders = withMessage.map(({ no }) => no);
    return { kind: 'result', protocol, phase, ...verdict, riders, stateValue: this.#stateValue };
  }
}
