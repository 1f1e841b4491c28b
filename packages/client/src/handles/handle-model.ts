import { type ClientProtocolInfo, type ClientSnapshot, FollowedView } from '@group-services/wire';
import type { GroupAttributes } from '../api/attributes.js';
import type { AnyEvent } from '../api/events.js';
import type { GroupTypes } from '../api/group-types.js';
import type { GroupView, MessageFrom } from '../api/protocol.js';
import { publicAttributes } from '../arguments/attribute-arguments.js';
import { EventFan } from '../events/event-fan.js';
import { type Changes, type Outgoing, protocolEvents } from '../events/protocol-events.js';
import { defaultVotesIn, type EventSpan, type Tracing } from '../tracing/tracing.js';
import type { GroupFormat } from '../values/define-group.js';
import type { ErrorSink } from '../values/error-sink.js';
import { ContradictingFrame, type FrameOf, type TellLag } from '../values/frames.js';
import { proposalContents } from '../values/proposal-contents.js';
import { messagesOf, type RiderMemory } from '../values/riders.js';
import { StateMemory } from '../values/state-memory.js';
import { emptyView, generationOf, publicProtocol, publicView, viewBytes } from '../values/views.js';
import { OpenBallot } from './open-ballot.js';

/**
 * What one handle knows of its group, and the events it tells.
 *
 * For every protocol: first the fields, then the events to every iterator, then the `on` handlers.
 * Where an iterator takes its events too slowly, the model lags from then on, and its handle ends.
 */
export class HandleModel {
  readonly group: string;
  readonly fan: EventFan<AnyEvent>;
  readonly stateMemory: StateMemory;
  readonly #format: GroupFormat;
  readonly #errors: ErrorSink;
  readonly #interest: Interest;
  readonly #riders: RiderMemory | undefined;
  readonly #tracing: Tracing | undefined;
  #view: GroupView;
  /** Undefined before the first snapshot. */
  #followed: FollowedView | undefined;
  #generation = '';
  #stateValue: unknown;
  #stateBytes = 0;
  #position = 0;
  #attributes: GroupAttributes | undefined;
  #isLagging = false;

  constructor(options: HandleModelOptions) {
    this.group = options.group;
    this.#format = options.format;
    this.#errors = options.errors;
    this.#interest = options.interest;
    this.#riders = options.riders;
    this.#tracing = options.tracing;
    this.#view = emptyView(options.group);
    this.fan = new EventFan(options.errors, options.tellLag);
    this.stateMemory = new StateMemory(options.format.state);
  }

  get view(): GroupView {
    return this.#view;
  }

  get stateValue(): unknown {
    return this.#stateValue;
  }

