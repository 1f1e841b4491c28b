import { setImmediate } from 'node:timers';
import type { Ballot } from '../api/ballot.js';
import type { GroupTypes } from '../api/group-types.js';
import type { ProtocolInfo } from '../api/protocol.js';
import type { ArgumentLimits } from '../arguments/arguments.js';
import type { GroupFormat } from '../values/define-group.js';
import type { ErrorSink } from '../values/error-sink.js';
import type { FrameOf } from '../values/frames.js';
import { type VoteBody, voteOf } from '../values/vote-arguments.js';
import { type OpenBallot, voteNotExpected } from './open-ballot.js';

/** Votes sent last whose phase the daemon may still say to be over. */
const SENT_MAX = 16;

/**
 * Asks the vote handler of one provider, from its join on (`client-api.md`, Votes).
 *
 * One ballot is open at most: the next one, or the end of the protocol, ends it, and with it whatever
 * its handler still does. The handler runs after everything that was heard before has been handed out,
 * promises and iterators included; so a ballot that is over by then is not asked at all.
 */
export class Voter {
  readonly #parts: VoterParts;
  #open: OpenBallot | undefined;
  #sent: readonly { readonly protocol: ProtocolInfo; readonly phase: number }[] = [];

  constructor(parts: VoterParts) {
    this.#parts = parts;
  }

  ask(open: OpenBallot): void {
    this.over();
    this.#open = open;
    const { handler } = this.#parts;
    if (handler === undefined) this.#cast(open, { value: 'approve' });
    else setImmediate(() => this.#run(open, handler));
  }

  /** The phase is over, or the membership is. */
  over(): void {
    const open = this.#open;
    this.#open = undefined;
    open?.end();
  }

  /** The daemon says that a vote came too late. */
  notExpected({ protocol, phase }: FrameOf<'vote-not-expected'>): void {
    const sent = this.#sent.find((it) => it.protocol.id === protocol && it.phase === phase);
    if (sent !== undefined) this.#parts.errors.report(voteNotExpected(sent));
  }

  #run(open: OpenBallot, handler: AnyVoteHandler): void {
    if (!open.isOpen) return;
    let returned: unknown;
    try {
      returned = handler(open.ballot);
    } catch (error) {
      this.#failed(open, error);
      return;
    }
    if (!isThenable(returned)) {
      this.#take(open, returned);
      return;
    }
    Promise.resolve(returned).then(
      (vote) => this.#take(open, vote),
      (error: unknown) => this.#failed(open, error),
    );
  }

  #take(open: OpenBallot, returned: unknown): void {
    const { format, limits, errors } = this.#parts;
    if (!open.isOpen) {
      errors.report(voteNotExpected(open.ballot));
      return;
    }
    let vote: VoteBody;
    try {
      vote = voteOf(returned, format, limits);
    } catch (error) {
      this.#failed(open, error);
      return;
    }
    this.#cast(open, vote);
  }

  /** Votes by default at once; whoever hears of the error may take its time. */
  #failed(open: OpenBallot, error: unknown): void {
    this.#cast(open, { value: 'default' });
    this.#parts.errors.report(error);
  }

  #cast(open: OpenBallot, vote: VoteBody): void {
    if (!open.isOpen) return;
    const { protocol, phase } = open.ballot;
    this.#sent = [{ protocol, phase }, ...this.#sent].slice(0, SENT_MAX);
    this.#parts.cast(open.ballot, vote);
  }
}

/** A vote handler whatever the types of its group; what it returns is checked. */
export type AnyVoteHandler = (ballot: Ballot<GroupTypes>) => unknown;

/** What a voter is made of. */
export interface VoterParts {
  /** When there is none every ballot is approved. */
  readonly handler: AnyVoteHandler | undefined;
  readonly format: GroupFormat;
  readonly limits: ArgumentLimits;
  readonly errors: ErrorSink;
  readonly cast: (ballot: Ballot<GroupTypes>, vote: VoteBody) => void;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
