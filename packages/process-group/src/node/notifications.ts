import { invariant } from '@group-services/core';
import {
  type AnnounceBody,
  type BundleBody,
  type Change,
  type ClientProtocolInfo,
  type ListedDeparture,
  type ListedProvider,
  type MessageBody,
  OPERATOR_NO,
  type ResultBody,
  type ToClient,
  type ViewChange,
  type WireCause,
} from '@group-services/wire';
import { fenceOf, labelsOf } from '../replica/group-state.js';
import { departuresOf, isForced, type Running, type ShownRider } from '../replica/running.js';
import type { Shared } from '../shared.js';
import type { LocalMembers, LocalProvider } from './local-members.js';
import { clientDeparture, proposalFields } from './proposal-fields.js';
import type { Subscriptions } from './subscriptions.js';

/**
 * Who hears what of a protocol (`external-layer.md` §3.14, M31): every local provider, with
 * everything of one protocol in one frame and the message riders ahead of it; subscribers only what was
 * approved, of the kinds they asked for.
 */
export class Notifications {
  readonly #shared: Shared;
  readonly #members: LocalMembers;
  readonly #subscriptions: Subscriptions;

  constructor(shared: Shared, members: LocalMembers, subscriptions: Subscriptions) {
    this.#shared = shared;
    this.#members = members;
    this.#subscriptions = subscriptions;
  }

