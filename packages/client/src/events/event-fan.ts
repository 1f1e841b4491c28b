import { inContext } from '../values/context.js';
import type { ErrorSink } from '../values/error-sink.js';
import type { TellLag } from '../values/frames.js';
import { EventQueue } from './event-queue.js';
import { EventSequence, type SequenceOwner } from './event-sequence.js';
import { type Lag, LagWatch } from './lag-watch.js';

/** Events kept for the first consumer, and their bytes, before the buffer restarts. */
const EARLY_EVENTS_MAX = 1024;
/** Events by which an open iterator may lag. */
const LAG_EVENTS_MAX = 65_536;
const BYTES_MAX = 64 * 1024 * 1024;

/** What every event has. */
export interface TypedEvent {
  readonly type: string;
}

type Handler<E> = (event: E) => unknown;
/** Runs it in another context than the one in which it was given. */
type Around = (handler: () => unknown) => unknown;
type BoundHandler<E> = (event: E, around: Around | undefined) => unknown;

/**
 * Hands the events of one handle to everybody who wants them: independent iterators, `on` handlers,
 * and a buffer for the first iterator to come (`client-api.md`, Events).
 *
 * Nothing here grows without bound. The early buffer restarts with a fresh snapshot; a lagging
 * iterator is reported, and its handle then ends.
 */
export class EventFan<E extends TypedEvent> implements SequenceOwner<E> {
  readonly #errors: ErrorSink;
  readonly #lag: LagWatch;
  /** Only until the first consumer comes. */
  #early: EventQueue<E> | undefined = new EventQueue();
  /** Lists are replaced, never changed: one may be walked while a handler adds or removes. */
  #sequences: readonly EventSequence<E>[] = [];
  #handlers: ReadonlyMap<string, readonly BoundHandler<E>[]> = new Map();
  #ended = false;

  constructor(errors: ErrorSink, tellLag: TellLag) {
    this.#errors = errors;
    this.#lag = new LagWatch(tellLag);
  }

  /** Restarts the early buffer if that many more events do not fit into it. */
  makeRoom(events: number, bytes: number, freshSnapshot: () => E): void {
    const early = this.#early;
    if (early === undefined || early.length === 0) return;
    const fits = early.length + events <= EARLY_EVENTS_MAX && early.bytes + bytes <= BYTES_MAX;
    if (fits) return;
    early.clear();
    early.push(freshSnapshot(), 0);
  }

  /** Queues an event to every iterator; whether one of them now lags too far, or has for too long. */
  queue(event: E, bytes: number): boolean {
    this.#early?.push(event, bytes);
    if (this.#sequences.length === 0) return false;
    for (const sequence of this.#sequences) sequence.push(event, bytes);
    const lag = this.#largestLag();
    this.#lag.queued(lag);
    return this.#lag.isTooSlow || lag.events > LAG_EVENTS_MAX || lag.bytes > BYTES_MAX;
  }

  /** Events that wait for the slowest iterator. */
  get lag(): number {
    return this.#largestLag().events;
  }

  onTaken(): void {
    if (this.#lag.isOpen) this.#lag.taken(this.#largestLag());
  }

  #largestLag(): Lag {
    let events = 0;
    let bytes = 0;
    for (const { lag, lagBytes } of this.#sequences) {
      if (lag > events) events = lag;
      if (lagBytes > bytes) bytes = lagBytes;
    }
    return { events, bytes };
  }

  /** Calls the `on` handlers of an event; what they throw or reject goes to `onError`. */
  callHandlers(event: E, around?: Around): void {
    const handlers = this.#handlers.get(event.type);
    if (handlers === undefined) return;
    for (const handler of handlers) {
      try {
        const returned = handler(event, around);
        if (returned instanceof Promise) returned.catch((error) => this.#errors.report(error));
      } catch (error) {
        this.#errors.report(error);
      }
    }
  }

  on(type: string, handler: Handler<E>): () => void {
    // Wrapped, so that a handler given twice can be removed one by one.
    const entry = inContext((event: E, around: Around | undefined) =>
      around === undefined ? handler(event) : around(() => handler(event)),
    );
    this.#setHandlers(type, [...(this.#handlers.get(type) ?? []), entry]);
    return () => {
      const others = (this.#handlers.get(type) ?? []).filter((other) => other !== entry);
      this.#setHandlers(type, others);
    };
  }

  /** A new consumer: the first one gets everything since the handle began. */
  iterate(): EventSequence<E> {
    const sequence = new EventSequence<E>(this, this.#early ?? new EventQueue());
    this.#early = undefined;
    if (this.#ended) sequence.finish();
    else this.#sequences = [...this.#sequences, sequence];
    return sequence;
  }

  /** No event will follow: iterators end after what waits for them. */
  finish(): void {
    this.#ended = true;
    for (const sequence of this.#sequences) sequence.finish();
    this.#sequences = [];
    this.#lag.stop();
  }

  /** Ends at once: iterators drop what waits for them. */
  stop(): void {
    this.#ended = true;
    this.#early = undefined;
    for (const sequence of this.#sequences) sequence.stop();
    this.#sequences = [];
    this.#lag.stop();
  }

  onStopped(sequence: EventSequence<E>): void {
    this.#sequences = this.#sequences.filter((other) => other !== sequence);
    this.onTaken();
  }

  #setHandlers(type: string, handlers: readonly BoundHandler<E>[]): void {
    const all = new Map(this.#handlers);
    if (handlers.length === 0) all.delete(type);
    else all.set(type, handlers);
    this.#handlers = all;
  }
}
