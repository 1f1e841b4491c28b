import { assertNever } from '@group-services/core';
import type { CloseReason, Link } from '@group-services/transport';
import {
  decodeToClient,
  type FromClient,
  isFrameOfNewerDaemon,
  isKeepAlive,
  messagesIn,
  type SendMessage,
  type ToClient,
} from '@group-services/wire';
import { ConnectionLostError } from '../api/errors.js';
import type { GroupTypes } from '../api/group-types.js';
import type { ProtocolResult, RemovedReason } from '../api/protocol.js';
import type { Tracing } from '../tracing/tracing.js';
import {
  ContradictingFrame,
  type FrameOf,
  type HandleFrame,
  type TellLag,
} from '../values/frames.js';
import { DaemonWatch } from './daemon-watch.js';
import { lostLink } from './lost-link.js';
import { Outgoing } from './outgoing.js';
import { type Leaving, ProposalWindow } from './proposal-window.js';
import { aborted, refusalError, rejected } from './refusal-error.js';
import { PATIENCE_MS, RequestLimits } from './request-limits.js';
import { type Expectation, type Pending, RequestTable } from './request-table.js';

/** A provider or subscription as the connection sees it. */
export interface OpenHandle {
  /**
   * Takes in a frame: fields, events, handlers. Gives the result for the own proposal that the frame
   * answers, if it names one.
   */
  receive(frame: HandleFrame): ProtocolResult<GroupTypes> | undefined;
  /** Called after a frame was taken in and promises were settled: ends a lag, looks what is waited for. */
  taken(): void;
  /** The connection has ended. */
  lose(reason: RemovedReason): void;
}

type WithoutRequest<T> = T extends unknown ? Omit<T, 'request'> : never;
/** A request before it has its number. */
export type RequestBody = WithoutRequest<
  Exclude<FromClient, { readonly kind: 'withdraw' | 'send' | 'bundle' | Statement['kind'] }>
>;

/** What has no answer. */
export type Statement = Extract<
  FromClient,
  { readonly kind: 'vote' | 'monitor' | 'pong' | 'lagging' }
>;

/** Who hears what belongs to no promise and no group. */
export interface SessionEvents {
  /** What the daemon did wrong. */
  readonly onBroken?: ((error: Error) => void) | undefined;
  readonly onPing?: ((n: number) => void) | undefined;
  /** Somebody may trace. */
  readonly tracing?: Tracing | undefined;
}

/** How long the daemon has for confirming `close`; then the connection is cut, with the same effect. */
const CLOSE_TIMEOUT_MS = 5_000;

/** One connection to the daemon after the handshake: numbers requests, hands frames to handles. */
export class Session {
  readonly requests = new RequestTable();
  /** Settled with why the connection ended; undefined after `close`. */
  readonly closed: Promise<Error | undefined>;
  readonly tracing: Tracing | undefined;
  readonly #link: Link;
  readonly #onBroken: ((error: Error) => void) | undefined;
  readonly #onPing: (n: number) => void;
  readonly #handles = new Map<number, OpenHandle>();
  readonly #watch: DaemonWatch;
  readonly #limits: RequestLimits;
  readonly #outgoing: Outgoing;
  #lastHandle = 0;
  #settleClosed: (reason: Error | undefined) => void = () => {};
  #closing: Promise<void> | undefined;
  #ended = false;
  /** What the daemon says as it ends the connection. */
  #told: FrameOf<'closing'> | undefined;

  constructor(link: Link, { onBroken, onPing = () => {}, tracing }: SessionEvents) {
    this.#link = link;
    this.tracing = tracing;
    this.#outgoing = new Outgoing(link);
    this.#onBroken = onBroken;
    this.#onPing = onPing;
    this.#watch = new DaemonWatch(link);
    const withdraw = (request: number): void => this.#withdraw(request);
    this.#limits = new RequestLimits(this.#watch, this.requests, withdraw);
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
  }

