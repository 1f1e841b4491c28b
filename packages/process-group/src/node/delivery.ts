import type { MembershipId } from '@group-services/core';
import {
  type AnnounceBody,
  type BundleBody,
  type Change,
  decodeOrdered,
  decodeReply,
  type ListedProvider,
  type MessageBody,
  type OrderedBody,
  payloadBytes,
  type RequestRef,
  type ResultBody,
  type StartBody,
} from '@group-services/wire';
import { NAMES_MAX, resultNews, startNews } from '../news.js';
import { shownRiders, voterOf } from '../replica/group-state.js';
import { departuresOf, effectOf, isOfPhase, votingOf } from '../replica/running.js';
import type { Membership, Shared } from '../shared.js';
import type { Ballots } from './ballots.js';
import type { Joining } from './joining.js';
import type { LocalMembers, LocalProposal, LocalProvider } from './local-members.js';
import type { Answered, Notifications, Outcome } from './notifications.js';
import type { Proposals } from './proposals.js';
import type { Reports } from './reports.js';
import type { OwnRequests } from './requests.js';
import type { Subscriptions } from './subscriptions.js';
import type { WaitingJoin } from './waiting-join.js';

/**
 * What the ordered stream brings to this daemon (`external-layer.md` §3.4): each body is applied
 * to our copy, then told to local clients. The requests that a START names are done with it; their
 * processes have their answer with the START of a one-phase protocol, else with the last RESULT.
 */
export class Delivery {
  readonly #shared: Shared;
  readonly #ports: DeliveryPorts;
  /** What the running protocol will answer. */
  #voted = NO_REQUESTS;

  constructor(shared: Shared, ports: DeliveryPorts) {
    this.#shared = shared;
    this.#ports = ports;
  }

  /** The membership has ended: everything asked for in it has its answer, or is asked for again. */
  detached(): void {
    this.#voted = NO_REQUESTS;
  }

  onOrdered(membership: Membership, position: number, bytes: Uint8Array): OrderedBody | undefined {
    this.#shared.position = position;
    const decoded = decodeOrdered(bytes);
    if (!decoded.ok) {
      this.#shared.outbox.log('error', 'ordered-undecodable', { position, error: decoded.error });
      return undefined;
    }
    this.#apply(membership, position, decoded.value);
    return decoded.value;
  }

