import { type Instant, type MembershipId, NEVER } from '@group-services/core';
import type { Acknowledgement, Received, Reply, Request } from '@group-services/wire';
import type { Shared } from '../shared.js';
import { ChannelReceiver, ChannelSender, type Item } from './channel.js';

/**
 * Requests to the leader and its replies (`external-layer.md` §3.4): reliable, once and in
 * order per member and term, over changes of leader.
 *
 * A member keeps each request until its upper layer says that it is done, and sends all that are open
 * to every new leader. Within a term both directions are channels of their own: an index per message,
 * cumulative acknowledgements, repetition. What was answered in an earlier term is recognised by the
 * upper layer's replicated state.
 */
export class Requests {
  readonly #shared: Shared;
  readonly #ports: RequestPorts;
  /** Open requests by number, oldest first. */
  readonly #open = new Map<number, Uint8Array>();
  #sender: ChannelSender;
  #replies: ChannelReceiver;
  /** Set while we lead. */
  #members: Map<MembershipId, MemberChannels> | undefined;

  constructor(shared: Shared, ports: RequestPorts) {
    this.#shared = shared;
    this.#ports = ports;
    this.#sender = new ChannelSender(shared.waits.ofMembers);
    this.#replies = new ChannelReceiver(shared.options.retryMs / 4);
  }

  get openCount(): number {
    return this.#open.size;
  }

  request(n: number, body: Uint8Array): void {
    this.#open.set(n, body);
    const shared = this.#shared;
    if (this.#members !== undefined) {
      shared.emit({ kind: 'request', origin: shared.self, n, body });
      return;
    }
    const leader = this.#reachableLeader();
    if (leader !== undefined) this.#sendNew(leader, n, body);
  }

  done(n: number): void {
    this.#open.delete(n);
  }

  /** Another leader, or another term: everything open goes to it, in order. */
  newTerm(): void {
    this.#members = undefined;
    this.#renewChannels();
    const leader = this.#reachableLeader();
    if (leader === undefined) return;
    for (const [n, body] of this.#open) this.#sendNew(leader, n, body);
  }

  #renewChannels(): void {
    const { retryMs } = this.#shared.options;
    this.#sender = new ChannelSender(this.#shared.waits.ofMembers);
    this.#replies = new ChannelReceiver(retryMs / 4);
  }