  /** From now on a daemon that has given no sign of life for so long counts as lost. */
  keepAlive(milliseconds: number): void {
    this.#watch.keepAlive(milliseconds, () => {
      this.#link.abort();
      const text = `the daemon has given no sign of life for ${milliseconds} ms: it stands still, or it or its host is gone`;
      this.#end(this.#closing === undefined ? new ConnectionLostError(text) : undefined);
    });
  }

  /** Throws ConnectionLostError when nothing can be asked any more. */
  checkOpen(): void {
    if (this.#ended) throw new ConnectionLostError('the connection to the daemon has ended');
    if (this.#closing !== undefined)
      throw new ConnectionLostError('the connection is being closed');
  }

  newHandle(): number {
    this.#lastHandle += 1;
    return this.#lastHandle;
  }

  /** For the proposals of one membership. */
  newWindow(): ProposalWindow {
    return new ProposalWindow((leaving) => this.#leave(leaving));
  }

  openHandle(handle: number, open: OpenHandle): void {
    this.#handles.set(handle, open);
  }

  /** Frames for this handle are passed over from now on. */
  closeHandle(handle: number): void {
    this.#handles.delete(handle);
  }

  /**
   * Sends a request; its answer settles it. A signal that fires withdraws it, and the answer then
   * says whether that was in time.
   */
  request<K extends Expectation>(body: RequestBody, pending: Pending<K>): void {
    const request = this.#begin(pending);
    if (request === undefined) return;
    this.#launch(request, this.#outgoing.encode({ ...body, request }), pending);
    this.#limits.keep(request, pending);
  }

  /** The same for a one-phase message, the hot path. */
  send(message: Omit<SendMessage, 'kind' | 'request'>, pending: Pending<'result'>): void {
    const request = this.#begin(pending);
    if (request === undefined) return;
    const { handle, safe, payload } = message;
    const sent: SendMessage = { kind: 'send', handle, request, safe, payload };
    // What may be taken back travels alone.
    const isAlone = pending.asked.signal !== undefined;
    this.#launch(request, isAlone ? this.#outgoing.encode(sent) : sent, pending);
    if (isAlone) this.#limits.keep(request, pending);
  }

  /** Says what has no answer; on a connection that ends it is dropped. */
  tell(statement: Statement): void {
    if (this.#ended || this.#closing !== undefined) return;
    this.#outgoing.send(this.#outgoing.encode(statement));
  }

  /** Says for one handle that the program does not keep up with its events, or does again. */
  lagTeller(handle: number): TellLag {
    return (lagging, bytes) => {
      if (this.#handles.has(handle)) this.tell({ kind: 'lagging', handle, lagging, bytes });
    };
  }

  /** Ends every membership and the connection, once the daemon has confirmed. */
  close(): Promise<void> {
    this.#closing ??= this.#ended ? Promise.resolve() : this.#close();
    return this.#closing;
  }

  /** One frame of the daemon. Bytes that make no sense end the connection. */
  onFrame(frame: Uint8Array): void {
    if (this.#ended || isKeepAlive(frame)) return;
    const decoded = decodeToClient(frame);
    if (!decoded.ok) {
      if (!isFrameOfNewerDaemon(frame)) this.#break(new Error(decoded.error));
      return;
    }
    try {
      this.#dispatch(decoded.value);
    } catch (error) {
      if (!(error instanceof ContradictingFrame)) throw error;
      this.#break(error);
    }
  }

  onLinkClosed(reason: CloseReason): void {
    if (this.#closing !== undefined) this.#end(undefined);
    else this.#end(lostLink(reason, this.#told?.why));
  }

  /** The membership has ended: its proposals that still waited here were certainly not run. */
  dropWaiting(window: ProposalWindow): void {
    for (const request of window.close()) {
      const pending = this.requests.takeAny(request);
      if (pending === undefined) continue;
      const { action } = pending.asked;
      const text = `${action}: the membership ended before this was proposed`;
      pending.reject(refusalError({ code: 'REMOVED', text }, pending.asked));
    }
  }

  /** Gives up the proposals of a handle whose outcome nobody will tell. */
  loseProposals(handle: number, why: string): void {
    for (const pending of this.requests.takeOwnedBy(handle)) {
      pending.reject(new ConnectionLostError(`${pending.asked.action}: ${why}; ${UNKNOWN}`));
    }
  }

  /** Takes a request in and gives its number, unless it is rejected right away. */
  #begin(pending: Pending): number | undefined {
    const { signal, action } = pending.asked;
    if (signal?.aborted) {
      pending.reject(aborted(signal, `${action} was aborted before it began`));
      return undefined;
    }
    if (this.#ended) {
      pending.reject(new ConnectionLostError(`${action}: the connection to the daemon has ended`));
      return undefined;
    }
    return this.requests.add(pending);
  }

  #launch(request: number, leaving: Leaving, pending: Pending): void {
    const { window } = pending;
    if (window === undefined) this.#leave(leaving);
    else window.enter(request, leaving, pending.bytes);
  }

  #leave(leaving: Leaving): void {
    if ('kind' in leaving) this.#outgoing.gather(leaving);
    else this.#outgoing.send(leaving);
  }

  #dispatch(message: ToClient): void {
    switch (message.kind) {
      case 'message':
      case 'approved':
      case 'rejected':
      case 'ballot':
      case 'rider':
      case 'vote-not-expected':
      case 'announcement':
      case 'removed':
      case 'snapshot':
      case 'dissolved':
        this.#toHandle(message);
        return;
      case 'bundle':
        // As if they had come one by one.
        for (const each of messagesIn(message)) this.#toHandle(each);
        return;
      case 'ping':
        this.#onPing(message.n);
        return;
      case 'closing':
        this.#told = message;
        return;
      case 'joined':
        this.requests.take(message.request, 'joined')?.onAnswer(message);
        return;
      case 'subscribed':
        this.requests.take(message.request, 'subscribed')?.onAnswer(message);
        return;
      case 'nodes':
        this.requests.take(message.request, 'nodes')?.onAnswer(message);
        return;
      case 'groups':
        this.requests.take(message.request, 'groups')?.onAnswer(message);
        return;
      case 'done':
        this.requests.take(message.request, 'done')?.onAnswer(undefined);
        return;
      case 'drain':
        // Operators ask over connections of their own.
        return;
      case 'refused': {
        const pending = this.requests.takeAny(message.request);
        pending?.reject(refusalError(message, pending.asked));
        return;
      }
      default:
        assertNever(message);
    }
  }

  #toHandle(frame: HandleFrame): void {
    const open = this.#handles.get(frame.handle);
    // A handle that has ended here may still be sent something: it was on its way.
    if (open === undefined) {
      if ('request' in frame && frame.request !== undefined) this.#answerLate(frame.request);
      return;
    }
    const result = open.receive(frame);
    if (result !== undefined && 'request' in frame && frame.request !== undefined) {
      this.#settle(frame.request, result);
    }
    open.taken();
  }

  /** What was given up and is answered after all needs no place in the table any more. */
  #answerLate(request: number): void {
    if (this.requests.get(request)?.givenUp === true) this.requests.takeAny(request);
  }

  /** A proposal is answered by any result; a join by one that voted it down. */
  #settle(request: number, result: ProtocolResult<GroupTypes>): void {
    const joining = result.outcome === 'rejected' ? this.requests.get(request) : undefined;
    if (joining?.expects !== 'joined') {
      this.requests.take(request, 'result')?.onAnswer(result);
      return;
    }
    this.requests.takeAny(request);
    joining.reject(rejected(result, joining.asked));
  }

  #withdraw(request: number): void {
    const pending = this.#ended ? undefined : this.requests.get(request);
    if (pending === undefined) return;
    if (pending.window?.isWaiting(request)) {
      this.requests.takeAny(request);
      const { signal, action } = pending.asked;
      pending.reject(aborted(signal, `${action} was aborted before it was proposed`));
      return;
    }
    this.#outgoing.send(this.#outgoing.encode({ kind: 'withdraw', target: request }));
  }

  async #close(): Promise<void> {
    const confirmed = new Promise<void>((resolve) => {
      // Started here, stopped by the answer or by the end of the link, whichever comes first.
      const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
      const callOff = this.#watch.ask(PATIENCE_MS, resolve);
      const stop = (): void => {
        clearTimeout(timer);
        callOff();
        resolve();
      };
      this.request({ kind: 'close' }, doneOrOver('close', stop));
    });
    await confirmed;
    this.#link.close();
    this.#end(undefined);
  }

  /** The daemon sent what no daemon sends: nothing that follows can be trusted. */
  #break(cause: Error): void {
    this.#link.abort();
    this.#onBroken?.(cause);
    const message = `the daemon sent a frame that makes no sense: ${cause.message}`;
    this.#end(new ConnectionLostError(message, { cause }));
  }

  /** Ends everything once: handles first, then promises, then `closed`. */
  #end(error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#outgoing.drop();
    this.#watch.stop();
    const lost = this.#told?.reason ?? 'connection-lost';
    const reason: RemovedReason = this.#closing === undefined ? lost : 'quit';
    const handles = [...this.#handles.values()];
    this.#handles.clear();
    for (const open of handles) open.lose(reason);
    const why = error === undefined ? 'the connection was closed' : 'the connection was lost';
    for (const pending of this.requests.takeAll()) {
      const message = `${pending.asked.action}: ${why}; ${UNKNOWN}`;
      pending.reject(new ConnectionLostError(message, { cause: error }));
    }
    this.#settleClosed(error);
  }
}

const UNKNOWN = 'whether it takes effect is unknown';

/** A request for an end: an answer, a refusal and the end of the connection all reach that end. */
export function doneOrOver(action: string, over: () => void): Pending<'done'> {
  return { expects: 'done', owner: 0, bytes: 0, asked: { action }, onAnswer: over, reject: over };
}
