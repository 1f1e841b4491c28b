import type { AnyEvent, SubscriptionEvent } from '../api/events.js';
import type { GroupTypes } from '../api/group-types.js';
import type { Subscription } from '../api/handles.js';
import type { GroupView, RemovedReason } from '../api/protocol.js';
import { doneOrOver, type OpenHandle, type Session } from '../connection/session.js';
import type { GroupFormat } from '../values/define-group.js';
import type { ErrorSink } from '../values/error-sink.js';
import { ContradictingFrame, type FrameOf, type HandleFrame } from '../values/frames.js';
import { publicProtocol } from '../values/views.js';
import { HandleModel } from './handle-model.js';

/** What a subscription is made of. */
export interface SubscriptionParts {
  readonly session: Session;
  readonly handle: number;
  readonly group: string;
  readonly format: GroupFormat;
  readonly errors: ErrorSink;
  readonly membership: boolean;
  readonly state: boolean;
  readonly persistent: boolean;
  readonly subscribed: FrameOf<'subscribed'>;
}

/** An invisible observer (`client-api.md`). */
export class GroupSubscription implements Subscription<GroupTypes>, OpenHandle {
  readonly group: string;
  readonly #parts: SubscriptionParts;
  readonly #model: HandleModel;
  #closing: Promise<void> | undefined;
  #ended = false;

  constructor(parts: SubscriptionParts) {
    const { group, format, errors, membership, state } = parts;
    this.#parts = parts;
    this.group = group;
    const interest = { attributes: false, membership, state, messages: false };
    const tellLag = parts.session.lagTeller(parts.handle);
    this.#model = new HandleModel({ group, format, errors, interest, tellLag });
    const { snapshot } = parts.subscribed;
    if (snapshot !== null) this.#model.snapshot(snapshot);
  }

  get view(): GroupView {
    return this.#model.view;
  }

  get stateValue(): unknown {
    return this.#model.stateValue;
  }

  on<T extends SubscriptionEvent['type']>(
    type: T,
    handler: (event: Extract<SubscriptionEvent<GroupTypes>, { readonly type: T }>) => void,
  ): () => void {
    // The fan calls a handler with events of its own type only.
    return this.#model.fan.on(type, handler as (event: AnyEvent) => void);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<SubscriptionEvent<GroupTypes>> {
    // No frame for a subscription makes one of the events that only providers get.
    return this.#model.fan.iterate() as AsyncIterableIterator<SubscriptionEvent<GroupTypes>>;
  }

  close(): Promise<void> {
    this.#closing ??= this.#ended ? Promise.resolve() : this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  receive(frame: HandleFrame): undefined {
    switch (frame.kind) {
      case 'snapshot':
        this.#model.snapshot(frame.snapshot);
        return;
      case 'approved':
        this.#model.approved(frame);
        return;
      case 'removed':
        this.#receiveRemoved(frame);
        return;
      case 'dissolved':
        this.#receiveDissolved(frame.position);
        return;
      default:
        throw new ContradictingFrame(`a ${frame.kind} frame for a subscription of ${this.group}`);
    }
  }

  settleLag(): void {
    if (!this.#model.isLagging || this.#ended) return;
    this.#closing ??= this.#unsubscribe();
    this.#endWith({
      type: 'removed',
      group: this.group,
      position: this.#model.position,
      reason: 'overloaded',
      detail: 'events were not consumed',
    });
  }

  lose(reason: RemovedReason): void {
    const { position } = this.#model;
    this.#endWith({ type: 'removed', group: this.group, position, reason });
  }

  #receiveRemoved(frame: FrameOf<'removed'>): void {
    const { reason, detail, position, protocol } = frame;
    this.#endWith({
      type: 'removed',
      group: this.group,
      position,
      ...(protocol === undefined ? {} : { protocol: publicProtocol(protocol) }),
      reason,
      ...(detail === undefined ? {} : { detail }),
    });
  }

  /** The last event, unless the subscription waits for another life of its group. */
  #receiveDissolved(position: number): void {
    if (this.#parts.persistent) {
      this.#model.dissolved(position);
    } else {
      this.#end(() => this.#model.dissolved(position));
    }
  }

  #endWith(event: AnyEvent): void {
    this.#end(() => this.#model.tell(event));
  }

  #end(tell: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#parts.session.closeHandle(this.#parts.handle);
    tell();
    this.#model.fan.finish();
  }

  /** Ends here at once; the promise waits for the daemon. */
  #close(): Promise<void> {
    this.#ended = true;
    this.#parts.session.closeHandle(this.#parts.handle);
    this.#model.fan.stop();
    return this.#unsubscribe();
  }

  #unsubscribe(): Promise<void> {
    const { session, handle } = this.#parts;
    return new Promise((resolve) => {
      session.request({ kind: 'unsubscribe', handle }, doneOrOver('close', resolve));
    });
  }
}
