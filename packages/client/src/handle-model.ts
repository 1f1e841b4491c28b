import type { ClientProtocolInfo, ClientSnapshot } from '@group-services/wire';
import { isAttributeName, publicAttributes } from './attribute-arguments.js';
import type { GroupAttributes } from './attributes.js';
import type { GroupUse } from './define-group.js';
import type { ErrorSink } from './error-sink.js';
import { EventFan } from './event-fan.js';
import type { GroupEvent } from './events.js';
import { ContradictingFrame, type FrameOf } from './frames.js';
import type { GroupTypes } from './group-types.js';
import type { GroupView, ProtocolInfo } from './protocol.js';
import { StateMemory } from './state-memory.js';
import {
  emptyView,
  generationOf,
  publicDeparture,
  publicProtocol,
  publicView,
  viewBytes,
} from './views.js';

export type AnyEvent = GroupEvent<GroupTypes>;

/** Which parts of a result a handle is told. */
export interface Interest {
  readonly attributes: boolean;
  readonly membership: boolean;
  readonly state: boolean;
}

export interface HandleModelOptions {
  readonly group: string;
  readonly use: GroupUse;
  readonly errors: ErrorSink;
  readonly interest: Interest;
}

/** An event on its way, with the bytes it accounts for while it waits. */
interface Outgoing {
  readonly event: AnyEvent;
  readonly bytes: number;
}

/**
 * What one handle knows of its group, and the events it tells.
 *
 * For every protocol: first the fields, then the events to every iterator, then the `on` handlers.
 * Each method returns whether an iterator lags too far, which ends the handle.
 */
export class HandleModel {
  readonly group: string;
  readonly fan: EventFan<AnyEvent>;
  readonly stateMemory: StateMemory;
  readonly #use: GroupUse;
  readonly #errors: ErrorSink;
  readonly #interest: Interest;
  #view: GroupView;
  /** Provider ids by the numbers that message frames name senders by. */
  #senders: ReadonlyMap<number, string> = new Map();
  #generation = '';
  #stateValue: unknown;
  #stateBytes = 0;
  #position = 0;
  #attributes: GroupAttributes | undefined;

  constructor(options: HandleModelOptions) {
    this.group = options.group;
    this.#use = options.use;
    this.#errors = options.errors;
    this.#interest = options.interest;
    this.#view = emptyView(options.group);
    this.fan = new EventFan(options.errors);
    this.stateMemory = new StateMemory(options.use.state);
  }

  get view(): GroupView {
    return this.#view;
  }

  get stateValue(): unknown {
    return this.#stateValue;
  }

  /** The position of the last event. */
  get position(): number {
    return this.#position;
  }

  get attributes(): GroupAttributes | undefined {
    return this.#attributes;
  }

  set attributes(attributes: GroupAttributes) {
    this.#attributes = attributes;
  }

  /** The first event, and the first of every further life that a persistent subscription sees. */
  snapshot(snapshot: ClientSnapshot): boolean {
    this.#makeRoom(1, snapshot.stateValue?.length ?? 0);
    this.#setView(snapshot.view);
    this.#stateValue = undefined;
    this.#stateBytes = 0;
    if (snapshot.stateValue !== null) this.#takeState(snapshot.stateValue);
    this.#position = snapshot.position;
    const event = this.#snapshotEvent(snapshot.protocol);
    return this.#publish([{ event, bytes: viewBytes(this.#view) + this.#stateBytes }]);
  }

