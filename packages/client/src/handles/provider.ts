import type { Proposed } from '@group-services/wire';
import type { GroupAttributes } from '../api/attributes.js';
import { RemovedError, UnknownProviderError } from '../api/errors.js';
import type { ProviderEvent } from '../api/events.js';
import type { GroupTypes } from '../api/group-types.js';
import type { HandleStatus, Provider } from '../api/handles.js';
import type {
  ChangeStateOptions,
  ProposalOptions,
  ReasonedOptions,
  SendOptions,
} from '../api/options.js';
import type { RemovedReason } from '../api/protocol.js';
import {
  type ArgumentLimits,
  checkReason,
  checkSignal,
  checkSize,
  checkTargets,
  invalid,
  isProviderId,
  optionalMilliseconds,
  optionsOf,
} from '../arguments/arguments.js';
import { attributesOf, phasesOf, publicAttributes } from '../arguments/attribute-arguments.js';
import {
  CHANGE_STATE_OPTIONS,
  PROPOSAL_OPTIONS,
  REASONED_OPTIONS,
  SEND_OPTIONS,
} from '../arguments/option-names.js';
import type { Asked } from '../connection/refusal-error.js';
import { doneOrOver, type OpenHandle, type Session } from '../connection/session.js';
import type { GroupFormat } from '../values/define-group.js';
import type { ErrorSink } from '../values/error-sink.js';
import { ContradictingFrame, type FrameOf, type HandleFrame } from '../values/frames.js';
import { messagesOf, type RiderMemory } from '../values/riders.js';
import { publicCauses, publicProtocol } from '../values/views.js';
import { EventHandle } from './event-handle.js';
import { type AnyResult, attempt, Proposer, type ResultDetail, resultOf } from './proposals.js';
import type { Voter } from './voter.js';

/** What a provider is made of. */
export interface ProviderParts {
  readonly session: Session;
  readonly handle: number;
  readonly group: string;
  readonly format: GroupFormat;
  readonly limits: ArgumentLimits;
  readonly errors: ErrorSink;
  /** Both were there before: a joiner may be asked for its vote. */
  readonly voter: Voter;
  readonly riders: RiderMemory;
  readonly joined: FrameOf<'joined'>;
  /** Called once when the membership has ended. */
  readonly onEnded: () => void;
}

/** Removals after which nobody tells what became of the proposals that were pending. */
const UNTOLD: ReadonlySet<RemovedReason> = new Set([
  'node-failure',
  'group-lost',
  'overloaded',
  'connection-lost',
  'daemon-stopped',
]);

const EVENT_TYPES: readonly ProviderEvent['type'][] = [
  'snapshot',
  'attributes',
  'membership',
  'state',
  'message',
  'barrier',
  'rejected',
  'announcement',
  'removed',
];