  /** Some iterator has left more events behind than may be kept for it. */
  get isLagging(): boolean {
    return this.#isLagging;
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
  snapshot(snapshot: ClientSnapshot): void {
    this.#makeRoom(1, snapshot.stateValue?.length ?? 0);
    this.#beginView(snapshot.view);
    this.#stateValue = undefined;
    this.#stateBytes = 0;
    if (snapshot.stateValue !== null) this.#takeState(snapshot.stateValue);
    this.#position = snapshot.position;
    const event = this.#snapshotEvent(snapshot.protocol);
    const listBytes = viewBytes(this.#view, this.#view.providers.length);
    this.#publish([{ event, bytes: listBytes + this.#stateBytes }]);
  }

  /** Gives the message riders of the last phase. */
  approved(frame: FrameOf<'approved'>): readonly MessageFrom<GroupTypes>[] {
    const { attributes, membership, state, message } = frame;
    const { interest, riders } = this.#ending(frame, [attributes, membership, state, message]);
    // All fields first: an event's handler must not see an older value of another field.
    if (interest.attributes && attributes !== undefined) {
      this.#attributes = publicAttributes(attributes.attributes);
    }
    const changes: Changes = {
      attributes: interest.attributes && attributes !== undefined ? this.#attributes : undefined,
      view: this.#changedView(frame),
      state: interest.state && state !== undefined ? this.#changedState(state.value) : undefined,
      message: message === undefined ? undefined : this.#readMessage(message),
      riders,
      barrier: interest.messages && frame.protocol.kind === 'barrier',
    };
    this.#tellEnd(frame, changes);
    return messagesOf(riders);
  }

  /** Voted down; failed providers are removed all the same. Gives the same as {@link approved}. */
  rejected(frame: FrameOf<'rejected'>): readonly MessageFrom<GroupTypes>[] {
    const { riders } = this.#ending(frame, [frame.membership, frame]);
    const changes: Changes = {
      view: this.#changedView(frame),
      riders,
      barrier: false,
      rejected: this.#contents(frame),
    };
    this.#tellEnd(frame, changes);
    return messagesOf(riders);
  }

  announcement(frame: FrameOf<'announcement'>): void {
    const { code, position } = frame;
    const providers = Object.freeze([...frame.providers]);
    this.tell({ type: 'announcement', group: this.group, position, code, providers });
  }

  /** A voting phase, as the fields are now and with the riders of the phase before. */
  ballot(frame: FrameOf<'ballot'>): OpenBallot {
    if (frame.fence !== this.#view.fence) {
      throw new ContradictingFrame(`a ballot of ${this.group} about another list`);
    }
    return new OpenBallot(frame, {
      view: this.#view,
      stateValue: this.#stateValue,
      contents: this.#contents(frame),
      messages: messagesOf(this.#riders?.take(frame.protocol.id) ?? []),
    });
  }

  /** The hot path: one object for the event, one for its protocol. */
  message(frame: FrameOf<'message'>): void {
    const from = this.#followed?.idOf(frame.from);
    if (from === undefined) {
      throw new ContradictingFrame(
        `a message of ${this.group} from unlisted provider ${frame.from}`,
      );
    }
    const { payload, position } = frame;
    this.#makeRoom(1, payload.length);
    this.#position = position;
    const read = this.#format.message.read(payload);
    if (!read.ok) {
      this.#errors.report(read.error);
      return;
    }
    const event: AnyEvent = {
      type: 'message',
      group: this.group,
      position,
      protocol: { id: `${this.#generation}.${position}`, kind: 'message', proposer: from },
      from,
      message: read.value,
    };
    if (this.fan.queue(event, payload.length)) this.#isLagging = true;
    this.fan.callHandlers(event);
  }

  /** The life is over: nobody is listed and there is no value, as before the first snapshot. */
  dissolved(position: number): void {
    // Before the fields change: what makes room is a snapshot of how they were.
    this.#makeRoom(1, 0);
    this.#view = emptyView(this.group);
    this.#followed = undefined;
    this.#stateValue = undefined;
    this.#stateBytes = 0;
    this.tell({ type: 'dissolved', group: this.group, position });
  }

  /** One event that changes no field. */
  tell(event: AnyEvent): void {
    this.#makeRoom(1, 0);
    this.#position = event.position;
    this.#publish([{ event, bytes: 0 }]);
  }

  /** The state value behind bytes that came with an error; undefined when it cannot be read. */
  readState(bytes: Uint8Array): unknown {
    const own = bytes.slice();
    const read = this.#format.state.read(own);
    if (!read.ok) return undefined;
    this.stateMemory.remember(read.value, own);
    return read.value;
  }

  #publish(events: readonly Outgoing[], span?: EventSpan): void {
    for (const { event, bytes } of events) {
      if (this.fan.queue(event, bytes)) this.#isLagging = true;
    }
    for (const { event } of events) this.fan.callHandlers(event, span?.run);
  }

  /** The events of a protocol; as a part of its trace, if it has one. */
  #tellEnd(frame: FrameOf<'approved' | 'rejected'>, changes: Changes): void {
    const events = protocolEvents(this.group, frame, changes);
    const { trace, position, phases, causes = [] } = frame;
    if (trace === undefined || events.length === 0) {
      this.#publish(events);
      return;
    }
    const span = this.#tracing?.event(trace, {
      group: this.group,
      kind: frame.protocol.kind,
      position,
      phases,
      outcome: frame.kind,
      default_votes: defaultVotesIn(causes),
    });
    this.#publish(events, span);
    span?.end();
  }

  /** Room for what a protocol's end may tell, its position, and its riders. */
  #ending(frame: FrameOf<'approved' | 'rejected'>, parts: readonly unknown[]) {
    const { id, kind } = frame.protocol;
    const told = parts.filter((part) => part !== undefined).length;
    const events = told + Number(kind === 'barrier') + (this.#riders?.count(id) ?? 0);
    const bytes = frame.kind === 'approved' ? (frame.state?.value.length ?? 0) : 0;
    this.#makeRoom(events, bytes);
    this.#position = frame.position;
    return { interest: this.#interest, riders: this.#riders?.take(id) ?? [] };
  }

  #contents(frame: FrameOf<'ballot' | 'rejected'>) {
    const { stateMemory } = this;
    return proposalContents(frame, { format: this.#format, errors: this.#errors, stateMemory });
  }

  #changedView(frame: FrameOf<'approved' | 'rejected'>): GroupView | undefined {
    if (!this.#interest.membership || frame.membership === undefined) return undefined;
    const followed = this.#followed;
    if (followed === undefined || !followed.apply(frame.membership)) {
      throw new ContradictingFrame(`a change of ${this.group} that cannot follow its list`);
    }
    this.#view = publicView(this.group, followed.view);
    return this.#view;
  }

  #changedState(bytes: Uint8Array): Changes['state'] {
    const previous = this.#stateValue;
    if (!this.#takeState(bytes)) return undefined;
    return { value: this.#stateValue, previous, bytes: this.#stateBytes };
  }

  #readMessage(payload: Uint8Array): Changes['message'] {
    const read = this.#format.message.read(payload.slice());
    if (read.ok) return { value: read.value, bytes: payload.length };
    this.#errors.report(read.error);
    return undefined;
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

  #beginView(view: ClientSnapshot['view']): void {
    if (view.numbers.length !== view.providers.length) {
      throw new ContradictingFrame(`a view of ${this.group} whose lists differ in length`);
    }
    this.#followed = new FollowedView(view);
    this.#view = publicView(this.group, view);
    this.#generation = generationOf(view);
  }

  /** Whether the new value fits; otherwise the field keeps the last one that did. */
  #takeState(bytes: Uint8Array): boolean {
    // A copy: what arrived shares its memory with the frames around it, and a state value lives long.
    const own = bytes.slice();
    const read = this.#format.state.read(own);
    if (!read.ok) {
      this.#errors.report(read.error);
      return false;
    }
    this.#stateValue = read.value;
    this.#stateBytes = own.length;
    this.stateMemory.remember(read.value, own);
    return true;
  }
}

/** Which parts of a result a handle is told. */
export interface Interest {
  readonly attributes: boolean;
  readonly membership: boolean;
  readonly state: boolean;
  /** Messages and barriers. */
  readonly messages: boolean;
}

export interface HandleModelOptions {
  readonly group: string;
  readonly format: GroupFormat;
  readonly errors: ErrorSink;
  readonly interest: Interest;
  /** Begun while the join was voted on; only providers have riders. */
  readonly riders?: RiderMemory | undefined;
  /** To the daemon: the program does not keep up with this handle's events, or does again. */
  readonly tellLag: TellLag;
  readonly tracing: Tracing | undefined;
}
