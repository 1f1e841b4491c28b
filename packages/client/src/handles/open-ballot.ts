import type { Ballot } from '../api/ballot.js';
import { VoteNotExpectedError } from '../api/errors.js';
import type { GroupTypes } from '../api/group-types.js';
import type { GroupView, MessageFrom, ProtocolInfo } from '../api/protocol.js';
import type { FrameOf } from '../values/frames.js';
import type { ProposalContents } from '../values/proposal-contents.js';
import { publicCauses, publicProtocol } from '../values/views.js';

/** What a ballot shows besides the frame that announced it. */
export interface BallotParts {
  readonly view: GroupView;
  readonly stateValue: unknown;
  readonly contents: ProposalContents;
  readonly messages: readonly MessageFrom<GroupTypes>[];
}

/** A voting phase that this handle was asked in, until it is over. */
export class OpenBallot {
  readonly ballot: Ballot<GroupTypes>;
  #open = true;
  #controller: AbortController | undefined;

  constructor(frame: FrameOf<'ballot'>, { view, stateValue, contents, messages }: BallotParts) {
    const { phase, defaultVote, timeLeft } = frame;
    const signal = (): AbortSignal => this.#signal();
    this.ballot = Object.freeze({
      protocol: Object.freeze(publicProtocol(frame.protocol)),
      phase,
      view,
      stateValue,
      ...contents,
      messages,
      causes: publicCauses(frame.causes),
      defaultVote,
      ...(timeLeft === undefined ? {} : { timeLeft }),
      get signal(): AbortSignal {
        return signal();
      },
    });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Votes count no more. What waits with the signal fails with the error that a late vote gives. */
  end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#controller?.abort(voteNotExpected(this.ballot));
  }

  /**
   * Made when somebody asks for it: a handler that answers at once does not, and a signal that aborts
   * would be the most expensive part of its ballot.
   */
  #signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (!this.#open) this.#controller.abort(voteNotExpected(this.ballot));
    }
    return this.#controller.signal;
  }
}

/** A vote that came too late. */
export function voteNotExpected(ballot: {
  readonly protocol: ProtocolInfo;
  readonly phase: number;
}): VoteNotExpectedError {
  const { protocol, phase } = ballot;
  const message = `phase ${phase} of protocol ${protocol.id} (${protocol.kind}) is over: its votes count no more`;
  return new VoteNotExpectedError(message, { protocol, phase });
}
