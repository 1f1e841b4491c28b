import {
  assertNever,
  type EndReason,
  type Engine,
  type GroupName,
  type Instant,
} from '@group-services/core';
import type { Labels, SourceMark } from '@group-services/wire';
import { detail, type GroupDetail } from './detail.js';
import type { ProcessGroupInput, SourceHere } from './inputs.js';
import { inspection, type OpenCounts, type ProcessGroupInspection } from './inspection.js';
import { Leader } from './leader/leader.js';
import { Attachment } from './node/attachment.js';
import { Ballots } from './node/ballots.js';
import { Delivery } from './node/delivery.js';
import { LocalInterest } from './node/interest.js';
import { Joining } from './node/joining.js';
import { LocalMembers } from './node/local-members.js';
import { Notifications } from './node/notifications.js';
import { Proposals } from './node/proposals.js';
import { Reports } from './node/reports.js';
import { OwnRequests } from './node/requests.js';
import { Sources } from './node/sources.js';
import { Subscriptions } from './node/subscriptions.js';
import { Users } from './node/users.js';
import type { ProcessGroupOutput } from './outputs.js';
import { placedReplica, Replica } from './replica/replica.js';
import { votingOf } from './replica/running.js';
import { decodeReplica, encodeReplica } from './replica/snapshot.js';
import { type ProcessGroupOptions, Shared, type Whereabouts } from './shared.js';
import { type Behind, behind, type SourceAwaited, sourceAwaited } from './source-order.js';

/**
 * The external layer of one group on one daemon (`external-layer.md`): local providers and
 * subscriptions, this daemon's copy of the group, and the leader's part while this daemon leads.
 *
 * It exists as long as somebody on the node has to do with the group and outlives memberships in the
 * processor group. It only routes; each subject has a file of its own.
 */
export class ProcessGroupEngine implements Engine<ProcessGroupInput, ProcessGroupOutput> {
  readonly #shared: Shared;
  readonly #members = new LocalMembers();
  readonly #requests: OwnRequests;
  readonly #proposals: Proposals;
  readonly #joining: Joining;
  readonly #sources: Sources;
  readonly #subscriptions: Subscriptions;
  readonly #delivery: Delivery;
  readonly #ballots: Ballots;
  readonly #users: Users;
  readonly #attachment: Attachment;
  #leader: Leader | undefined;

  constructor(options: ProcessGroupOptions) {
    const shared = new Shared(options);
    const members = this.#members;
    const requests = new OwnRequests(shared.outbox);
    const sources = new Sources(shared, members, requests);
    const joining = new Joining(shared, requests, sources);
    const subscriptions = new Subscriptions(shared);
    const proposals = new Proposals(shared, members, requests);
    const notifications = new Notifications(shared, members, subscriptions);
    const reports = new Reports(members, requests);
    const ballots = new Ballots(shared, { members, joining, requests });
    const users = { members, requests, reports, joining, subscriptions, proposals };
    const parts = { ...users, notifications, ballots };
    this.#shared = shared;
    this.#requests = requests;
    this.#joining = joining;
    this.#sources = sources;
    this.#subscriptions = subscriptions;
    this.#proposals = proposals;
    this.#ballots = ballots;
    this.#delivery = new Delivery(shared, parts);
    this.#attachment = new Attachment(shared, new LocalInterest(parts));
    this.#users = new Users(shared, users);
  }

  /** Nothing here needs this engine any more: it may be dropped. */
  get isIdle(): boolean {
    return this.#attachment.status === 'detached' && !this.#attachment.isWanted;
  }

