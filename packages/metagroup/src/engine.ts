import {
  assertNever,
  daemonOf,
  type Engine,
  type Instant,
  type MembershipId,
  NEVER,
  nodeOf,
} from '@group-services/core';
import type { Entry, FromNameServer, GroupControl, GroupMessage } from '@group-services/wire';
import { Changes } from './changes.js';
import { Claiming } from './claiming.js';
import { Delivery } from './delivery.js';
import { Following } from './following.js';
import type { MetagroupInput, MetagroupOutput } from './inputs.js';
import { holdingOf, type Progress, progressOf } from './inspection.js';
import { type Early, Joining } from './joining.js';
import { Learning } from './learning.js';
import { Leaving } from './leaving.js';
import { Membership } from './membership.js';
import type { MetagroupOptions } from './options.js';
import { Requests } from './requests.js';
import { Roles } from './roles.js';
import { Submissions } from './submissions.js';
import { TakeoverMember } from './takeover.js';

/**
 * One membership of this daemon in one processor group, from the look-up to its end: the internal
 * layer (`metagroup-protocol.md`). It only routes; each sub-protocol has a file of its own.
 */
export class MetagroupEngine implements Engine<MetagroupInput, MetagroupOutput> {
  readonly #m: Membership;
  readonly #delivery: Delivery;
  readonly #following: Following;
  readonly #requests: Requests;
  readonly #submissions: Submissions;
  readonly #changes: Changes;
  readonly #joining: Joining;
  readonly #learning: Learning;
  readonly #claiming: Claiming;
  readonly #leaving: Leaving;
  readonly #roles: Roles;
  readonly #takeoverMember: TakeoverMember;
  #started = false;

