import { RemovedError, UnknownGroupError } from '../api/errors.js';
import type { RemovedEvent, SubscriptionEvent } from '../api/events.js';
import type { GroupTypes } from '../api/group-types.js';
import type { HandleStatus, Subscription } from '../api/handles.js';
import type { RemovedReason } from '../api/protocol.js';
import { doneOrOver, type OpenHandle, type Session } from '../connection/session.js';
import type { GroupFormat } from '../values/define-group.js';
import type { ErrorSink } from '../values/error-sink.js';
import { ContradictingFrame, type FrameOf, type HandleFrame } from '../values/frames.js';
import { publicProtocol } from '../values/views.js';
import { EventHandle } from './event-handle.js';

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

const EVENT_TYPES: readonly SubscriptionEvent['type'][] = [
  'snapshot',
  'membership',
  'state',
  'removed',
  'dissolved',
];

/** An invisible observer (`client-api.md`). */
export class GroupSubscription
  extends EventHandle<SubscriptionEvent<GroupTypes>>
  implements Subscription<GroupTypes>, OpenHandle
{
  /** How it ended; undefined: the group was dissolved, or the program closed it. */
  readonly ending: Promise<RemovedReason | undefined>;
  readonly #parts: SubscriptionParts;
  #closing: Promise<void> | undefined;
  #ended = false;
  #settleEnding: (reason: RemovedReason | undefined) => void = () => {};

  constructor(parts: SubscriptionParts) {
    const { group, format, errors, membership, state } = parts;
    const interest = { attributes: false, membership, state, messages: false };
    const tellLag = parts.session.lagTeller(parts.handle);
    const { tracing } = parts.session;
    super({ group, format, errors, interest, tellLag, tracing }, EVENT_TYPES);
    this.#parts = parts;
    this.ending = new Promise((resolve) => {
      this.#settleEnding = resolve;
    });
    const { snapshot } = parts.subscribed;
    if (snapshot !== null) this.model.snapshot(snapshot);
  }

  status(): HandleStatus {
    const { position, fan } = this.model;
    return { joined: !this.#ended, position, lag: fan.lag, pending: 0 };
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
        this.model.snapshot(frame.snapshot);
        return;
      case 'approved':
        this.model.approved(frame);
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

  taken(): void {
    this.lookAgain();
    if (!this.model.isLagging || this.#ended) return;
    this.#closing ??= this.#unsubscribe();
    this.#endWith({
      type: 'removed',
      group: this.group,
      position: this.model.position,
      reason: 'overloaded',
      detail: 'events were not consumed',
    });
  }

  lose(reason: RemovedReason): void {
    const { position } = this.model;
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
      this.model.dissolved(position);
    } else {
      this.#end(() => this.model.dissolved(position), undefined);
    }
  }

  #endWith(event: RemovedEvent): void {
    this.#end(() => this.model.tell(event), event.reason);
  }

  /** `reason`: undefined when there is no group any more. */
  #end(tell: () => void, reason: RemovedReason | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#parts.session.closeHandle(this.#parts.handle);
    tell();
    this.model.fan.finish();
    this.#settleEnding(reason);
    const { group } = this;
    this.endWaits(() => {
      if (reason === undefined) {
        return new UnknownGroupError(`when: nobody provides ${group} any more`, { group });
      }
      return new RemovedError(`when: the subscription of ${group} has ended (${reason})`, {
        reason,
      });
    });
  }

  /** Ends here at once; the promise waits for the daemon. */
  #close(): Promise<void> {
    this.#ended = true;
    this.#parts.session.closeHandle(this.#parts.handle);
    this.model.fan.stop();
    this.#settleEnding(undefined);
    const message = `when: the subscription of ${this.group} was closed`;
    this.endWaits(() => new RemovedError(message, { reason: 'goodbye' }));
    return this.#unsubscribe();
  }

  #unsubscribe(): Promise<void> {
    const { session, handle } = this.#parts;
    return new Promise((resolve) => {
      session.request({ kind: 'unsubscribe', handle }, doneOrOver('close', resolve));
    });
  }
}