  /** What operators are shown. */
  inspect(): ProcessGroupInspection {
    return inspection(this.#shared, {
      localProviders: this.#members.count,
      subscriptions: this.#subscriptions.count,
      waitingJoins: this.#joining.count,
      openRequests: this.#requests.openCount,
      waitingProposals: this.#proposals.waitingCount,
      leads: this.#leader !== undefined,
      queued: this.#leader?.queued ?? 0,
      voting: this.#leader?.voting ?? this.#ballots.inspect(),
    });
  }

  /** What a page about this group shows; undefined while this daemon is not in it. */
  detail(): GroupDetail | undefined {
    return detail(this.#shared);
  }

  /** For lines of the log. */
  get whereabouts(): Whereabouts {
    return this.#shared.whereabouts();
  }

  /** The groups of which this one has to be told how they stand on this node. */
  get sourcesWanted(): readonly GroupName[] {
    const { sourceOfLife } = this.#shared;
    return sourceOfLife === undefined ? this.#joining.sourcesGiven : [sourceOfLife];
  }

  /** What was told of one of them. */
  sourceKnown(source: GroupName): SourceHere | undefined {
    return this.#sources.known(source);
  }

  /** How this group stands here, for those that depend on it. */
  asSource(): SourceHere {
    const { membership } = this.#shared;
    const joinable = this.#members.count > 0;
    if (membership === undefined) return { joinable, provided: joinable, mark: undefined };
    const { self, generation, replica } = membership;
    const { providers, viewPosition: position } = replica.state;
    const provided = joinable || providers.some(({ daemon }) => daemon === self);
    return { joinable, provided, mark: { generation, position } };
  }

  /** What a process provides of this group, for those that depend on it. */
  markOf(client: number): SourceMark | undefined {
    const { membership } = this.#shared;
    const providers = this.#members.of(client).map(({ no }) => no);
    if (membership === undefined || providers.length === 0) return undefined;
    return { generation: membership.generation, position: 0, providers };
  }

  /** What of its source has to be shown here before this body of our stream; undefined: nothing. */
  awaits(body: Uint8Array): SourceAwaited | undefined {
    return sourceAwaited(this.#shared, body);
  }

  /** Whether that has still to be shown here: we are the source. */
  behind(awaited: SourceAwaited): Behind {
    return behind(this.#shared, awaited);
  }

  /** What a provider says about itself. */
  labelsOf(provider: string): Labels | undefined {
    return this.#shared.state?.byId.get(provider)?.labels;
  }

  /** The provider that this handle of a process is; undefined: it is none (yet). */
  providerId(client: number, handle: number): string | undefined {
    return this.#members.find(client, handle)?.id;
  }

  /** What a process has open in this group. */
  openOf(client: number): OpenCounts {
    const { pending, pendingBytes } = this.#members.pendingOf(client);
    const joins = this.#joining.countOf(client);
    return { proposals: pending, proposalBytes: pendingBytes, joins };
  }

  deadline(): Instant {
    return Math.min(
      this.#attachment.deadline(),
      this.#joining.deadline(),
      this.#subscriptions.deadline(),
      this.#leader?.deadline() ?? Number.POSITIVE_INFINITY,
    );
  }

  step(input: ProcessGroupInput, now: Instant): readonly ProcessGroupOutput[] {
    this.#shared.now = now;
    this.#route(input);
    this.#settle();
    return this.#shared.outbox.take();
  }

  #route(input: ProcessGroupInput): void {
    switch (input.kind) {
      case 'send':
      case 'bundle':
      case 'propose':
        return this.#proposals.submit(input);
      case 'vote':
        return this.#ballots.vote(input);
      case 'ordered':
        return this.#onOrdered(input.position, input.body);
      case 'request':
        return this.#leader?.onRequest(input.origin, input.n, input.body);
      case 'reply':
        return this.#delivery.onReply(input.n, input.body);
      case 'attached':
        return this.#onAttached(input);
      case 'view':
        return this.#onView(input);
      case 'leading':
        return this.#onLeading(input);
      case 'following':
        this.#leader = undefined;
        return;
      case 'flow':
        return this.#leader?.onFlow(input.open);
      case 'pressure':
        return this.#leader?.onPressure(input.pressed);
      case 'snapshotWanted':
        return this.#onSnapshotWanted(input.position);
      case 'detached':
        return this.#onDetached(input.reason);
      case 'deadlineReached':
        return this.#onDeadline();
      case 'formed':
        return this.#attachment.onFormed();
      case 'hindrance':
        this.#shared.hindrance = input.why;
        return;
      case 'source':
        return this.#sources.told(input.group, input.here);
      case 'standsStill':
        this.#shared.standsStill = input.still;
        return;
      case 'stopping':
        this.#attachment.stop();
        return this.#users.stop();
      case 'join':
      case 'subscribe':
        if (this.#attachment.isStopping) return this.#users.refuseStopping(input);
        return this.#users.on(input);
      case 'report':
      case 'unsubscribe':
      case 'withdraw':
      case 'goodbye':
      case 'denied':
      case 'clientGone':
        return this.#users.on(input);
      default:
        return assertNever(input);
    }
  }

  #onOrdered(number: number, bytes: Uint8Array): void {
    const { membership } = this.#shared;
    if (membership === undefined) return;
    const position = membership.replica.positionOf(number);
    const body = this.#delivery.onOrdered(membership, position, bytes);
    this.#leader?.onBodyDelivered();
    if (body?.kind === 'start' && votingOf(body) !== undefined) {
      this.#leader?.onStartDelivered(position);
    }
  }

  #onAttached({ membership: self, generation, position: number, snapshot }: Attached): void {
    const decoded = snapshot === null ? undefined : decodeReplica(snapshot);
    if (decoded !== undefined && !decoded.ok) {
      this.#shared.outbox.log('error', 'snapshot-undecodable', { error: decoded.error });
    }
    const replica = decoded?.ok === true ? decoded.value : new Replica();
    this.#shared.membership = { self, generation, replica };
    this.#shared.position = replica.positionOf(number);
    this.#attachment.attached();
    this.#ballots.begin();
  }

  #onView({ entry, position: number, stopped }: Viewed): void {
    const { membership } = this.#shared;
    if (membership === undefined) return;
    const position = membership.replica.positionOf(number);
    this.#shared.position = Math.max(this.#shared.position, position);
    membership.replica.retain(new Set(entry.members.map(({ id }) => id)));
    this.#proposals.shareAmong(entry.members.length);
    this.#leader?.onView(entry, stopped);
  }

  #onLeading({ entry, pending, stopped }: Leading): void {
    const { membership, position } = this.#shared;
    if (membership === undefined) return;
    const placed = placedReplica(membership.replica, pending);
    const last = pending.at(-1);
    const upTo = last === undefined ? position : placed.positionOf(last.position);
    const term = { placed, pending: pending.length, upTo };
    this.#leader = new Leader(this.#shared, term, { entry, stopped });
  }

  #onSnapshotWanted(position: number): void {
    const { membership, outbox } = this.#shared;
    if (membership === undefined) return;
    outbox.emit({ kind: 'snapshot', position, bytes: encodeReplica(membership.replica) });
  }

  #onDetached(reason: EndReason): void {
    this.#leader = undefined;
    this.#shared.membership = undefined;
    this.#attachment.detached(reason === 'unknown-group' || reason === 'left');
    this.#users.detached(reason);
    this.#delivery.detached();
    this.#sources.detached();
    this.#ballots.detached();
  }

  #onDeadline(): void {
    this.#joining.expire();
    this.#subscriptions.expire();
    this.#leader?.wake();
  }

  /** What follows from the new situation, whatever input brought it. */
  #settle(): void {
    const isAttached = this.#attachment.status === 'attached';
    if (isAttached) {
      this.#sources.settle();
      this.#joining.send();
      // A subscription that waits for the group may have led this daemon to one that exists already. Then
      // no protocol need follow that would end the wait, so it is ended here.
      const { isAsking, isWaiting } = this.#subscriptions;
      const mayAnswer = !this.#shared.standsStill;
      if (mayAnswer && (isAsking || isWaiting)) this.#answerSubscriptions();
    }
    this.#sources.keep(this.sourcesWanted);
    this.#attachment.settle();
  }

  /** With a local join on its way, it is soon known whether somebody provides the group. */
  #answerSubscriptions(): void {
    if (this.#shared.isProvided) this.#subscriptions.provided();
    else if (!this.#joining.isWanted) this.#subscriptions.unprovided();
  }
}

type Attached = Extract<ProcessGroupInput, { readonly kind: 'attached' }>;
type Viewed = Extract<ProcessGroupInput, { readonly kind: 'view' }>;
type Leading = Extract<ProcessGroupInput, { readonly kind: 'leading' }>;