  /** A one-phase provider message: to the providers alone, subscribers see none (M25). */
  message(body: MessageBody, position: number, own: Own | undefined): void {
    const { payload, proposer: from } = body;
    for (const member of this.#members.all) {
      const request = own?.member === member ? own.request : 0;
      const { handle } = member;
      this.#shared.outbox.toClient(member.owner.client, {
        kind: 'message',
        handle,
        position,
        from,
        request,
        payload,
      });
    }
  }

  /** Several at once: one frame for each provider, all with the same memory. */
  bundle(body: BundleBody, position: number, own: Own | undefined): void {
    const { content, proposer: from, count } = body;
    for (const member of this.#members.all) {
      const request = own?.member === member ? own.request : 0;
      const { handle } = member;
      this.#shared.outbox.toClient(member.owner.client, {
        kind: 'bundle',
        handle,
        position,
        from,
        request,
        count,
        content,
      });
    }
  }

  /** To everybody who was in before: the removed first, then who stays. */
  approved(outcome: Outcome, removed: readonly LocalProvider[]): void {
    const { position, protocol, phases, causes, trace } = outcome;
    for (const member of removed) this.#removed(member, outcome);
    const parts = this.#partsOf(outcome);
    const told = {
      position,
      protocol,
      phases,
      ...(causes.length > 0 ? { causes: [...causes] } : {}),
      ...(trace === undefined ? {} : { trace }),
    };
    for (const member of this.#members.all) {
      const { handle, owner } = member;
      const request = outcome.answered.get(member);
      this.#riders({ client: owner.client, handle }, outcome);
      const frame = { kind: 'approved', handle, ...told, request, ...parts } as const;
      this.#shared.outbox.toClient(owner.client, frame);
    }
    for (const [{ handle, owner }, request] of operatorsOf(outcome)) {
      this.#riders({ client: owner.client, handle }, outcome);
      this.#shared.outbox.toClient(owner.client, { kind: 'approved', handle, ...told, request });
    }
    // Without providers the life is over, and that is all that subscribers are told.
    if (this.#shared.isProvided) this.#subscribers(outcome, parts);
  }

  /**
   * To providers only: subscribers learn of failed providers that are removed all the same, and of
   * nothing else.
   */
  rejected(outcome: Outcome, rejection: Rejection, removed: readonly LocalProvider[]): void {
    for (const member of removed) this.#removed(member, outcome);
    const parts = this.#partsOf(outcome);
    const { membership } = parts;
    for (const member of this.#members.all) {
      const { handle, owner } = member;
      const request = outcome.answered.get(member);
      const listener = { client: owner.client, handle, request, membership };
      this.#refusedFrame(listener, outcome, rejection);
    }
    for (const [{ handle, owner }, request] of operatorsOf(outcome)) {
      this.#refusedFrame({ client: owner.client, handle, request }, outcome, rejection);
    }
    if (this.#shared.isProvided) this.#subscribers(outcome, parts);
  }

  /** The answer to a join that was voted down. */
  votedDown(
    join: Listener & { readonly request: number },
    outcome: Outcome,
    rejection: Rejection,
  ): void {
    // No snapshot tells a joiner of the state value, and without a vote no ballot did. It has no list
    // that could change.
    this.#refusedFrame({ ...join, stateValue: outcome.before }, outcome, rejection);
  }

  #refusedFrame(
    listener: Listener & {
      readonly request: number | undefined;
      readonly stateValue?: Uint8Array | null;
      readonly membership?: ViewChange | undefined;
    },
    outcome: Outcome,
    { running, result }: Rejection,
  ): void {
    const { client, handle, request, stateValue, membership } = listener;
    const { position, protocol, phases, causes, trace } = outcome;
    const { change } = running.start;
    const stays = departuresOf(change).filter((departure) => !isForced(departure));
    const proposedState = result.stateValue ?? running.proposedState;
    const frame: Rejected = {
      kind: 'rejected',
      handle,
      position,
      protocol,
      phases,
      causes: [...causes],
      request,
      ...proposalFields({ ...running, proposedState }, change),
      leaving: stays.map(clientDeparture),
      membership,
      ...(stateValue === undefined ? {} : { stateValue }),
      ...(trace === undefined ? {} : { trace }),
    };
    this.#riders({ client, handle }, outcome);
    this.#shared.outbox.toClient(client, frame);
  }

  #riders(
    { client, handle }: Listener,
    { protocol, riders }: Pick<Outcome, 'protocol' | 'riders'>,
  ): void {
    for (const { from, payload } of riders) {
      const frame = { kind: 'rider', handle, protocol: protocol.id, from, payload } as const;
      this.#shared.outbox.toClient(client, frame);
    }
  }

  /** The last thing it hears: nothing else of the protocol that removed it, unless it proposed it. */
  #removed(member: LocalProvider, outcome: Outcome): void {
    const { position, protocol, phases, causes, stateValue } = outcome;
    const departure = departuresOf(outcome.change).find(({ no }) => no === member.no);
    if (departure === undefined) return;
    const { reason, detail } = departure;
    const { handle, owner } = member;
    const request = outcome.answered.get(member);
    const isVoted = request !== undefined && phases > 0;
    const result = { phases, causes: [...causes], stateValue: stateValue ?? undefined };
    if (request !== undefined) this.#riders({ client: owner.client, handle }, outcome);
    this.#shared.outbox.toClient(owner.client, {
      kind: 'removed',
      handle,
      position,
      protocol,
      reason,
      detail,
      request,
      ...(isVoted ? result : {}),
    });
  }

  #subscribers({ position, protocol, phases }: Outcome, parts: Parts): void {
    if (parts.membership === undefined && parts.state === undefined) return;
    for (const { client, handle, ...wants } of this.#subscriptions.live) {
      const membership = wants.membership ? parts.membership : undefined;
      const state = wants.state ? parts.state : undefined;
      if (membership === undefined && state === undefined) continue;
      const told = { position, protocol, phases, membership, state };
      this.#shared.outbox.toClient(client, { kind: 'approved', handle, ...told });
    }
  }

  /** The answer to a join, which stands for the new provider's snapshot; riders follow. */
  joined(member: LocalProvider, request: number, outcome: Outcome): void {
    const { protocol, position, phases, riders, stateValue, before } = outcome;
    const { state, outbox } = this.#shared;
    if (state === undefined) return;
    const { handle, id: provider, owner } = member;
    const { client } = owner;
    const snapshot = this.#shared.snapshot({ membership: true, state: true }, protocol);
    outbox.toClient(client, {
      kind: 'joined',
      request,
      handle,
      provider,
      attributes: state.attributes,
      snapshot: phases > 0 ? { ...snapshot, stateValue: before } : snapshot,
    });
    if (riders.length === 0 && stateValue === null) return;
    this.#riders({ client, handle }, outcome);
    const changed = stateValue === null ? {} : { state: { value: stateValue } };
    outbox.toClient(client, { kind: 'approved', handle, position, protocol, phases, ...changed });
  }

  /** To the providers; what is said about the process itself not to those that it names. */
  announcement({ code, providers }: AnnounceBody, position: number): void {
    for (const { handle, id, owner } of this.#members.all) {
      if (code !== 'time-limit' && providers.includes(id)) continue;
      const frame = { kind: 'announcement', handle, position, code, providers } as const;
      this.#shared.outbox.toClient(owner.client, frame);
    }
  }

  #partsOf({ change, stateValue }: Outcome): Parts {
    const state =
      stateValue === null || !this.#shared.isProvided ? {} : { state: { value: stateValue } };
    switch (change.kind) {
      case 'join':
        return { ...state, membership: this.#viewChange(change.joiners, []) };
      case 'remove':
        return { ...state, membership: this.#viewChange([], change.departures) };
      case 'state':
        return { state: { value: change.value } };
      case 'attributes': {
        const { attributes, changed } = change;
        return { ...state, attributes: { attributes, changed } };
      }
      case 'message':
        return { ...state, message: change.payload };
      case 'none':
        return state;
    }
  }

  /** Handles have the list as it was before. */
  #viewChange(joined: readonly ListedProvider[], left: readonly ListedDeparture[]): ViewChange {
    const { membership } = this.#shared;
    invariant(membership !== undefined, 'protocols are delivered to members only');
    const { state } = membership.replica;
    return {
      version: state.viewVersion,
      fence: fenceOf(state, membership.generation),
      joined: joined.map(({ id }) => id),
      numbers: joined.map(({ no }) => no),
      labels: labelsOf(joined),
      left: left.map(clientDeparture),
    };
  }
}