  #apply(membership: Membership, position: number, body: OrderedBody): void {
    switch (body.kind) {
      case 'message':
      case 'bundle':
        return this.#message(membership, position, body);
      case 'start':
        return this.#start(membership, position, body);
      case 'result':
        return this.#result(membership, position, body);
      case 'rider':
        return membership.replica.applyRider(body);
      case 'announce':
        return this.#announce(membership, position, body);
    }
  }

  #message(membership: Membership, position: number, body: MessageBody | BundleBody): void {
    const sender = membership.replica.applyMessage(body);
    if (sender === undefined) return;
    let own: LocalProposal | undefined;
    if (sender.daemon === membership.self) {
      const request = this.#ports.requests.finish(body.n);
      if (request?.kind === 'proposal' && this.#ports.proposals.started(request.proposal)) {
        own = request.proposal;
      }
    }
    const { notifications } = this.#ports;
    if (body.kind === 'message') {
      this.#tallyMessages(1, body.payload.length);
      notifications.message(body, position, own);
    } else {
      this.#tallyMessages(body.count, payloadBytes(body));
      notifications.bundle(body, position, own);
      this.#shared.position = position + body.count - 1;
    }
  }

  #start(membership: Membership, position: number, start: StartBody): void {
    const { joining, proposals, ballots } = this.#ports;
    membership.replica.applyStart(start, position);
    const requests = this.#finished(membership.self, start);
    const protocol = this.#shared.protocolInfo(start, position);
    this.#shared.options.note?.(startNews(start, protocol.id, membership.replica.state));
    if (votingOf(start) === undefined) {
      const answered = settled(requests, (proposal) => proposals.started(proposal));
      const { change, trace } = start;
      const outcome = { protocol, phases: 0, causes: [], riders: [], before: null, trace };
      this.#approved({ ...outcome, position, change, stateValue: null, answered }, requests.joins);
      return;
    }
    this.#voted = requests;
    for (const proposal of requests.proposals) proposals.asked(proposal);
    for (const { join, listed } of requests.joins) joining.asked(join, listed);
    ballots.begin();
  }

  #result({ replica }: Membership, position: number, result: ResultBody): void {
    const { ballots, proposals } = this.#ports;
    const before = replica.state;
    const { running } = before;
    if (running === null || !isOfPhase(running, result)) return;
    this.#shared.outbox.branch('result-delivered');
    ballots.end();
    replica.applyResult(result, position);
    this.#shared.options.note?.(resultNews(result, this.#shared.protocolId(running.protocol)));
    if (result.outcome === 'continue') return ballots.begin();
    const protocol = this.#shared.protocolInfo(running.start, running.protocol);
    const riders = shownRiders(before, result);
    const voted = this.#voted;
    this.#voted = NO_REQUESTS;
    const { outcome: decision } = result;
    const answered = settled(voted, (proposal) => proposals.decided(proposal, decision));
    const { trace } = running.start;
    const told = { protocol, position, phases: result.phase, causes: result.causes, riders, trace };
    const effect = effectOf(running, result);
    const outcome: Outcome = { ...told, ...effect, answered, before: before.stateValue };
    if (result.outcome === 'approved') this.#approved(outcome, voted.joins);
    else this.#rejected(outcome, { running, result, joins: voted.joins });
  }

  #tallyMessages(count: number, bytes: number): void {
    const { tally } = this.#shared;
    tally.messagesDelivered += count;
    tally.messageBytesDelivered += bytes;
  }

  #approved(outcome: Outcome, joins: readonly MatchedJoin[]): void {
    const { members, joining, notifications } = this.#ports;
    this.#trace(outcome, 'approved');
    const { change } = outcome;
    if (change.kind === 'message') this.#tallyMessages(1, change.payload.length);
    this.#removing(outcome.change, (removed) => notifications.approved(outcome, removed));
    for (const { join, listed } of joins) {
      if (!joining.started(join, listed)) continue;
      const member = members.add(join.client, join.handle, listed);
      notifications.joined(member, join.request, outcome);
    }
    this.#lifeGoesOn(outcome);
  }

  #rejected(
    outcome: Outcome,
    rejection: Parameters<Notifications['rejected']>[1] & {
      readonly joins: readonly MatchedJoin[];
    },
  ): void {
    const { joining, notifications } = this.#ports;
    this.#trace(outcome, 'rejected');
    this.#removing(outcome.change, (removed) =>
      notifications.rejected(outcome, rejection, removed),
    );
    for (const { join } of rejection.joins) {
      if (joining.votedDown(join)) notifications.votedDown(join, outcome, rejection);
    }
    this.#lifeGoesOn(outcome);
  }

  /** Ahead of what processes are told of it, so that their part of the trace can follow from ours. */
  #trace({ trace, protocol, position, phases }: Outcome, outcome: string): void {
    if (trace === undefined) return;
    const { outbox, now } = this.#shared;
    const { kind } = protocol;
    const at = { beganAt: now, endedAt: now };
    outbox.traced({ name: 'deliver', trace, kind, position, phases, outcome, ...at });
  }

  /**
   * After every protocol: subscriptions begin where somebody provides the group now, or learn that nobody
   * does, and reports of failed providers that are gone need not be sent again.
   */
  #lifeGoesOn({ protocol }: Outcome): void {
    const { subscriptions } = this.#ports;
    if (this.#shared.isProvided) subscriptions.provided(protocol);
    else subscriptions.dissolved();
    this.#ports.requests.finishDowns((no) => this.#isGone(no));
  }

  /** Neither listed nor about to be. */
  #isGone(no: number): boolean {
    const { state } = this.#shared;
    return state === undefined || voterOf(state, no) === undefined;
  }

  /** Providers of this node that the change removes: told, then what they still have open is answered. */
  #removing(change: Change, tell: (removed: readonly LocalProvider[]) => void): void {
    const { members, proposals } = this.#ports;
    const removed: LocalProvider[] = [];
    for (const { no, reason } of departuresOf(change)) {
      const member = members.byNo(no);
      if (member === undefined) continue;
      members.remove(member, reason);
      removed.push(member);
    }
    tell(removed);
    for (const { no } of departuresOf(change)) proposals.removalDelivered(no);
    for (const member of removed) proposals.memberRemoved(member);
  }

  #announce(membership: Membership, position: number, body: AnnounceBody): void {
    membership.replica.applyAnnounce(body);
    const { code, providers } = body;
    this.#shared.options.note?.({
      kind: 'announced',
      code,
      providers: providers.slice(0, NAMES_MAX),
    });
    for (const { origin, n } of body.requests) {
      const request = origin === membership.self ? this.#ports.requests.finish(n) : undefined;
      if (request?.kind === 'report') this.#ports.reports.done(request.client);
    }
    this.#ports.notifications.announcement(body, position);
  }

  /** The requests of this daemon that the START names; they need not be kept any more. */
  #finished(self: MembershipId, { requests, change }: StartBody): Requests {
    const own = requests.filter(({ origin }: RequestRef) => origin === self);
    if (own.length === 0) return NO_REQUESTS;
    const proposals: LocalProposal[] = [];
    const joins: MatchedJoin[] = [];
    for (const { n } of own) {
      const request = this.#ports.requests.finish(n);
      if (request?.kind === 'proposal') proposals.push(request.proposal);
      if (request?.kind !== 'join' || change.kind !== 'join') continue;
      const { join } = request;
      const id = `${this.#shared.options.node}/${join.instance}`;
      const listed = change.joiners.find((joiner) => joiner.id === id);
      if (listed !== undefined) joins.push({ join, listed });
    }
    return { proposals, joins };
  }

  /** The leader answers one of our requests without a protocol. */
  onReply(n: number, bytes: Uint8Array): void {
    const decoded = decodeReply(bytes);
    if (!decoded.ok) {
      this.#shared.outbox.log('error', 'reply-undecodable', { n, error: decoded.error });
      return;
    }
    const { requests, proposals, joining } = this.#ports;
    const request = requests.get(n);
    if (request?.kind === 'proposal') return proposals.refused(n, request.proposal, decoded.value);
    if (request?.kind === 'down' && !request.nos.every((no) => this.#isGone(no))) return;
    // The RESULT of their phase ends votes.
    if (request?.kind === 'votes') return;
    requests.finish(n);
    if (request?.kind === 'join') joining.refused(request.join, decoded.value);
    if (request?.kind === 'report') this.#ports.reports.done(request.client);
  }
}

interface DeliveryPorts {
  readonly members: LocalMembers;
  readonly requests: OwnRequests;
  readonly reports: Reports;
  readonly proposals: Proposals;
  readonly joining: Joining;
  readonly subscriptions: Subscriptions;
  readonly notifications: Notifications;
  readonly ballots: Ballots;
}

/** Requests of this node that a protocol answers. */
interface Requests {
  readonly proposals: readonly LocalProposal[];
  readonly joins: readonly MatchedJoin[];
}

interface MatchedJoin {
  readonly join: WaitingJoin;
  readonly listed: ListedProvider;
}

const NO_REQUESTS: Requests = { proposals: [], joins: [] };

/**
 * Ends what waited for these proposals; of each whose process still wants to hear of it, the request that
 * is answered.
 */
function settled({ proposals }: Requests, end: (proposal: LocalProposal) => boolean): Answered {
  const answered = new Map<LocalProvider, number>();
  for (const proposal of proposals) {
    if (end(proposal)) answered.set(proposal.member, proposal.request);
  }
  return answered;
}
