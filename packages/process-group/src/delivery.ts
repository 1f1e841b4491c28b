import type { MembershipId } from '@group-services/core';
import {
  decodeOrdered,
  decodeReply,
  type ListedProvider,
  type MessageBody,
  type RequestRef,
  type StartBody,
} from '@group-services/wire';
import type { Group, Membership } from './group.js';
import type { Joining, WaitingJoin } from './joining.js';
import type { LocalMembers, LocalProposal, LocalProvider } from './local-members.js';
import { departuresOf, type Notifications } from './notifications.js';
import type { Proposals } from './proposals.js';
import type { OwnRequests } from './requests.js';
import type { Subscriptions } from './subscriptions.js';

interface Parts {
  readonly members: LocalMembers;
  readonly requests: OwnRequests;
  readonly proposals: Proposals;
  readonly joining: Joining;
  readonly subscriptions: Subscriptions;
  readonly notifications: Notifications;
}

/**
 * What the ordered stream brings to this daemon (`process-group-protocol.md` §3.4): each START is
 * applied to our copy, then told to local clients, and the requests it names have their answer.
 */
export class Delivery {
  readonly #group: Group;
  readonly #parts: Parts;

  constructor(group: Group, parts: Parts) {
    this.#group = group;
    this.#parts = parts;
  }

  ordered(membership: Membership, position: number, bytes: Uint8Array): void {
    this.#group.position = position;
    const decoded = decodeOrdered(bytes);
    if (!decoded.ok) {
      this.#group.outbox.log('error', 'ordered-undecodable', { position, error: decoded.error });
    } else if (decoded.value.kind === 'message') {
      this.#message(membership, position, decoded.value);
    } else if (decoded.value.kind === 'start') {
      this.#start(membership, position, decoded.value);
    } else {
      membership.replica.apply(decoded.value, position);
    }
  }

  #message(membership: Membership, position: number, body: MessageBody): void {
    const sender = membership.replica.applyMessage(body);
    if (sender === undefined) return;
    let own: LocalProposal | undefined;
    if (sender.daemon === membership.self) {
      const request = this.#parts.requests.finish(body.n);
      if (request?.kind === 'proposal' && this.#parts.proposals.started(request.proposal)) {
        own = request.proposal;
      }
    }
    this.#parts.notifications.message(body, position, own);
  }

  #start(membership: Membership, position: number, start: StartBody): void {
    const { members, proposals, subscriptions, notifications } = this.#parts;
    membership.replica.applyStart(start, position);
    const { answered, joins } = this.#answers(membership.self, start.requests);
    const removed = this.#takeOut(start);
    const protocol = this.#group.protocolInfo(start, position);
    notifications.protocol({ start, position, answered, removed });
    for (const member of removed) proposals.memberRemoved(member);
    if (start.change.kind === 'join') {
      for (const { join, listed } of this.#matched(joins, start.change.joiners)) {
        if (!this.#parts.joining.started(join, listed)) continue;
        const member = members.add(join.client, join.handle, listed);
        notifications.joined(member, join.request, protocol);
      }
    }
    if (this.#group.isProvided) subscriptions.provided(protocol);
    else subscriptions.dissolved();
  }

  /** The requests of this daemon that the protocol answers. */
  #answers(
    self: MembershipId,
    refs: readonly RequestRef[],
  ): { readonly answered: Map<LocalProvider, number>; readonly joins: readonly WaitingJoin[] } {
    const answered = new Map<LocalProvider, number>();
    const joins: WaitingJoin[] = [];
    for (const { origin, n } of refs) {
      if (origin !== self) continue;
      const request = this.#parts.requests.finish(n);
      if (request?.kind === 'join') joins.push(request.join);
      if (request?.kind !== 'proposal' || !this.#parts.proposals.started(request.proposal))
        continue;
      answered.set(request.proposal.member, request.proposal.request);
    }
    return { answered, joins };
  }

  #takeOut(start: StartBody): readonly LocalProvider[] {
    const { members } = this.#parts;
    const removed: LocalProvider[] = [];
    for (const { no, reason } of departuresOf(start.change)) {
      const member = members.byNo(no);
      if (member === undefined) continue;
      members.remove(member, reason);
      removed.push(member);
    }
    return removed;
  }

  #matched(
    joins: readonly WaitingJoin[],
    joiners: readonly ListedProvider[],
  ): readonly { readonly join: WaitingJoin; readonly listed: ListedProvider }[] {
    const { node } = this.#group.options;
    return joins.flatMap((join) => {
      const listed = joiners.find(({ id }) => id === `${node}/${join.instance}`);
      return listed === undefined ? [] : [{ join, listed }];
    });
  }

  /** The leader answers one of our requests without a protocol. */
  reply(n: number, bytes: Uint8Array): void {
    const decoded = decodeReply(bytes);
    if (!decoded.ok) {
      this.#group.outbox.log('error', 'reply-undecodable', { n, error: decoded.error });
      return;
    }
    const request = this.#parts.requests.finish(n);
    if (request?.kind === 'proposal')
      this.#parts.proposals.refused(request.proposal, decoded.value);
    if (request?.kind === 'join') this.#parts.joining.refused(request.join, decoded.value);
  }
}
