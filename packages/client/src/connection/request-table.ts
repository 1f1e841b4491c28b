import { LIMITS } from '@group-services/wire';
import { ConnectionLostError, OverloadedError } from '../api/errors.js';
import type { GroupTypes } from '../api/group-types.js';
import type { ProtocolResult } from '../api/protocol.js';
import { ContradictingFrame, type FrameOf } from '../values/frames.js';
import type { ProposalWindow } from './proposal-window.js';
import type { Asked } from './refusal-error.js';

/** What answers a request, by what the request expects. */
export interface Answers {
  readonly joined: FrameOf<'joined'>;
  readonly subscribed: FrameOf<'subscribed'>;
  readonly groups: FrameOf<'groups'>;
  readonly nodes: FrameOf<'nodes'>;
  readonly done: undefined;
  readonly result: ProtocolResult<GroupTypes>;
}
export type Expectation = keyof Answers;

/** A request that has no answer yet. */
export interface Pending<K extends Expectation = Expectation> {
  readonly expects: K;
  /** The handle whose proposal it is; 0 for everything else. */
  readonly owner: number;
  /** Payload of a proposal. */
  readonly bytes: number;
  /** Where the proposals of a membership take turns. */
  readonly window?: ProposalWindow | undefined;
  readonly asked: Asked;
  /** Declared as a method, so that requests of all kinds fit into one table. */
  onAnswer(answer: Answers[K]): void;
  readonly reject: (error: Error) => void;
  /** Set while a time limit or abort signal is kept: lets go of them. */
  letGo?: (() => void) | undefined;
  /** The promise was rejected without an answer, which may still come. */
  givenUp?: boolean | undefined;
}

const REQUEST_MAX = 0xffff_ffff;

/** The requests of one connection, each with the promise that its one answer settles. */
export class RequestTable {
  readonly #pending = new Map<number, Pending>();
  #last = 0;
  #proposals = 0;
  #proposalBytes = 0;

  /** Throws OverloadedError when another proposal of that size would be too much. */
  checkRoom(bytes: number): void {
    if (this.#proposals >= LIMITS.pendingProposals) {
      throw tooMuch('pendingProposals', `${LIMITS.pendingProposals} proposals`);
    }
    if (this.#proposalBytes + bytes > LIMITS.pendingProposalBytes) {
      throw tooMuch('pendingProposalBytes', `${LIMITS.pendingProposalBytes} bytes of proposals`);
    }
  }

  /** Takes a request in and gives its number. */
  add<K extends Expectation>(pending: Pending<K>): number {
    const request = this.#nextNumber();
    this.#pending.set(request, pending);
    if (pending.owner !== 0) {
      this.#proposals += 1;
      this.#proposalBytes += pending.bytes;
    }
    return request;
  }

  get(request: number): Pending | undefined {
    return this.#pending.get(request);
  }

  /**
   * The request that an answer belongs to; undefined when it was settled already. Throws
   * ContradictingFrame when it expects another kind of answer.
   */
  take<K extends Expectation>(request: number, kind: K): Pending<K> | undefined {
    const pending = this.#remove(request);
    if (pending === undefined) return undefined;
    if (isExpecting(pending, kind)) return pending;
    const cause = new ContradictingFrame(
      `a ${kind} answer to a request that expects ${pending.expects}`,
    );
    const message = `${pending.asked.action}: the daemon's answer makes no sense`;
    pending.reject(new ConnectionLostError(message, { cause }));
    throw cause;
  }

  /** The request that is refused, whatever it expects. */
  takeAny(request: number): Pending | undefined {
    return this.#remove(request);
  }

  /** Takes out all proposals of a handle. */
  takeOwnedBy(owner: number): readonly Pending[] {
    const owned = [...this.#pending].filter(([, pending]) => pending.owner === owner);
    for (const [request] of owned) this.#remove(request);
    return owned.map(([, pending]) => pending);
  }

  /** Takes out everything. */
  takeAll(): readonly Pending[] {
    const requests = [...this.#pending.keys()];
    return requests.flatMap((request) => this.#remove(request) ?? []);
  }

  #remove(request: number): Pending | undefined {
    const pending = this.#pending.get(request);
    if (pending === undefined) return undefined;
    this.#pending.delete(request);
    if (pending.owner !== 0) {
      this.#proposals -= 1;
      this.#proposalBytes -= pending.bytes;
    }
    pending.window?.leave(request, pending.bytes);
    pending.letGo?.();
    return pending;
  }

  /** From 1; after 2^32 requests the numbers of those long settled come again. */
  #nextNumber(): number {
    do this.#last = this.#last === REQUEST_MAX ? 1 : this.#last + 1;
    while (this.#pending.has(this.#last));
    return this.#last;
  }
}

function isExpecting<K extends Expectation>(pending: Pending, kind: K): pending is Pending<K> {
  const found: Expectation = pending.expects;
  return found === kind;
}

function tooMuch(limit: string, what: string): OverloadedError {
  const advice = 'wait for some of the promises before proposing more';
  return new OverloadedError(`this process has ${what} pending; ${advice}`, { limit });
}