  /** The leader that we may speak to: nobody while we lead, claim, or are frozen by a takeover. */
  #reachableLeader(): MembershipId | undefined {
    const shared = this.#shared;
    if (
      shared.status !== 'member' ||
      shared.footing.frozen !== 0 ||
      shared.footing.leader === shared.self
    )
      return undefined;
    return shared.footing.leader;
  }

  #sendNew(leader: MembershipId, n: number, body: Uint8Array): void {
    const item = this.#sender.add(n, body, this.#shared.now);
    // In isolation nothing may carry an acknowledgement: it is repeated afterwards.
    if (!this.#shared.isolated) this.#send(leader, item);
  }

  #send(leader: MembershipId, item: Item): void {
    // Field by field: a spread costs more than the rest of this on the hot path.
    const { version, joinVersion, contiguous, stableSeen, pressure } = this.#ports.ride();
    const { index, n, body } = item;
    this.#shared.send(leader, {
      kind: 'request',
      version,
      joinVersion,
      contiguous,
      stableSeen,
      pressure,
      since: this.#shared.footing.since,
      index,
      n,
      body,
    });
  }

  onReply(from: MembershipId, reply: Reply): void {
    const shared = this.#shared;
    if (
      from !== shared.footing.leader ||
      reply.since !== shared.footing.since ||
      this.#members !== undefined
    )
      return;
    if (!this.#replies.take(reply, shared.now)) return;
    for (let item: Item | undefined = reply; item !== undefined; item = this.#replies.next()) {
      if (this.#open.has(item.n)) shared.emit({ kind: 'replied', n: item.n, body: item.body });
    }
  }

  /** We lead from now on: our own open requests come first. */
  lead(): void {
    const shared = this.#shared;
    this.#members = new Map();
    this.#renewChannels();
    for (const [n, body] of this.#open)
      shared.emit({ kind: 'request', origin: shared.self, n, body });
  }

  retain(members: ReadonlySet<MembershipId>): void {
    if (this.#members === undefined) return;
    for (const id of this.#members.keys()) if (!members.has(id)) this.#members.delete(id);
  }

  /** `since` is the version in which we took over; requests of other terms are not for us. */
  onRequest(from: MembershipId, request: Request): void {
    const shared = this.#shared;
    if (this.#members === undefined || request.since !== shared.footing.since) return;
    if (!this.#ports.acknowledged(from, request)) return;
    const { requests } = this.#channels(from);
    if (!requests.take(request, shared.now)) return;
    for (let item: Item | undefined = request; item !== undefined; item = requests.next()) {
      shared.emit({ kind: 'request', origin: from, n: item.n, body: item.body });
    }
  }

  reply(origin: MembershipId, n: number, body: Uint8Array): void {
    const shared = this.#shared;
    if (this.#members === undefined) return;
    if (origin === shared.self) {
      if (this.#open.has(n)) shared.emit({ kind: 'replied', n, body });
      return;
    }
    if (!this.#ports.listed(origin)) return;
    const item = this.#channels(origin).replies.add(n, body, shared.now);
    shared.send(origin, { kind: 'reply', since: shared.footing.since, ...item });
  }

  #channels(member: MembershipId): MemberChannels {
    const members = this.#members as Map<MembershipId, MemberChannels>;
    let channels = members.get(member);
    if (channels === undefined) {
      const retryMs = this.#shared.options.retryMs;
      channels = {
        requests: new ChannelReceiver(retryMs / 4),
        replies: new ChannelSender(this.#shared.waits.ofMembers),
      };
      members.set(member, channels);
    }
    return channels;
  }

  onReceived(from: MembershipId, received: Received): void {
    const shared = this.#shared;
    if (received.since !== shared.footing.since) return;
    if (received.channel === 'replies') {
      this.#members?.get(from)?.replies.acknowledged(received.index, shared.now);
    } else if (from === shared.footing.leader) {
      this.#sender.acknowledged(received.index, shared.now);
    }
  }

  deadline(): Instant {
    if (this.#members === undefined) {
      if (this.#reachableLeader() === undefined) return NEVER;
      return Math.min(this.#sender.deadline, this.#replies.deadline);
    }
    let earliest: Instant = NEVER;
    for (const { requests, replies } of this.#members.values()) {
      earliest = Math.min(earliest, requests.deadline, replies.deadline);
    }
    return earliest;
  }

  onDeadline(): void {
    const shared = this.#shared;
    if (this.#members !== undefined) this.#leaderDeadline(this.#members);
    const leader = this.#reachableLeader();
    if (leader === undefined) return;
    const again = this.#sender.due(shared.now);
    if (again.length > 0) shared.branch('request-repeated');
    for (const item of again) this.#send(leader, item);
    const index = this.#replies.due(shared.now);
    if (index !== undefined) {
      shared.send(leader, {
        kind: 'received',
        since: shared.footing.since,
        channel: 'replies',
        index,
      });
    }
  }

  #leaderDeadline(members: Map<MembershipId, MemberChannels>): void {
    const shared = this.#shared;
    for (const [id, { requests, replies }] of members) {
      const index = requests.due(shared.now);
      if (index !== undefined) {
        shared.send(id, {
          kind: 'received',
          since: shared.footing.since,
          channel: 'requests',
          index,
        });
      }
      for (const item of replies.due(shared.now)) {
        shared.send(id, { kind: 'reply', since: shared.footing.since, ...item });
      }
    }
  }
}

/** What requests need of following: the acknowledgement that rides on them. */
export interface RequestPorts {
  readonly ride: () => Acknowledgement;
  /** A request brings an acknowledgement to the leader; false when its sender is not listed. */
  readonly acknowledged: (from: MembershipId, ack: Acknowledgement) => boolean;
  /** Whether a membership is in the newest list that we lead. */
  readonly listed: (member: MembershipId) => boolean;
}

/** The leader's two channels with one member. */
interface MemberChannels {
  readonly requests: ChannelReceiver;
  readonly replies: ChannelSender;
}
