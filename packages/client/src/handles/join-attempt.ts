import type { ArgumentLimits } from '../arguments/arguments.js';
import { type Asked, aborted } from '../connection/refusal-error.js';
import {
  doneOrOver,
  type OpenHandle,
  type RequestBody,
  type Session,
} from '../connection/session.js';
import { inContext } from '../values/context.js';
import type { GroupFormat } from '../values/define-group.js';
import type { ErrorSink } from '../values/error-sink.js';
import { ContradictingFrame, type FrameOf, type HandleFrame } from '../values/frames.js';
import { proposalContents } from '../values/proposal-contents.js';
import { messagesOf, RiderMemory } from '../values/riders.js';
import { StateMemory } from '../values/state-memory.js';
import { publicCauses, publicView } from '../values/views.js';
import { OpenBallot } from './open-ballot.js';
import { type AnyResult, placedPromise, resultOf } from './proposals.js';
import { GroupProvider } from './provider.js';
import { type AnyVoteHandler, Voter } from './voter.js';

/**
 * A join that has no result yet. A joiner votes on its own join unless the group says otherwise, so
 * it hears ballots before it is a provider; its handler and its riders then go over to the provider.
 */
export class JoinAttempt implements OpenHandle {
  readonly #parts: JoinAttemptParts;
  readonly #voter: Voter;
  readonly #riders: RiderMemory;
  readonly #reader: { format: GroupFormat; errors: ErrorSink; stateMemory: StateMemory };
  #resolve: (provider: GroupProvider) => void = () => {};
  #reject: (error: Error) => void = () => {};
  /** Whoever asked has been told that it failed. */
  #failed = false;
  /** As the newest ballot showed it. */
  #stateValue: unknown;

  constructor(parts: JoinAttemptParts) {
    const { session, handle, format, limits, errors, vote } = parts;
    this.#parts = parts;
    this.#riders = new RiderMemory(format, errors);
    this.#reader = { format, errors, stateMemory: new StateMemory(format.state) };
    this.#voter = new Voter({
      handler: vote && inContext(vote),
      format,
      limits,
      errors,
      cast: ({ protocol, phase }, body) =>
        session.tell({ kind: 'vote', handle, protocol: protocol.id, phase, ...body }),
    });
  }

  run(request: Extract<RequestBody, { readonly kind: 'join' }>): Promise<GroupProvider> {
    const { session, handle, asked } = this.#parts;
    session.openHandle(handle, this);
    return placedPromise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      session.request(request, {
        expects: 'joined',
        owner: 0,
        bytes: 0,
        asked,
        onAnswer: (joined: FrameOf<'joined'>) => this.#onJoined(joined),
        reject: (error: Error) => this.#onFailed(error),
      });
    });
  }

  receive(frame: HandleFrame): AnyResult | undefined {
    switch (frame.kind) {
      case 'ballot':
        this.#voter.ask(this.#ballot(frame));
        return undefined;
      case 'rider':
        this.#riders.add(frame);
        return undefined;
      case 'vote-not-expected':
        this.#voter.notExpected(frame);
        return undefined;
      case 'rejected':
        return this.#result(frame);
      default:
        throw new ContradictingFrame(`a ${frame.kind} frame for a join of ${this.#parts.group}`);
    }
  }

  taken(): void {}

  lose(): void {
    this.#voter.over();
  }

  #ballot(frame: FrameOf<'ballot'>): OpenBallot {
    const { group } = this.#parts;
    if (frame.group === undefined) {
      throw new ContradictingFrame(`a ballot that does not show ${group} to a joiner`);
    }
    const { view, stateValue } = frame.group;
    if (stateValue !== null) this.#stateValue = this.#readState(stateValue);
    return new OpenBallot(frame, {
      view: publicView(group, view),
      stateValue: this.#stateValue,
      contents: proposalContents(frame, this.#reader),
      messages: messagesOf(this.#riders.take(frame.protocol.id)),
    });
  }

  #readState(bytes: Uint8Array): unknown {
    const own = bytes.slice();
    const read = this.#parts.format.state.read(own);
    if (read.ok) return read.value;
    this.#parts.errors.report(read.error);
    return undefined;
  }

  /** A rejection leaves the state value as it was. */
  #result(frame: FrameOf<'rejected'>): AnyResult {
    const { phases, position, protocol, stateValue } = frame;
    return resultOf('rejected', {
      kind: protocol.kind,
      phases,
      position,
      causes: publicCauses(frame.causes),
      stateValue:
        stateValue === undefined || stateValue === null
          ? this.#stateValue
          : this.#readState(stateValue),
      messages: messagesOf(this.#riders.take(protocol.id)),
    });
  }

  #onJoined(joined: FrameOf<'joined'>): void {
    const { session, handle, asked, vote: _vote, ...parts } = this.#parts;
    const { signal } = asked;
    this.#voter.over();
    if (this.#failed) {
      // Nobody waits any more: out again at once.
      session.request(
        { kind: 'goodbye', handle },
        doneOrOver('goodbye', () => {}),
      );
      return;
    }
    if (signal?.aborted) {
      // It had started and was approved: out again at once.
      session.closeHandle(handle);
      const over = (): void => this.#onFailed(aborted(signal, 'the join was aborted'));
      session.request({ kind: 'goodbye', handle }, doneOrOver('goodbye', over));
      return;
    }
    const voter = this.#voter;
    const riders = this.#riders;
    const provider = new GroupProvider({ ...parts, session, handle, voter, riders, joined });
    session.openHandle(handle, provider);
    this.#resolve(provider);
  }

  #onFailed(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    const { session, handle, onEnded } = this.#parts;
    this.#voter.over();
    session.closeHandle(handle);
    onEnded();
    this.#reject(error);
  }
}

/** What a join is made of. */
export interface JoinAttemptParts {
  readonly session: Session;
  readonly handle: number;
  readonly group: string;
  readonly format: GroupFormat;
  readonly limits: ArgumentLimits;
  readonly errors: ErrorSink;
  readonly vote: AnyVoteHandler | undefined;
  readonly asked: Asked;
  /** Called once: the join has failed, or the membership that came of it has ended. */
  readonly onEnded: () => void;
}
