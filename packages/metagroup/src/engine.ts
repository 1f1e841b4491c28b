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
import type { MetagroupInput, MetagroupOutput } from './inputs.js';
import { holdingOf, type Progress, progressOf, type Role, roleOf } from './inspection.js';
import type { Early } from './joining/joining.js';
import type { MetagroupOptions } from './options.js';
import { makeParts, type Parts } from './parts.js';
import { Shared } from './shared.js';

/**
 * One membership of this daemon in one processor group, from the look-up to its end: the internal
 * layer (`internal-layer.md`). It only routes; each sub-protocol has a file of its own.
 *
 * A membership begins by asking the name server who leads the group. It then forms the group, or is
 * inserted by the leader and given the state by a snapshot; from there on it follows the leader's stream,
 * may have to take over the lead, and ends when it leaves, is removed or the group is given up. It never
 * comes back: whoever returns gets a new membership with an engine of its own.
 */
export class MetagroupEngine implements Engine<MetagroupInput, MetagroupOutput> {
  readonly #shared: Shared;
  readonly #parts: Parts;
  #started = false;

  constructor(options: MetagroupOptions) {
    const shared = new Shared(options);
    this.#shared = shared;
    this.#parts = makeParts(shared, {
      viewInstalled: (entry, position) => this.#viewInstalled(entry, position),
      newTerm: () => this.#newTerm(),
      formed: (entry) => this.#formed(entry),
      installed: (entry, position, early) => this.#installed(entry, position, early),
    });
  }

  /** Begins with the look-up; to be called once, before any step. */
  start(now: Instant): readonly MetagroupOutput[] {
    this.#shared.now = now;
    if (!this.#started) {
      this.#started = true;
      this.#parts.joining.start();
    }
    return this.#shared.takeOutputs();
  }

  step(input: MetagroupInput, now: Instant): readonly MetagroupOutput[] {
    const shared = this.#shared;
    shared.now = now;
    if (shared.status === 'ended') return [];
    if (input.kind === 'deadlineReached') shared.noteRead(input);
    if (shared.isolated && !this.#parts.isolation.admits(input)) return [];
    this.#route(input);
    if (shared.checkWanted) {
      shared.checkWanted = false;
      this.#check();
    }
    return shared.takeOutputs();
  }

  deadline(): Instant {
    const shared = this.#shared;
    if (shared.status === 'ended') return NEVER;
    if (shared.status === 'joining') return this.#parts.joining.deadline();
    if (shared.isolated) {
      return Math.min(this.#parts.leaving.giveUpAt, this.#parts.isolation.waking.deadline());
    }
    return Math.min(
      this.#parts.following.deadline(),
      this.#parts.requests.deadline(),
      this.#parts.submissions.deadline(),
      this.#parts.changes.deadline(),
      this.#parts.claiming.deadline(),
      this.#parts.leaving.deadline(),
      this.#parts.roles.deadline(),
      this.#parts.takeoverMember.deadline(),
      this.#parts.donating.deadline(),
    );
  }

  get generation(): number {
    return this.#shared.footing.generation;
  }

  get status(): 'joining' | 'member' | 'ended' {
    return this.#shared.status;
  }

  /** It neither delivers nor places: the group may have gone on without it. */
  get standsStill(): boolean {
    return this.#shared.isolated;
  }

  /** A question of ours is under way: we join, have asked for another list, or take the group over. */
  get isUnsettled(): boolean {
    if (this.#shared.status !== 'member') return this.#shared.status === 'joining';
    return this.#parts.changes.isOpen || this.#parts.roles.claiming !== undefined;
  }

  get role(): Role {
    return roleOf(this.#shared, this.#parts.roles.leads());
  }

  /** The newest accepted entry that is known here. */
  get entry(): Entry | undefined {
    return this.#shared.known;
  }

  /** What is told to the name server at registration and renewal; undefined while not listed. */
  holding(): ReturnType<typeof holdingOf> {
    return holdingOf(this.#shared);
  }

  /** Numbers for operators and for the bounds that tests check. */
  progress(): Progress {
    return progressOf(this.#shared, this.#parts.submissions.length, this.#parts.requests.openCount);
  }

  #route(input: MetagroupInput): void {
    const shared = this.#shared;
    switch (input.kind) {
      case 'received':
        return this.#onReceived(input.from, input.message);
      case 'fromNameServer':
        return this.#onNameServer(input.message);
      case 'deadlineReached':
        return this.#onDeadline();
      case 'request':
        return this.#parts.requests.request(input.n, input.body);
      case 'requestDone':
        return this.#parts.requests.done(input.n);
      case 'reply':
        return this.#parts.requests.reply(input.origin, input.n, input.body);
      case 'multicast':
        return this.#parts.roles.multicast(input.body, input.safe);
      case 'submit':
        this.#parts.submissions.submit(input.body, input.safe);
        return;
      case 'pressed':
        return this.#onPressed(input.pressed);
      case 'snapshot':
        this.#parts.roles.snapshotTaken(input.position, input.bytes);
        this.#parts.donating.taken(input.position, input.bytes);
        return;
      case 'contactLost':
      case 'contactBack':
      case 'woken':
      case 'heard':
      case 'unanswered':
        return this.#parts.isolation.on(input);
      case 'suspected':
        shared.suspect(input.daemon);
        break;
      case 'alive':
        shared.trust(input.daemon);
        break;
      case 'drained':
        shared.drain(input.daemons);
        break;
      case 'leave':
        this.#leave();
        break;
      case 'nameServerUp':
        shared.leaderRecovery = input.leaderRecovery;
        this.#parts.changes.askAgain();
        if (shared.status === 'joining') this.#parts.joining.start();
        break;
      case 'generationGone':
        if (shared.status === 'member')
          shared.end('group-lost', 'the name server does not know it any more');
        break;
      default:
        return assertNever(input);
    }
    shared.checkWanted = true;
  }

  #onReceived(from: MembershipId, message: GroupMessage): void {
    const shared = this.#shared;
    switch (message.kind) {
      case 'data':
        if (shared.status === 'member') this.#parts.following.onData(from, message);
        else this.#parts.joining.onData(from, message);
        return;
      case 'sync':
        return this.#parts.following.onSync(from, message);
      case 'request':
        return this.#parts.requests.onRequest(from, message);
      case 'ack':
        return this.#parts.roles.onAck(from, message);
      case 'reply':
        return this.#parts.requests.onReply(from, message);
      case 'received':
        return this.#parts.requests.onReceived(from, message);
      case 'submit':
        return this.#parts.roles.onSubmit(from, message);
      case 'nack':
        return this.#parts.roles.onNack(from, message);
      case 'fetched':
        return this.#parts.roles.onFetched(from, message);
      default:
        shared.checkWanted = true;
        return this.#onControl(from, message);
    }
  }

  #onControl(from: MembershipId, message: GroupControl): void {
    const shared = this.#shared;
    switch (message.kind) {
      case 'insert':
        return this.#onInsert(from, message.address);
      case 'leave':
        return this.#parts.roles.onLeave(from);
      case 'handover':
        return this.#parts.learning.learn(message.entry);
      case 'takeover':
        return this.#onTakeover(from, message.entry);
      case 'state':
        return this.#parts.roles.onState(from, message);
      case 'fetch':
        return this.#parts.takeoverMember.onFetch(from, message.version, message);
      case 'snapshot':
        if (shared.status === 'joining') this.#parts.joining.onChunk(from, message);
        else this.#parts.following.onChunk(from, message);
        return;
      case 'snapshot-received':
        this.#parts.roles.onSnapshotReceived(from, message);
        return this.#parts.donating.onReceived(from, message);
      case 'donate':
        return this.#parts.donating.onDonate(from, message);
      case 'gone':
        return this.#onGone(from, message.membership);
      case 'not-leader':
        if (shared.status === 'joining') this.#parts.joining.onNotLeader();
        return;
      case 'stale':
        return this.#parts.learning.onStale(message.generation, message.version);
      case 'woken':
      case 'known':
        return this.#parts.isolation.waking.onMessage(from, message);
      default:
        return assertNever(message);
    }
  }

  #onNameServer(message: FromNameServer): void {
    const shared = this.#shared;
    shared.checkWanted = true;
    switch (message.kind) {
      case 'resolved':
        if (message.membership === shared.self) this.#onResolved(message.entry);
        return;
      case 'changed':
        this.#parts.changes.onChanged(message);
        if (message.entry !== null) this.#parts.learning.learn(message.entry);
        return;
      case 'notice':
        return this.#parts.learning.learn(message.entry);
      case 'probe':
        this.#parts.learning.learn(message.entry);
        return this.#parts.roles.onProbe(message);
      case 'deleted':
        if (shared.status !== 'member' || message.generation !== shared.footing.generation) return;
        if (message.entry?.generation === shared.footing.generation)
          this.#parts.learning.learn(message.entry);
        else if (shared.leaving) shared.end('left', 'the last member has deleted the group');
        else shared.end('group-lost', 'the group was deleted');
        return;
      default:
        return;
    }
  }

  /** Processes here have too much unread, or no more: the leader is told, whoever it is. */
  #onPressed(pressed: boolean): void {
    if (!this.#shared.press(pressed) || this.#shared.status !== 'member') return;
    const { active, claiming } = this.#parts.roles;
    if (active !== undefined) active.leading.watchFlow();
    else if (claiming === undefined) this.#parts.following.acknowledging.atOnce();
  }

  #onInsert(from: MembershipId, address: string): void {
    const shared = this.#shared;
    shared.learnAddress(from, address);
    this.#parts.roles.onInsert(from, address);
  }

  #onTakeover(from: MembershipId, entry: Entry): void {
    const shared = this.#shared;
    if (shared.status === 'joining') {
      this.#parts.joining.onTakeover(from, entry);
      return;
    }
    this.#parts.learning.learn(entry);
    if (shared.status !== 'member' || entry.generation !== shared.footing.generation) return;
    if (!this.#parts.takeoverMember.onTakeover(from, entry)) return;
    this.#parts.roles.stepDown();
    this.#parts.isolation.waking.newLeader();
  }

  #onGone(from: MembershipId, membership: MembershipId): void {
    if (membership === this.#shared.self) {
      this.#parts.joining.onRemoved(from);
      return;
    }
    if (nodeOf(daemonOf(from)) !== nodeOf(daemonOf(membership))) return;
    if (this.#shared.status === 'joining') this.#parts.joining.onNotLeader();
    else this.#shared.markGone(membership);
  }

  /**
   * That there is no such group concerns only a joiner: the answer may be as old as our first question.
   * A member learns of the end of its generation by name.
   */
  #onResolved(entry: Entry | null): void {
    const shared = this.#shared;
    if (entry === null) {
      if (shared.status !== 'joining') return;
      shared.end(shared.leaving ? 'left' : 'unknown-group', 'there is no such group');
    } else if (shared.status === 'joining') {
      this.#parts.joining.onEntry(entry);
    } else {
      this.#parts.learning.learn(entry);
    }
  }

  #formed(entry: Entry): void {
    this.#parts.roles.form(entry);
    if (this.#shared.leaving) this.#parts.leaving.start();
  }

  #leave(): void {
    const shared = this.#shared;
    if (shared.leaving) return;
    shared.leaving = true;
    if (shared.status === 'joining') this.#parts.joining.leave();
    else this.#parts.leaving.start();
  }

  #viewInstalled(entry: Entry, position: number): void {
    const { active } = this.#parts.roles;
    if (active === undefined) this.#parts.donating.viewInstalled(entry, position);
    else active.snapshots.viewInstalled(entry, position);
    this.#parts.learning.learn(entry);
  }

  #newTerm(): void {
    this.#parts.requests.newTerm();
    this.#parts.submissions.newTerm();
    this.#shared.checkWanted = true;
  }

  #installed(entry: Entry, position: number, early: readonly Early[]): void {
    const shared = this.#shared;
    this.#parts.following.acknowledging.reset();
    this.#parts.following.acknowledging.synced(position, true);
    this.#parts.learning.learn(entry);
    if (shared.known !== undefined) this.#parts.learning.learn(shared.known);
    if (shared.status !== 'member') return;
    this.#newTerm();
    for (const { from, data } of early) this.#parts.following.onData(from, data);
  }

  /** Looks whether the list, the leader or our own leave asks for a question to the name server. */
  #check(): void {
    if (this.#shared.status !== 'member') return;
    if (this.#shared.isolated) {
      this.#parts.leaving.giveUp();
      return;
    }
    this.#parts.roles.check();
    this.#parts.claiming.check();
    this.#parts.leaving.check();
  }

  #onDeadline(): void {
    const shared = this.#shared;
    if (shared.status === 'joining') return this.#parts.joining.onDeadline();
    if (shared.isolated) {
      this.#parts.leaving.giveUp();
      this.#parts.isolation.waking.onDeadline();
      return;
    }
    this.#parts.following.onDeadline();
    this.#parts.requests.onDeadline();
    this.#parts.submissions.onDeadline();
    this.#parts.changes.onDeadline();
    this.#parts.roles.onDeadline();
    this.#parts.takeoverMember.onDeadline();
    this.#parts.donating.onDeadline();
    shared.checkWanted = true;
  }
}
