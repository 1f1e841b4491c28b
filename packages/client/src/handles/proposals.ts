import type { Proposed } from '@group-services/wire';
import type { GroupTypes } from '../api/group-types.js';
import type { ProposalOptions } from '../api/options.js';
import type { Cause, MessageFrom, ProtocolKind, ProtocolResult } from '../api/protocol.js';
import { checkSignal, optionalMilliseconds } from '../arguments/arguments.js';
import { phasesOf } from '../arguments/attribute-arguments.js';
import type { ProposalWindow } from '../connection/proposal-window.js';
import type { Asked } from '../connection/refusal-error.js';
import type { Session } from '../connection/session.js';
import type { ProposeSpan } from '../tracing/tracing.js';
import { CallSite } from '../values/call-site.js';

export type AnyResult = ProtocolResult<GroupTypes>;

/** What is proposed, without its options. */
export interface Proposal {
  readonly proposed: Proposed;
  /** Bytes that count against what one process may have pending. */
  readonly bytes: number;
  readonly asked: Asked;
}

/** A message of one phase. */
export interface Sending {
  readonly payload: Uint8Array;
  readonly safe: boolean;
  readonly asked: Asked;
}

/** Sends the proposals of one handle; each promise settles with what became of it. */
export class Proposer {
  readonly #session: Session;
  readonly #handle: number;
  readonly #window: ProposalWindow;
  /** Noting a place takes longer than sending a message: what is sent in one turn shares that of the first. */
  #siteOfTurn: CallSite | undefined;

  constructor(session: Session, handle: number) {
    this.#session = session;
    this.#handle = handle;
    this.#window = session.newWindow();
  }

  propose(proposal: Proposal, options: ProposalOptions): Promise<AnyResult> {
    checkSignal(options.signal);
    const timeLimit = optionalMilliseconds('timeLimit', options.timeLimit);
    const phases = phasesOf(options.phases, 1);
    const { proposed, bytes, asked } = proposal;
    this.#session.requests.checkRoom(bytes);
    const handle = this.#handle;
    const window = this.#window;
    const wirePhases = typeof phases === 'object' ? { exactly: phases.exactly } : phases;
    const span = this.#span(asked, proposed.kind === 'voted-message' ? 'message' : proposed.kind);
    const trace = span?.carried === undefined ? {} : { trace: span.carried };
    return placedPromise((resolve, reject) => {
      this.#session.request(
        { kind: 'propose', handle, phases: wirePhases, timeLimit, proposed, ...trace },
        {
          expects: 'result',
          owner: handle,
          bytes,
          window,
          asked,
          ...settled(span, resolve, reject),
        },
      );
    });
  }

  send(sending: Sending): Promise<AnyResult> {
    const { payload, safe, asked } = sending;
    const bytes = payload.length;
    this.#session.requests.checkRoom(bytes);
    const handle = this.#handle;
    const window = this.#window;
    const site = this.#sendingSite();
    const span = this.#span(asked, 'message');
    return new Promise((resolve, rejectPromise) => {
      const reject = (error: Error): void => rejectPromise(site.placed(error));
      const ends = settled(span, resolve, reject);
      const pending = { expects: 'result', owner: handle, bytes, window, asked, ...ends } as const;
      if (span?.carried === undefined) {
        this.#session.send({ handle, safe, payload }, pending);
        return;
      }
      // The frame of the hot path has no place for a trace.
      const proposed = { kind: 'voted-message', payload, safe } as const;
      const { carried: trace } = span;
      this.#session.request({ kind: 'propose', handle, phases: 1, proposed, trace }, pending);
    });
  }

  #span({ group = '' }: Asked, kind: ProtocolKind): ProposeSpan | undefined {
    return this.#session.tracing?.propose(group, kind);
  }

  /** Proposals that have no result yet. */
  get pending(): number {
    return this.#window.size;
  }

  /** Resolves when there are none. */
  settled(): Promise<void> {
    return this.#window.emptied();
  }

  #sendingSite(): CallSite {
    if (this.#siteOfTurn === undefined) {
      this.#siteOfTurn = new CallSite(attempt);
      queueMicrotask(() => {
        this.#siteOfTurn = undefined;
      });
    }
    return this.#siteOfTurn;
  }

  /** The membership has ended; `untold`: nobody will tell what became of its proposals. */
  end(untold: string | undefined): void {
    if (untold === undefined) {
      this.#session.dropWaiting(this.#window);
      return;
    }
    this.#window.close();
    this.#session.loseProposals(this.#handle, untold);
  }
}

/** How the promise of a proposal is settled, and with it the span that is made of it. */
function settled(
  span: ProposeSpan | undefined,
  resolve: (result: AnyResult) => void,
  reject: (error: Error) => void,
): { onAnswer: (result: AnyResult) => void; reject: (error: Error) => void } {
  if (span === undefined) return { onAnswer: resolve, reject };
  return {
    onAnswer: (result) => {
      span.ended(result);
      resolve(result);
    },
    reject: (error) => {
      span.failed(error);
      reject(error);
    },
  };
}

/** What a result tells besides its outcome; left out: of one phase, with no votes. */
export interface ResultDetail {
  readonly kind: ProtocolKind;
  readonly position: number;
  readonly phases?: number | undefined;
  readonly causes?: readonly Cause[] | undefined;
  readonly stateValue?: unknown;
  readonly messages?: readonly MessageFrom<GroupTypes>[] | undefined;
}

export function resultOf(outcome: AnyResult['outcome'], detail: ResultDetail): AnyResult {
  const { kind, phases = 0, position, causes = [], stateValue, messages = [] } = detail;
  return { outcome, kind, phases, position, causes, stateValue, messages };
}

/** Makes a throw while a call begins the rejection of its promise. */
export function attempt<T>(begin: () => Promise<T>): Promise<T> {
  try {
    return begin();
  } catch (error) {
    return Promise.reject(error);
  }
}

/** A promise whose errors show where the public method was called that is now being attempted. */
export function placedPromise<T>(
  begin: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
): Promise<T> {
  const site = new CallSite(attempt);
  return new Promise((resolve, reject) => begin(resolve, (error) => reject(site.placed(error))));
}
