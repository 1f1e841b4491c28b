import { invariant } from '@group-services/core';
import type {
  Change,
  ClientProtocolInfo,
  ClientView,
  ListedDeparture,
  MessageBody,
  StartBody,
  ToClient,
} from '@group-services/wire';
import type { Group } from './group.js';
import { viewOf } from './group-state.js';
import type { LocalMembers, LocalProvider } from './local-members.js';
import type { Subscriptions } from './subscriptions.js';

type Approved = Extract<ToClient, { readonly kind: 'approved' }>;

/** What ends with this protocol, as far as local providers proposed it: their request numbers. */
export type Answered = ReadonlyMap<LocalProvider, number>;

/** A delivered one-phase protocol; the group's state already has it. */
export interface DeliveredProtocol {
  readonly start: StartBody;
  readonly position: number;
  readonly answered: Answered;
  /** Providers of this node that the protocol removed. */
  readonly removed: readonly LocalProvider[];
}

/**
 * Who hears what of an approved protocol (`process-group-protocol.md` §3.14, M31): every local
 * provider, with everything of one protocol in one frame; subscribers only the kinds they asked for.
 */
export class Notifications {
  readonly #group: Group;
  readonly #members: LocalMembers;
  readonly #subscriptions: Subscriptions;

  constructor(group: Group, members: LocalMembers, subscriptions: Subscriptions) {
    this.#group = group;
    this.#members = members;
    this.#subscriptions = subscriptions;
  }

  /** A one-phase provider message: to the providers alone, subscribers see none (M25). */
  message(body: MessageBody, position: number, own: Own | undefined): void {
    const { payload, proposer: from } = body;
    for (const member of this.#members.all) {
      const request = own?.member === member ? own.request : 0;
      const { handle } = member;
      this.#group.outbox.toClient(member.owner.client, {
        kind: 'message',
        handle,
        position,
        from,
        request,
        payload,
      });
    }
  }

  /** To everybody who was in before: the removed first, then who stays. */
  protocol(delivered: DeliveredProtocol): void {
    const { start, position, answered, removed } = delivered;
    const protocol = this.#group.protocolInfo(start, position);
    for (const member of removed) this.#removed(member, delivered, protocol);
    const parts = this.#partsOf(start.change);
    for (const member of this.#members.all) {
      const request = answered.get(member);
      const { handle, owner } = member;
      this.#group.outbox.toClient(owner.client, {
        kind: 'approved',
        handle,
        position,
        protocol,
        phases: 0,
        request,
        ...parts,
      });
    }
    // Without providers the life is over, and that is all that subscribers are told.
    if (this.#group.isProvided) this.#subscribers(position, protocol, parts);
  }

  /** The last thing it hears: nothing else of the protocol that removed it. */
  #removed(
    member: LocalProvider,
    { start, position, answered }: DeliveredProtocol,
    protocol: ClientProtocolInfo,
  ): void {
    const departure = departuresOf(start.change).find(({ no }) => no === member.no);
    if (departure === undefined) return;
    const { reason, detail } = departure;
    this.#group.outbox.toClient(member.owner.client, {
      kind: 'removed',
      handle: member.handle,
      position,
      protocol,
      reason,
      detail,
      request: answered.get(member),
    });
  }

  #subscribers(position: number, protocol: ClientProtocolInfo, parts: Parts): void {
    const { membership, state } = parts;
    if (membership === undefined && state === undefined) return;
    for (const { client, handle, ...wants } of this.#subscriptions.live) {
      const shown = membership === undefined ? wants.state : wants.membership;
      if (!shown) continue;
      this.#group.outbox.toClient(client, {
        kind: 'approved',
        handle,
        position,
        protocol,
        phases: 0,
        membership,
        state,
      });
    }
  }

  /** The answer to a join, which stands for the new provider's snapshot. */
  joined(member: LocalProvider, request: number, protocol: ClientProtocolInfo): void {
    const { state } = this.#group;
    if (state === undefined) return;
    this.#group.outbox.toClient(member.owner.client, {
      kind: 'joined',
      request,
      handle: member.handle,
      provider: member.id,
      attributes: state.attributes,
      snapshot: this.#group.snapshot({ membership: true, state: true }, protocol),
    });
  }

  #partsOf(change: Change): Parts {
    switch (change.kind) {
      case 'join':
        return {
          membership: this.#membership(
            change.joiners.map(({ id }) => id),
            [],
          ),
        };
      case 'remove':
        return { membership: this.#membership([], change.departures) };
      case 'state':
        return { state: { value: change.value } };
      case 'attributes':
        return { attributes: { attributes: change.attributes, changed: change.changed } };
      case 'message':
        return { message: change.payload };
      case 'none':
        return {};
    }
  }

  #membership(joined: string[], departures: readonly ListedDeparture[]): Parts['membership'] {
    const left = departures.map(({ provider, reason, detail }) => ({ provider, reason, detail }));
    return { view: this.#view(), joined, left };
  }

  #view(): ClientView {
    const { membership } = this.#group;
    invariant(membership !== undefined, 'protocols are delivered to members only');
    return viewOf(membership.replica.state, membership.generation);
  }
}

/** A local proposal that ends. */
export interface Own {
  readonly member: LocalProvider;
  readonly request: number;
}

type Parts = Pick<Approved, 'attributes' | 'membership' | 'state' | 'message'>;

export function departuresOf(change: Change): readonly ListedDeparture[] {
  return change.kind === 'remove' ? change.departures : [];
}