  approved(frame: FrameOf<'approved'>): boolean {
    this.#makeRoom(this.#eventsOf(frame), frame.state?.value.length ?? 0);
    this.#position = frame.position;
    const base = { group: this.group, position: frame.position };
    const protocol = publicProtocol(frame.protocol);
    // All fields first: an event's handler must not see an older value of another field.
    const attributes = this.#interest.attributes
      ? this.#takeAttributes(frame, protocol)
      : undefined;
    const membership = this.#interest.membership ? frame.membership : undefined;
    if (membership !== undefined) this.#setView(membership.view);
    const previous = this.#stateValue;
    const value = this.#interest.state ? frame.state?.value : undefined;
    const hasState = value !== undefined && this.#takeState(value);

    const events: Outgoing[] = attributes === undefined ? [] : [attributes];
    if (membership !== undefined) {
      const event: AnyEvent = {
        type: 'membership',
        ...base,
        protocol,
        view: this.#view,
        joined: [...membership.joined],
        left: membership.left.map(publicDeparture),
      };
      events.push({ event, bytes: viewBytes(this.#view) });
    }
    if (hasState) {
      const stateValue = this.#stateValue;
      const event: AnyEvent = { type: 'state', ...base, protocol, stateValue, previous };
      events.push({ event, bytes: this.#stateBytes });
    }
    return this.#publish(events);
  }

  /** The hot path: one object for the event, one for its protocol. */
  message(frame: FrameOf<'message'>): boolean {
    const from = this.#senders.get(frame.from);
    if (from === undefined) {
      throw new ContradictingFrame(
        `a message of ${this.group} from unlisted provider ${frame.from}`,
      );
    }
    const { payload, position } = frame;
    this.#makeRoom(1, payload.length);
    this.#position = position;
    const read = this.#use.message.read(payload);
    if (!read.ok) {
      this.#errors.report(read.error);
      return false;
    }
    const event: AnyEvent = {
      type: 'message',
      group: this.group,
      position,
      protocol: { id: `${this.#generation}.${position}`, kind: 'message', proposer: from },
      from,
      message: read.value,
    };
    const overloaded = this.fan.queue(event, payload.length);
    this.fan.callHandlers(event);
    return overloaded;
  }

  /** One event that changes no field: `removed` or `dissolved`. */
  tell(event: AnyEvent): boolean {
    this.#makeRoom(1, 0);
    this.#position = event.position;
    return this.#publish([{ event, bytes: 0 }]);
  }

  /** The state value behind bytes that came with an error; undefined when it cannot be read. */
  readState(bytes: Uint8Array): unknown {
    const own = bytes.slice();
    const read = this.#use.state.read(own);
    if (!read.ok) return undefined;
    this.stateMemory.remember(read.value, own);
    return read.value;
  }

  #publish(events: readonly Outgoing[]): boolean {
    let overloaded = false;
    for (const { event, bytes } of events) overloaded = this.fan.queue(event, bytes) || overloaded;
    for (const { event } of events) this.fan.callHandlers(event);
    return overloaded;
  }

  #eventsOf(frame: FrameOf<'approved'>): number {
    const { attributes, membership, state } = this.#interest;
    return (
      Number(attributes && frame.attributes !== undefined) +
      Number(membership && frame.membership !== undefined) +
      Number(state && frame.state !== undefined)
    );
  }

  #makeRoom(events: number, bytes: number): void {
    this.fan.makeRoom(events, bytes, () => this.#snapshotEvent(undefined));
  }

  #snapshotEvent(protocol: ClientProtocolInfo | undefined): AnyEvent {
    return {
      type: 'snapshot',
      group: this.group,
      position: this.#position,
      ...(protocol === undefined ? {} : { protocol: publicProtocol(protocol) }),
      view: this.#view,
      stateValue: this.#stateValue,
    };
  }

  #setView(view: ClientSnapshot['view']): void {
    if (view.numbers.length !== view.providers.length) {
      throw new ContradictingFrame(`a view of ${this.group} whose lists differ in length`);
    }
    this.#view = publicView(this.group, view);
    this.#generation = generationOf(view);
    this.#senders = new Map(view.numbers.map((no, index) => [no, view.providers[index] ?? '']));
  }

  /** Whether the new value fits; otherwise the field keeps the last one that did. */
  #takeState(bytes: Uint8Array): boolean {
    // A copy: what arrived shares its memory with the frames around it, and a state value lives long.
    const own = bytes.slice();
    const read = this.#use.state.read(own);
    if (!read.ok) {
      this.#errors.report(read.error);
      return false;
    }
    this.#stateValue = read.value;
    this.#stateBytes = own.length;
    this.stateMemory.remember(read.value, own);
    return true;
  }

  #takeAttributes(frame: FrameOf<'approved'>, protocol: ProtocolInfo): Outgoing | undefined {
    if (frame.attributes === undefined) return undefined;
    const attributes = publicAttributes(frame.attributes.attributes);
    this.#attributes = attributes;
    const changed = frame.attributes.changed.filter(isAttributeName);
    const { group } = this;
    const { position } = frame;
    return {
      event: { type: 'attributes', group, position, protocol, attributes, changed },
      bytes: 0,
    };
  }
}
