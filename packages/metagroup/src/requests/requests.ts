import { type Instant, type MembershipId, NEVER } from '@group-services/core';
import type { Acknowledgement, Received, Reply, Request } from '@group-services/wire';
import type { Membership } from '../membership.js';
import { ChannelReceiver, ChannelSender, type Item } from './channel.js';

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
  readonly #m: Membership;
  readonly #ports: RequestPorts;
  /** Open requests by number, oldest first. */
  readonly #open = new Map<number, Uint8Array>();
  #sender: ChannelSender;
  #replies: ChannelReceiver;
  /** Set while we lead. */
  #members: Map<MembershipId, MemberChannels> | undefined;

  constructor(membership: Membership, ports: RequestPorts) {
    this.#m = membership;
    this.#ports = ports;
    this.#sender = new ChannelSender(membership.waits.ofMembers);
    this.#replies = new ChannelReceiver(membership.options.retryMs / 4);
  }

  get openCount(): number {
    return this.#open.size;
  }

  request(n: number, body: Uint8Array): void {
    this.#open.set(n, body);
    const m = this.#m;
    if (this.#members !== undefined) {
      m.emit({ kind: 'request', origin: m.self, n, body });
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
    const { retryMs } = this.#m.options;
    this.#sender = new ChannelSender(this.#m.waits.ofMembers);
    this.#replies = new ChannelReceiver(retryMs / 4);
  }

  /** The leader that we may speak to: nobody while we lead, claim, or are frozen by a takeover. */
  #reachableLeader(): MembershipId | undefined {
    const m = this.#m;
    if (m.status !== 'member' || m.footing.frozen !== 0 || m.footing.leader === m.self)
      return undefined;
    return m.footing.leader;
  }

  #sendNew(leader: MembershipId, n: number, body: Uint8Array): void {
    const item = this.#sender.add(n, body, this.#m.now);
    // In isolation nothing may carry an acknowledgement: it is repeated afterwards.
    if (!this.#m.isolated) this.#send(leader, item);
  }

  #send(leader: MembershipId, item: Item): void {
    // Field by field: a spread costs more than the rest of this on the hot path.
    const { version, joinVersion, contiguous, stableSeen, pressure } = this.#ports.ride();
    const { index, n, body } = item;
    this.#m.send(leader, {
      kind: 'request',
      version,
      joinVersion,
      contiguous,
      stableSeen,
      pressure,
      since: this.#m.footing.since,
      index,
      n,
      body,
    });
  }

  onReply(from: MembershipId, reply: Reply): void {
    const m = this.#m;
    if (from !== m.footing.leader || reply.since !== m.footing.since || this.#members !== undefined)
      return;
    if (!this.#replies.take(reply, m.now)) return;
    for (let item: Item | undefined = reply; item !== undefined; item = this.#replies.next()) {
      if (this.#open.has(item.n)) m.emit({ kind: 'replied', n: item.n, body: item.body });
    }
  }

  /** We lead from now on: our own open requests come first. */
  lead(): void {
    const m = this.#m;
    this.#members = new Map();
    this.#renewChannels();
    for (const [n, body] of this.#open) m.emit({ kind: 'request', origin: m.self, n, body });
  }

  retain(members: ReadonlySet<MembershipId>): void {
    if (this.#members === undefined) return;
    for (const id of this.#members.keys()) if (!members.has(id)) this.#members.delete(id);
  }

  /** `since` is the version in which we took over; requests of other terms are not for us. */
  onRequest(from: MembershipId, request: Request): void {
    const m = this.#m;
    if (this.#members === undefined || request.since !== m.footing.since) return;
    if (!this.#ports.acknowledged(from, request)) return;
    const { requests } = this.#channels(from);
    if (!requests.take(request, m.now)) return;
    for (let item: Item | undefined = request; item !== undefined; item = requests.next()) {
      m.emit({ kind: 'request', origin: from, n: item.n, body: item.body });
    }
  }

  reply(origin: MembershipId, n: number, body: Uint8Array): void {
    const m = this.#m;
    if (this.#members === undefined) return;
    if (origin === m.self) {
      if (this.#open.has(n)) m.emit({ kind: 'replied', n, body });
      return;
    }
    if (!this.#ports.listed(origin)) return;
    const item = this.#channels(origin).replies.add(n, body, m.now);
    m.send(origin, { kind: 'reply', since: m.footing.since, ...item });
  }

  #channels(member: MembershipId): MemberChannels {
    const members = this.#members as Map<MembershipId, MemberChannels>;
    let channels = members.get(member);
    if (channels === undefined) {
      const retryMs = this.#m.options.retryMs;
      channels = {
        requests: new ChannelReceiver(retryMs / 4),
        replies: new ChannelSender(this.#m.waits.ofMembers),
      };
      members.set(member, channels);
    }
    return channels;
  }

  onReceived(from: MembershipId, received: Received): void {
    const m = this.#m;
    if (received.since !== m.footing.since) return;
    if (received.channel === 'replies') {
      this.#members?.get(from)?.replies.acknowledged(received.index, m.now);
    } else if (from === m.footing.leader) {
      this.#sender.acknowledged(received.index, m.now);
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
    const m = this.#m;
    if (this.#members !== undefined) this.#leaderDeadline(this.#members);
    const leader = this.#reachableLeader();
    if (leader === undefined) return;
    const again = this.#sender.due(m.now);
    if (again.length > 0) m.branch('request-repeated');
    for (const item of again) this.#send(leader, item);
    const index = this.#replies.due(m.now);
    if (index !== undefined) {
      m.send(leader, { kind: 'received', since: m.footing.since, channel: 'replies', index });
    }
  }

  #leaderDeadline(members: Map<MembershipId, MemberChannels>): void {
    const m = this.#m;
    for (const [id, { requests, replies }] of members) {
      const index = requests.due(m.now);
      if (index !== undefined) {
        m.send(id, { kind: 'received', since: m.footing.since, channel: 'requests', index });
      }
      for (const item of replies.due(m.now)) {
        m.send(id, { kind: 'reply', since: m.footing.since, ...item });
      }
    }
  }
}
