import type { GroupAttributes } from './attributes.js';
import type { Bytes, GroupTypes } from './group-types.js';
import type {
  Cause,
  Departure,
  GroupView,
  MessageFrom,
  ProtocolInfo,
  VoteValue,
} from './protocol.js';

export interface Riders<G extends GroupTypes = Bytes> {
  /** Becomes the proposed state value; the last one the leader received wins. */
  readonly stateValue?: G['stateInput'] | undefined;
  /** Shown to all in the next phase, or as `message` event after the last one. */
  readonly message?: G['messageInput'] | undefined;
  /** Default vote for the missing votes of this phase and for later phases of this protocol. */
  readonly defaultVote?: 'approve' | 'reject' | undefined;
}

export interface Vote<G extends GroupTypes = Bytes> extends Riders<G> {
  readonly value: VoteValue;
}

/**
 * For the compiler the promise of an `async () => 'approve'` is one of any text, so that is accepted. What is
 * no vote at run time counts as the default vote, and goes to `onError`.
 */
export type VoteHandler<G extends GroupTypes = Bytes> = (
  ballot: Ballot<G>,
) =>
  | Vote<G>
  | VoteValue
  | Promise<Vote<G> | VoteValue>
  | Promise<Vote<G> | string>
  | Promise<string>;

/** A voting phase as one provider sees it; immutable but for `signal`, and may be kept. */
export interface Ballot<G extends GroupTypes = Bytes> {
  readonly protocol: ProtocolInfo;
  /** From 1. */
  readonly phase: number;
  /** The list before the change. */
  readonly view: GroupView;
  /** Ids that would be added; empty if none. */
  readonly joining: readonly string[];
  /** Who would be removed; empty if none. */
  readonly leaving: readonly Departure[];
  /** The current value. */
  readonly stateValue: G['state'] | undefined;
  /** The value proposed so far, riders included. */
  readonly proposedStateValue?: G['state'] | undefined;
  /** The message proposed by `send`. */
  readonly message?: G['message'] | undefined;
  /** The attributes proposed by `changeAttributes`, complete. */
  readonly attributes?: GroupAttributes | undefined;
  /** Message riders of the previous phase, in the leader's order of receipt. */
  readonly messages: readonly MessageFrom<G>[];
  /** Why the previous phase continued; empty in phase 1. */
  readonly causes: readonly Cause[];
  /** The default vote in force. */
  readonly defaultVote: 'approve' | 'reject';
  /**
   * Milliseconds left when the ballot arrived; undefined without limit.
   *
   * @example
   * ```ts
   * import { connect, keepVoting } from '@group-services/client';
   *
   * const services = await connect();
   * const builder = await services.join('build', {
   *   attributes: { timeLimit: 3_000 },
   *   vote: ({ phase, timeLeft }) => {
   *     // Undefined: the group sets no limit. Whoever has not voted by then gets the default vote.
   *     console.log('phase', phase, 'ends in', timeLeft ?? 'its own time', 'ms');
   *     return phase < 3 ? keepVoting() : 'approve';
   *   },
   * });
   * await builder.barrier();
   * await services.close();
   * ```
   */
  readonly timeLeft?: number | undefined;
  /** Aborts when a vote is no longer counted: phase over, provider removed, connection lost. */
  readonly signal: AbortSignal;
}
