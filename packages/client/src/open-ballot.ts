import type { Ballot } from './ballot.js';
import { VoteNotExpectedError } from './errors.js';
import type { FrameOf } from './frames.js';
import type { GroupTypes } from './group-types.js';
import type { ProposalContents } from './proposal-contents.js';
import type { GroupView, MessageFrom, ProtocolInfo } from './protocol.js';
import { publicCauses, publicProtocol } from './views.js';

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
  readonly #controller = new AbortController();

  constructor(frame: FrameOf<'ballot'>, { view, stateValue, contents, messages }: BallotParts) {
    const { phase, defaultVote, timeLeft } = frame;
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
      signal: this.#controller.signal,
    });
  }

  get isOpen(): boolean {
    return !this.#controller.signal.aborted;
  }

  /** Votes count no more. What waits with the signal fails with the error that a late vote gives. */
  end(): void {
    if (this.isOpen) this.#controller.abort(voteNotExpected(this.ballot));
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