  constructor(options: MetagroupOptions) {
    const m = new Membership(options);
    this.#m = m;
    this.#delivery = new Delivery(m, (entry, position) => this.#viewInstalled(entry, position));
    this.#following = new Following(m, {
      delivery: this.#delivery,
      deposed: () => this.#roles.step(),
      newTerm: () => this.#newTerm(),
      contiguous: (counter) => this.#submissions.contiguous(counter),
      submitting: () => this.#submissions.length > 0,
    });
    const ride = () => this.#following.acknowledging.ride();
    this.#requests = new Requests(m, {
      ride,
      acknowledged: (from, ack) => this.#roles.onRequestAck(from, ack),
      listed: (member) => this.#roles.active?.leading.stability.of(member) !== undefined,
    });
    this.#submissions = new Submissions(m, {
      ride,
      place: (submission) =>
        this.#roles.active?.leading.placeSubmitted(m.self, m.joinVersion, submission) ?? 'wait',
    });
    this.#changes = new Changes(m);
    this.#roles = new Roles(m, {
      delivery: this.#delivery,
      changes: this.#changes,
      requests: this.#requests,
      submissions: this.#submissions,
    });
    this.#learning = new Learning(m, {
      leads: () => this.#roles.leads(),
      change: (entry) => this.#roles.change(entry),
      takeOver: (entry) => this.#roles.takeOver(entry),
      deposed: () => this.#roles.deposed(),
    });
    this.#joining = new Joining(m, {
      formed: (entry) => this.#formed(entry),
      installed: (entry, position, early) => this.#installed(entry, position, early),
    });
    this.#claiming = new Claiming(m, this.#changes);
    this.#leaving = new Leaving(m, { leading: () => this.#roles.active, changes: this.#changes });
    this.#takeoverMember = new TakeoverMember(m);
  }

  /** Begins with the look-up; to be called once, before any step. */
  start(now: Instant): readonly MetagroupOutput[] {
    this.#m.now = now;
    if (!this.#started) {
      this.#started = true;
      this.#joining.start();
    }
    return this.#m.takeOutputs();
  }

  step(input: MetagroupInput, now: Instant): readonly MetagroupOutput[] {
    const m = this.#m;
    m.now = now;
    if (m.status === 'ended') return [];
    this.#route(input);
    if (m.checkWanted) {
      m.checkWanted = false;
      this.#check();
    }
    return m.takeOutputs();
  }

  deadline(): Instant {
    const m = this.#m;
    if (m.status === 'ended') return NEVER;
    if (m.status === 'joining') return this.#joining.deadline();
    return Math.min(
      this.#following.deadline(),
      this.#requests.deadline(),
      this.#submissions.deadline(),
      this.#changes.deadline(),
      this.#claiming.deadline(),
      this.#leaving.deadline(),
      this.#roles.deadline(),
      this.#takeoverMember.deadline(),
    );
  }

  // ---------------------------------------------------------------- queries

  get generation(): number {
    return this.#m.generation;
  }

  get status(): 'joining' | 'member' | 'ended' {
    return this.#m.status;
  }

  get role(): 'joining' | 'leader' | 'taking-over' | 'member' {
    if (this.#m.status !== 'member') return 'joining';
    const leads = this.#roles.leads();
    if (leads === undefined) return 'member';
    return leads.active ? 'leader' : 'taking-over';
  }

  /** The newest accepted entry that is known here. */
  get entry(): Entry | undefined {
    return this.#m.known;
  }

  /** What is told to the name server at registration and renewal; undefined while not listed. */
  holding(): ReturnType<typeof holdingOf> {
    return holdingOf(this.#m);
  }

  /** Numbers for operators and for the bounds that tests check. */
  progress(): Progress {
    return progressOf(this.#m, this.#submissions.length, this.#requests.openCount);
  }

  // ---------------------------------------------------------------- routing

  #route(input: MetagroupInput): void {
    const m = this.#m;
    switch (input.kind) {
      case 'received':
        return this.#onReceived(input.from, input.message);
      case 'fromNameServer':
        return this.#onNameServer(input.message);
      case 'deadlineReached':
        return this.#onDeadline();
      case 'request':
        return this.#requests.request(input.n, input.body);
      case 'requestDone':
        return this.#requests.done(input.n);
      case 'reply':
        return this.#requests.reply(input.origin, input.n, input.body);
      case 'multicast':
        return this.#roles.multicast(input.body, input.safe);
      case 'submit':
        this.#submissions.submit(input.body, input.safe);
        return;
      case 'snapshot':
        this.#roles.active?.snapshots.taken(input.position, input.bytes);
        return;
      case 'suspected':
        m.suspect(input.daemon);
        break;
      case 'alive':
        m.trust(input.daemon);
        break;
      case 'leave':
        this.#leave();
        break;
      case 'nameServerUp':
        m.leaderRecovery = input.leaderRecovery;
        this.#changes.askAgain();
        if (m.status === 'joining') this.#joining.start();
        break;
      case 'generationGone':
        if (m.status === 'member') m.end('group-lost', 'the name server does not know it any more');
        break;
      default:
        return assertNever(input);
    }
    m.checkWanted = true;
  }

  #onReceived(from: MembershipId, message: GroupMessage): void {
    const m = this.#m;
    switch (message.kind) {
      case 'data':
        if (m.status === 'member') this.#following.onData(from, message);
        else this.#joining.onData(from, message);
        return;
      case 'sync':
        return this.#following.onSync(from, message);
      case 'request':
        return this.#requests.onRequest(from, message);
      case 'ack':
        return this.#roles.onAck(from, message);
      case 'reply':
        return this.#requests.onReply(from, message);
      case 'received':
        return this.#requests.onReceived(from, message);
      case 'submit':
        return this.#roles.active?.leading.onSubmit(from, message);
      case 'nack':
        return this.#roles.active?.leading.onNack(from, message);
      case 'fetched':
        return this.#roles.claiming?.onFetched(from, message);
      default:
        m.checkWanted = true;
        return this.#onControl(from, message);
    }
  }

  #onControl(from: MembershipId, message: GroupControl): void {
    const m = this.#m;
    switch (message.kind) {
      case 'insert':
        return this.#onInsert(from, message.address);
      case 'leave':
        return this.#roles.active?.duties.onLeave(from);
      case 'handover':
        return this.#learning.learn(message.entry);
      case 'takeover':
        return this.#onTakeover(from, message.entry);
      case 'state':
        return this.#roles.claiming?.onState(from, message.version, message.contiguous);
      case 'fetch':
        return this.#takeoverMember.onFetch(from, message.version, message);
      case 'snapshot':
        if (m.status === 'joining') this.#joining.onChunk(from, message);
        else this.#following.onChunk(from, message);
        return;
      case 'snapshot-received':
        return this.#roles.active?.snapshots.onReceived(from, message.position, message.next);
      case 'gone':
        return this.#onGone(from, message.membership);
      case 'not-leader':
        if (m.status === 'joining') this.#joining.onNotLeader();
        return;
      case 'stale':
        return this.#learning.onStale(message.generation, message.version);
      default:
        return assertNever(message);
    }
  }

  #onNameServer(message: FromNameServer): void {
    const m = this.#m;
    m.checkWanted = true;
    switch (message.kind) {
      case 'resolved':
        if (message.membership === m.self) this.#onResolved(message.entry);
        return;
      case 'changed':
        this.#changes.onChanged(message);
        if (message.entry !== null) this.#learning.learn(message.entry);
        return;
      case 'notice':
        return this.#learning.learn(message.entry);
      case 'probe':
        this.#learning.learn(message.entry);
        return this.#roles.onProbe(message);
      case 'deleted':
        if (m.status !== 'member' || message.generation !== m.generation) return;
        if (message.entry?.generation === m.generation) this.#learning.learn(message.entry);
        else if (m.leaving) m.end('left', 'the last member has deleted the group');
        else m.end('group-lost', 'the group was deleted');
        return;
      default:
        return;
    }
  }

  // ---------------------------------------------------------------- events that touch several parts

  #onInsert(from: MembershipId, address: string): void {
    const m = this.#m;
    m.learnAddress(from, address);
    if (this.#roles.active !== undefined) this.#roles.active.duties.onInsert(from, address);
    else if (this.#roles.claiming === undefined) m.send(from, { kind: 'not-leader' });
  }

  #onTakeover(from: MembershipId, entry: Entry): void {
    const m = this.#m;
    if (m.status === 'joining') {
      this.#joining.onTakeover(from, entry);
      return;
    }
    this.#learning.learn(entry);
    if (m.status !== 'member' || entry.generation !== m.generation) return;
    if (this.#takeoverMember.onTakeover(from, entry)) this.#roles.step();
  }

  #onGone(from: MembershipId, membership: MembershipId): void {
    if (nodeOf(daemonOf(from)) !== nodeOf(daemonOf(membership))) return;
    if (this.#m.status === 'joining') this.#joining.onNotLeader();
    else this.#m.markGone(membership);
  }

  /**
   * That there is no such group concerns only a joiner: the answer may be as old as our first question.
   * A member learns of the end of its generation by name.
   */
  #onResolved(entry: Entry | null): void {
    const m = this.#m;
    if (entry === null) {
      if (m.status !== 'joining') return;
      m.end(m.leaving ? 'left' : 'unknown-group', 'there is no such group');
    } else if (m.status === 'joining') {
      this.#joining.onEntry(entry);
    } else {
      this.#learning.learn(entry);
    }
  }

  #formed(entry: Entry): void {
    this.#roles.form(entry);
    if (this.#m.leaving) this.#leaving.start();
  }

  #leave(): void {
    const m = this.#m;
    if (m.leaving) return;
    m.leaving = true;
    if (m.status === 'joining') this.#joining.leave();
    else this.#leaving.start();
  }

  #viewInstalled(entry: Entry, position: number): void {
    this.#roles.active?.snapshots.viewInstalled(entry, position);
    this.#learning.learn(entry);
  }

  #newTerm(): void {
    this.#requests.newTerm();
    this.#submissions.newTerm();
    this.#m.checkWanted = true;
  }

  #installed(entry: Entry, position: number, early: readonly Early[]): void {
    const m = this.#m;
    this.#following.acknowledging.reset();
    this.#following.acknowledging.synced(position, true);
    this.#learning.learn(entry);
    if (m.known !== undefined) this.#learning.learn(m.known);
    if (m.status !== 'member') return;
    this.#newTerm();
    for (const { from, data } of early) this.#following.onData(from, data);
  }

  /** Looks whether the list, the leader or our own leave asks for a question to the name server. */
  #check(): void {
    if (this.#m.status !== 'member') return;
    this.#roles.check();
    this.#claiming.check();
    this.#leaving.check();
  }

  #onDeadline(): void {
    const m = this.#m;
    if (m.status === 'joining') {
      this.#joining.onDeadline();
      return;
    }
    this.#following.onDeadline();
    this.#requests.onDeadline();
    this.#submissions.onDeadline();
    this.#changes.onDeadline();
    this.#roles.onDeadline();
    this.#takeoverMember.onDeadline();
    m.checkWanted = true;
  }
}