type Approved = Extract<ToClient, { readonly kind: 'approved' }>;
type Rejected = Extract<ToClient, { readonly kind: 'rejected' }>;

/** What ends with this protocol, as far as local providers proposed it: their request numbers. */
export type Answered = ReadonlyMap<LocalProvider, number>;

/** A protocol that has ended; the group's state already has what it changed. */
export interface Outcome {
  readonly protocol: ClientProtocolInfo;
  /** Of the RESULT, or of the START of a one-phase protocol. */
  readonly position: number;
  /** Voting phases; 0: one-phase. */
  readonly phases: number;
  readonly causes: readonly WireCause[];
  /** Message riders of the last phase. */
  readonly riders: readonly ShownRider[];
  /** What took effect. */
  readonly change: Change;
  /** The new state value that riders, or a voted state change, brought. */
  readonly stateValue: Uint8Array | null;
  readonly answered: Answered;
  /** Of which trace it is part, if somebody traces. */
  readonly trace: string | undefined;
  /** The state value before; a new provider's snapshot holds it. */
  readonly before: Uint8Array | null;
}

/** Why and how a protocol did not take effect. */
interface Rejection {
  readonly running: Running;
  readonly result: ResultBody;
}

/** Somebody of this node who hears of the group. */
interface Listener {
  readonly client: number;
  readonly handle: number;
}

/** What operators hear is the answer alone: they are in no list. */
function operatorsOf({ answered }: Outcome): readonly (readonly [LocalProvider, number])[] {
  return [...answered].filter(([{ no }]) => no === OPERATOR_NO);
}

/** A local proposal that ends. */
export interface Own {
  readonly member: LocalProvider;
  readonly request: number;
}

type Parts = Pick<Approved, 'attributes' | 'membership' | 'state' | 'message'>;