/** A full member of a group (`client-api.md`). */
export class GroupProvider
  extends EventHandle<ProviderEvent<GroupTypes>>
  implements Provider<GroupTypes>, OpenHandle
{
  readonly id: string;
  /** Settled when the membership has ended. */
  readonly removal: Promise<RemovedReason>;
  readonly #parts: ProviderParts;
  readonly #proposer: Proposer;
  readonly #askedToSend: Asked;
  /** Set by the first goodbye. */
  #leaving: Promise<void> | undefined;
  /** Set once, by the last event. */
  #removed: RemovedReason | undefined;
  #settleRemoval: (reason: RemovedReason) => void = () => {};

  constructor(parts: ProviderParts) {
    const { joined, group, format, errors, riders } = parts;
    const interest = { attributes: true, membership: true, state: true, messages: true };
    const tellLag = parts.session.lagTeller(parts.handle);
    const { tracing } = parts.session;
    super({ group, format, errors, interest, riders, tellLag, tracing }, EVENT_TYPES);
    this.#parts = parts;
    this.id = joined.provider;
    this.removal = new Promise((resolve) => {
      this.#settleRemoval = resolve;
    });
    this.model.attributes = publicAttributes(joined.attributes);
    this.model.snapshot(joined.snapshot);
    this.#proposer = new Proposer(parts.session, parts.handle);
    this.#askedToSend = this.#asked('send', {});
  }

  get attributes(): GroupAttributes {
    return this.model.attributes ?? publicAttributes(this.#parts.joined.attributes);
  }

  get isOldest(): boolean {
    return this.#removed === undefined && this.view.providers[0] === this.id;
  }

  status(): HandleStatus {
    const { position, fan } = this.model;
    const { pending } = this.#proposer;
    return { joined: this.#removed === undefined, position, lag: fan.lag, pending };
  }

  /** Resolves when every proposal has its result. */
  settled(): Promise<void> {
    return this.#proposer.settled();
  }

  changeState(value: unknown, options?: ChangeStateOptions<GroupTypes>): Promise<AnyResult> {
    return attempt(() => {
      const given = optionsOf(options, CHANGE_STATE_OPTIONS);
      this.#checkMember('changeState');
      const bytes = this.#parts.format.state.write(value);
      checkSize(bytes, 'stateValue', this.#parts.limits);
      const ifState = this.model.stateMemory.condition(given.ifState);
      const condition = ifState === undefined ? {} : { ifState };
      const proposed: Proposed = { kind: 'state', value: bytes, ...condition };
      return this.#propose('changeState', { proposed, bytes: bytes.length }, given);
    });
  }

  send(message: unknown, options?: SendOptions): Promise<AnyResult> {
    return attempt(() => {
      this.#checkMember('send');
      const payload = this.#parts.format.message.write(message);
      checkSize(payload, 'message', this.#parts.limits);
      if (options === undefined) {
        return this.#proposer.send({ payload, safe: false, asked: this.#askedToSend });
      }
      return this.#sendWith(payload, optionsOf(options, SEND_OPTIONS));
    });
  }

  barrier(options?: ProposalOptions): Promise<AnyResult> {
    return attempt(() => {
      const given = optionsOf(options, PROPOSAL_OPTIONS);
      this.#checkMember('barrier');
      const phases = phasesOf(given.phases, 'voting');
      if (phases === 1) throw invalid('phases', 'of a barrier cannot be 1: it meets by voting');
      const proposed: Proposed = { kind: 'barrier' };
      return this.#propose('barrier', { proposed, bytes: 0 }, { ...given, phases });
    });
  }

  changeAttributes(
    attributes: Partial<GroupAttributes>,
    options?: ProposalOptions,
  ): Promise<AnyResult> {
    return attempt(() => {
      const given = optionsOf(options, PROPOSAL_OPTIONS);
      this.#checkMember('changeAttributes');
      if (attributes === undefined) throw invalid('attributes', 'must be an object');
      const wanted = attributesOf(attributes, this.#parts.limits);
      const proposed: Proposed = { kind: 'attributes', attributes: wanted };
      return this.#propose('changeAttributes', { proposed, bytes: 0 }, given);
    });
  }

  expel(providerIds: readonly string[], options?: ReasonedOptions): Promise<AnyResult> {
    return attempt(() => {
      const given = optionsOf(options, REASONED_OPTIONS);
      this.#checkMember('expel');
      checkTargets(providerIds, this.id);
      const impossible = providerIds.filter((id) => !isProviderId(id));
      if (impossible.length > 0) throw unknownProviders(impossible);
      checkReason(given.reason, this.#parts.limits);
      const providers = [...providerIds];
      const proposed: Proposed = { kind: 'expel', providers, ...reasonField(given.reason) };
      return this.#propose('expel', { proposed, bytes: 0, providers }, given);
    });
  }

  leave(options?: ReasonedOptions): Promise<AnyResult> {
    return attempt(() => {
      const given = optionsOf(options, REASONED_OPTIONS);
      this.#checkMember('leave');
      checkReason(given.reason, this.#parts.limits);
      const proposed: Proposed = { kind: 'leave', ...reasonField(given.reason) };
      return this.#propose('leave', { proposed, bytes: 0 }, given);
    });
  }

  goodbye(): Promise<void> {
    this.#leaving ??= this.#removed === undefined ? this.#sayGoodbye('goodbye') : Promise.resolve();
    return this.#leaving;
  }

  receive(frame: HandleFrame): AnyResult | undefined {
    const { voter, riders } = this.#parts;
    switch (frame.kind) {
      case 'message':
        this.model.message(frame);
        if (frame.request === 0) return undefined;
        return this.#result('approved', { kind: 'message', position: frame.position });
      case 'approved': {
        voter.over();
        const messages = this.model.approved(frame);
        return this.#result('approved', { ...endOf(frame), messages });
      }
      case 'rejected': {
        voter.over();
        const messages = this.model.rejected(frame);
        return this.#result('rejected', { ...endOf(frame), messages });
      }
      case 'ballot': {
        const open = this.model.ballot(frame);
        if (this.#leaving === undefined) voter.ask(open);
        return undefined;
      }
      case 'rider':
        riders.add(frame);
        return undefined;
      case 'vote-not-expected':
        voter.notExpected(frame);
        return undefined;
      case 'announcement':
        this.model.announcement(frame);
        return undefined;
      case 'removed':
        return this.#receiveRemoved(frame);
      case 'snapshot':
      case 'dissolved':
        throw new ContradictingFrame(`a ${frame.kind} frame for provider ${this.id}`);
    }
  }

  taken(): void {
    this.lookAgain();
    if (!this.model.isLagging || this.#removed !== undefined) return;
    // Others are told that it failed as overloaded. Nobody waits for the confirmation.
    this.#leaving ??= this.#sayGoodbye('overloaded');
    this.#end({ reason: 'overloaded', detail: 'events were not consumed' });
  }

  lose(reason: RemovedReason): void {
    this.#end({ reason });
  }

  /** Gives the result of its own leave, if that is what removed it. */
  #receiveRemoved(frame: FrameOf<'removed'>): AnyResult {
    const { reason, detail, position } = frame;
    const protocol = frame.protocol === undefined ? undefined : publicProtocol(frame.protocol);
    const messages = messagesOf(this.#parts.riders.take(protocol?.id ?? ''));
    // The fields keep their values, but the result tells the state after the protocol.
    const stateValue =
      frame.stateValue === undefined ? undefined : this.model.readState(frame.stateValue);
    this.#end({ reason, detail, position, protocol });
    return this.#result('approved', {
      kind: protocol?.kind ?? 'leave',
      position,
      phases: frame.phases,
      causes: publicCauses(frame.causes),
      messages,
      ...(stateValue === undefined ? {} : { stateValue }),
    });
  }

  #end(end: {
    readonly reason: RemovedReason;
    readonly detail?: string | undefined;
    readonly position?: number | undefined;
    readonly protocol?: ReturnType<typeof publicProtocol> | undefined;
  }): void {
    if (this.#removed !== undefined) return;
    this.#removed = end.reason;
    const { session, handle, voter } = this.#parts;
    voter.over();
    session.closeHandle(handle);
    this.model.tell({
      type: 'removed',
      group: this.group,
      position: end.position ?? this.model.position,
      ...(end.protocol === undefined ? {} : { protocol: end.protocol }),
      reason: end.reason,
      ...(end.detail === undefined ? {} : { detail: end.detail }),
    });
    this.model.fan.finish();
    this.#settleRemoval(end.reason);
    this.#parts.onEnded();
    const isUntold = UNTOLD.has(end.reason);
    this.#proposer.end(isUntold ? `${this.id} was removed (${end.reason})` : undefined);
    this.endWaits(() => this.#removedError('when', end.reason));
  }

  /** Ends the membership here when the daemon has confirmed, or when the connection is gone. */
  #sayGoodbye(reason: 'goodbye' | 'overloaded'): Promise<void> {
    const { session, handle, voter } = this.#parts;
    // From now on the default vote is cast for it.
    voter.over();
    return new Promise((resolve) => {
      const over = (): void => {
        this.#end({ reason });
        resolve();
      };
      const overloaded = reason === 'overloaded' ? { overloaded: true } : {};
      session.request({ kind: 'goodbye', handle, ...overloaded }, doneOrOver('goodbye', over));
    });
  }

  #checkMember(action: string): void {
    const reason = this.#removed ?? (this.#leaving === undefined ? undefined : 'goodbye');
    if (reason !== undefined) throw this.#removedError(action, reason);
    this.#parts.session.checkOpen();
  }

  #removedError(action: string, reason: RemovedReason): RemovedError {
    const message = `${action}: ${this.id} is not in ${this.group} any more (${reason})`;
    return new RemovedError(message, { reason });
  }

  #propose(
    action: string,
    what: {
      readonly proposed: Proposed;
      readonly bytes: number;
      readonly providers?: readonly string[];
    },
    options: ProposalOptions,
  ): Promise<AnyResult> {
    const { proposed, bytes, providers } = what;
    const asked = this.#asked(action, { signal: options.signal, providers });
    return this.#proposer.propose({ proposed, bytes, asked }, options);
  }

  #sendWith(payload: Uint8Array, options: Partial<SendOptions>): Promise<AnyResult> {
    const { delivery, signal } = options;
    const phases = phasesOf(options.phases, 1);
    optionalMilliseconds('timeLimit', options.timeLimit);
    checkSignal(signal);
    if (delivery !== undefined && delivery !== 'safe' && delivery !== 'agreed') {
      throw invalid('delivery', 'must be "safe" or "agreed"');
    }
    const safe = delivery === 'safe';
    if (phases === 1) {
      const asked = signal === undefined ? this.#askedToSend : this.#asked('send', { signal });
      return this.#proposer.send({ payload, safe, asked });
    }
    const proposed: Proposed = { kind: 'voted-message', payload, safe };
    return this.#propose('send', { proposed, bytes: payload.length }, options);
  }

  #asked(
    action: string,
    more: {
      readonly signal?: AbortSignal | undefined;
      readonly providers?: readonly string[] | undefined;
    },
  ): Asked {
    return {
      action,
      group: this.group,
      ...more,
      readState: (bytes) => this.model.readState(bytes),
      removedReason: () => this.#removed ?? (this.#leaving === undefined ? undefined : 'goodbye'),
    };
  }

  #result(outcome: AnyResult['outcome'], detail: ResultDetail): AnyResult {
    return resultOf(outcome, { stateValue: this.model.stateValue, ...detail });
  }
}

function endOf(frame: FrameOf<'approved' | 'rejected'>): ResultDetail {
  const { position, phases, protocol } = frame;
  return { kind: protocol.kind, position, phases, causes: publicCauses(frame.causes) };
}

function reasonField(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}

function unknownProviders(providers: readonly string[]): UnknownProviderError {
  const message = `not provider ids, so not in the group: ${providers.join(', ')}`;
  return new UnknownProviderError(message, { providers });
}
