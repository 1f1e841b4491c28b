import {
  assertNever,
  type DaemonId,
  daemonOf,
  type Engine,
  type GroupName,
  type Instant,
  invariant,
  type MembershipId,
  NEVER,
  type NodeName,
} from '@group-services/core';
import type { ToNameServer } from '@group-services/wire';
import { Absence } from './absence.js';
import { Accusations } from './accusations.js';
import { Attendance } from './attendance.js';
import { Changes } from './changes.js';
import { Endings } from './endings.js';
import { Gathering } from './gathering.js';
import { Generations } from './generations.js';
import {
  DEFAULT_LIMITS,
  type NameServerInput,
  type NameServerLimits,
  type NameServerOptions,
  type NameServerOutput,
} from './inputs.js';
import type { NameServerInspection } from './inspection.js';
import { Lookups } from './lookups.js';
import { Newcomers } from './newcomers.js';
import { NodeList } from './node-list.js';
import { Operators } from './operators.js';
import { Outbox } from './outbox.js';
import { speaksForAnother } from './own-words.js';
import { Reading } from './reading.js';
import { RecoveryWindow } from './recovery-window.js';
import { Registrar } from './registrar.js';
import { type Renewal, recoveringReply, renewedReplies } from './replies.js';
import { Roster } from './roster.js';
import type { Silence } from './silence.js';
import {
  answerMsOf,
  asksTheTable,
  checked,
  DAY_MS,
  durabilityOf,
  makeSilence,
  windowAtStart,
  windowMsOf,
} from './starting.js';
import { daemonOfNode, Table } from './table.js';

/**
 * The configuration master of a domain (`internal-layer.md` §2, M4): which entry of a processor
 * group is current.
 *
 * It is asked when a group is formed and when the processors of a group change, never per message.
 * With a restored table each change is given out as `persist` before it is answered, and a restart
 * changes nothing. A start whose table may be missing something opens the recovery window.
 */
export class NameServerEngine implements Engine<NameServerInput, NameServerOutput> {
  readonly #options: NameServerOptions;
  readonly #limits: NameServerLimits;
  readonly #table: Table;
  readonly #reading = new Reading();
  readonly #roster: Roster;
  readonly #outbox: Outbox;
  readonly #generations: Generations;
  readonly #silence: Silence;
  readonly #lookups: Lookups;
  readonly #changes: Changes;
  readonly #endings: Endings;
  readonly #attendance: Attendance;
  readonly #newcomers: Newcomers;
  readonly #accusations: Accusations;
  readonly #window: RecoveryWindow;
  readonly #operators: Operators;
  readonly #nodeList: NodeList;
  /** When daemons that are away are looked after next. */
  #tidyAt: Instant = Number.NEGATIVE_INFINITY;
  readonly #registrar: Registrar;
  readonly #gathering: Gathering;
  /** The instant of the first step; nothing is timed before it. */
  #startedAt: Instant | undefined;
  #now: Instant = Number.NEGATIVE_INFINITY;

  constructor(options: NameServerOptions) {
    this.#options = checked(options);
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#table = options.restored ?? new Table();
    invariant(options.epoch > this.#table.epoch, 'each start on a table has a later epoch');
    this.#roster = new Roster(options.leaseMs, this.#reading);
    this.#outbox = new Outbox(this.#table, this.#roster, durabilityOf(options));
    this.#gathering = new Gathering(this.#limits);
    this.#generations = new Generations(this.#table, options.epoch);
    const common = { table: this.#table, roster: this.#roster, outbox: this.#outbox };
    this.#accusations = new Accusations(common);
    this.#silence = makeSilence(options, this.#roster, this.#table);
    const absence = new Absence({
      ...common,
      isOver: (group, id) => this.#lookups.isOver(group, id),
    });
    this.#endings = new Endings({
      ...common,
      groupsMax: this.#limits.groups,
      over: (group) => this.#lookups.answerWaiting(group),
    });
    this.#lookups = new Lookups({
      ...common,
      generations: this.#generations,
      endings: this.#endings,
      groupsMax: this.#limits.groups,
      waitingMax: this.#limits.waitingLookups,
      isSilent: (daemon) => this.#silence.isSilent(daemon, this.#now),
      membersEnded: (group) => this.#changes.membersEnded(group),
      groupGone: (group) => this.#changes.groupChanged(group),
      absentNodes: (entry) => absence.asked(entry, this.#now),
    });
    this.#changes = new Changes({
      ...common,
      endings: this.#endings,
      epoch: options.epoch,
      leaseMs: options.leaseMs,
      silence: this.#silence,
      leaderRecovery: options.leaderRecovery ?? 'announced',
      probeTimeoutMs: options.probeTimeoutMs ?? options.leaseMs / 3,
      pendingMax: this.#limits.pendingClaims,
      isActive: (group, membership) => this.#isActive(group, membership),
      hasEnded: (group, membership) => this.#lookups.hasEnded(group, membership),
      trustUnknownUntil: () => (this.#startedAt ?? 0) + options.leaseMs,
      accepted: (group) => this.#lookups.startAnewWithoutState(group),
    });
    this.#newcomers = new Newcomers({ ...common, answerMs: answerMsOf(options) });
    this.#attendance = new Attendance({
      ...common,
      connectionOver: (daemon) => this.#newcomers.holderGone(daemon),
      lookups: this.#lookups,
      changes: this.#changes,
      endings: this.#endings,
      silence: this.#silence,
      leaseMs: options.leaseMs,
      nodesMax: this.#limits.nodes,
      unlistAfterMs: options.unlistAfterMs ?? DAY_MS,
    });
    this.#window = new RecoveryWindow(windowMsOf(options), windowAtStart(this.#table, options));
    this.#nodeList = new NodeList({ ...common, epoch: options.epoch, leaseMs: options.leaseMs });
    this.#operators = new Operators({
      ...common,
      window: this.#window,
      absence,
      changes: this.#changes,
      attendance: this.#attendance,
      pieceBytes: this.#limits.pieceBytes,
      accusations: this.#accusations,
    });
    this.#registrar = this.#makeRegistrar();
  }

  #makeRegistrar(): Registrar {
    const { epoch, store } = this.#options;
    return new Registrar({
      epoch,
      store,
      groupsMax: this.#limits.groups,
      table: this.#table,
      roster: this.#roster,
      outbox: this.#outbox,
      generations: this.#generations,
      lookups: this.#lookups,
      changes: this.#changes,
      endings: this.#endings,
      attendance: this.#attendance,
      window: this.#window,
    });
  }

  step(input: NameServerInput, now: Instant): readonly NameServerOutput[] {
    invariant(now >= this.#now, 'time does not run backwards');
    this.#now = now;
    if (input.kind === 'deadlineReached') this.#reading.note(input, now);
    if (this.#startedAt === undefined) this.#start(now);
    this.#silence.step(now);
    this.#window.start(now);
    this.#nodeList.start(now);
    switch (input.kind) {
      case 'knocked':
        this.#newcomers.onKnock(input, now);
        break;
      case 'connected':
        this.#newcomers.holderBack(input.daemon);
        this.#gathering.forget(input.daemon);
        this.#accusations.forget(input.daemon);
        this.#nodeList.forget(input.daemon);
        this.#attendance.onConnected(input, now);
        this.#nodeList.changed();
        break;
      case 'disconnected':
        this.#gathering.forget(input.daemon);
        this.#accusations.forget(input.daemon);
        this.#attendance.onDisconnected(input.daemon);
        if (!this.#roster.isConnected(input.daemon)) this.#nodeList.forget(input.daemon);
        break;
      case 'received':
        if (this.#roster.isConnected(input.from)) this.#onPiece(input.from, input.message);
        break;
      case 'deadlineReached':
        this.#onDeadline();
        break;
      default:
        assertNever(input);
    }
    this.#nodeList.settle(now);
    return this.#outbox.take();
  }

  deadline(): Instant {
    const decides = Math.min(this.#changes.deadline(), this.#endings.deadline());
    return Math.min(
      this.#window.deadline(),
      this.#window.isOpen ? NEVER : decides,
      this.#silence.deadline(),
      this.#newcomers.deadline(),
      this.#nodeList.deadline(),
    );
  }

  /** The highest incarnation seen of a node; 0 when none was. A lower one is refused at the door. */
  incarnationOf(node: NodeName): number {
    return this.#attendance.latestOf(node);
  }

  /** Why a daemon of a lower incarnation is refused, for people. */
  supersededText(node: NodeName): string {
    return this.#attendance.supersededText(node);
  }

  /** The recovery window is over: everything is answered. */
  get isReady(): boolean {
    return !this.#window.isOpen;
  }

  inspect(now: Instant): NameServerInspection {
    const left = (until: Instant): number => Math.max(0, Math.round(until - now));
    return {
      domain: this.#options.domain,
      epoch: this.#options.epoch,
      store: this.#options.store,
      leaseMs: this.#options.leaseMs,
      isolation: this.#options.isolation ?? 'continue',
      leaderRecovery: this.#options.leaderRecovery ?? 'announced',
      recoveringForMs: this.#window.isOpen ? left(this.#window.deadline()) : null,
      generation: this.#table.generation,
      groups: [...this.#table.groups()].map(({ entry }) => entry),
      nodes: this.#table.presentNodes().map((stored) => {
        const daemon = daemonOfNode(stored);
        return {
          ...stored,
          connected: this.#roster.isConnected(daemon),
          alive: this.#roster.standing(daemon, now) === 'fresh',
          stopped: this.#roster.hasStopped(daemon),
          leaseForMs: left(this.#roster.leaseUntil(daemon) ?? now),
          groups: this.#table.groupsOf(stored.node).length,
        };
      }),
      changes: this.#outbox.changes,
      pendingClaims: this.#changes.pendingCount,
      waitingLookups: this.#lookups.waitingCount,
    };
  }

  /** Every start is noted before anything else, so that no two have the same epoch. */
  #start(now: Instant): void {
    this.#startedAt = now;
    this.#outbox.commit({ kind: 'start', epoch: this.#options.epoch });
    if (this.#options.fresh === true) this.#outbox.commit({ kind: 'settled' });
    else if (this.#window.isOpen) {
      const why = this.#table.standing === 'new' ? 'the table is new' : 'the table may be old';
      this.#outbox.info('recovery-window-opened', { why, groups: this.#table.groupCount });
    }
  }

  /** Connected, its lease fresh, and not known to be over. */
  #isActive(group: GroupName, membership: MembershipId): boolean {
    const daemon = daemonOf(membership);
    if (!this.#roster.isConnected(daemon) || this.#lookups.hasEnded(group, membership))
      return false;
    return this.#roster.standing(daemon, this.#now) === 'fresh';
  }

  /** What comes in pieces is looked at when it is whole; who says too much, or half, is turned away. */
  #onPiece(from: DaemonId, piece: ToNameServer): void {
    const gathered = this.#gathering.add(from, piece);
    if (gathered.kind === 'whole') return this.#onReceived(from, gathered.message);
    if (gathered.kind === 'waits') return;
    this.#gathering.forget(from);
    this.#attendance.turnAway(from, gathered.code, gathered.text);
  }

  #onReceived(from: DaemonId, message: ToNameServer): void {
    if (speaksForAnother(from, message)) {
      this.#attendance.misbehaved(from, `${message.kind} for a membership of another daemon`);
      return;
    }
    if (asksTheTable(message)) this.#registrar.believe();
    switch (message.kind) {
      case 'register':
        this.#registrar.register(from, message, this.#now);
        break;
      case 'renew':
      case 'renew-digest':
        this.#onRenew(from, message);
        break;
      case 'resolve':
        if (!this.#roster.acceptLookup(from, message.number)) break;
        if (this.#window.isOpen) this.#lookups.wait(from, message);
        else this.#lookups.answer(from, message);
        break;
      case 'change':
        if (this.#window.isOpen) this.#changes.refuse(from, message, 'recovering');
        else this.#changes.onChange(from, message, this.#now);
        break;
      case 'full':
        this.#changes.onFull(message);
        break;
      case 'delete':
        if (!this.#window.isOpen) this.#changes.onDelete(from, message);
        break;
      case 'disown':
        this.#onDisown(message);
        break;
      case 'probed':
        this.#changes.onProbed(from, message);
        break;
      case 'list':
      case 'describe':
      case 'reset':
      case 'forget':
        this.#operators.onQuestion(from, message, this.#now);
        break;
      case 'not-reached':
        this.#accusations.say(from, message);
        break;
      case 'name-held':
        this.#newcomers.onHeld(from, message);
        break;
      case 'unregister':
        this.#roster.end(from);
        this.#window.withdraw(from);
        this.#endings.daemonOver(from);
        this.#nodeList.changed();
        this.#outbox.info('daemon-unregistered', { daemon: from });
        break;
      case 'watch-nodes':
        this.#nodeList.watch(from, message.number);
        break;
      default:
        assertNever(message);
    }
  }

  /** While the window is open nothing can be said of the groups: the reply renews the lease alone. */
  #onRenew(from: DaemonId, renewal: Renewal): void {
    // A digest that says of a generation what cannot be is that of no table.
    const named = renewal.kind === 'renew' ? renewal.holdings : [];
    if (!this.#registrar.hearGenerations(from, named)) return;
    this.#roster.renew(from, this.#now);
    this.#nodeList.heard(from);
    const replies = this.#window.isOpen
      ? [recoveringReply(renewal.number)]
      : renewedReplies(this.#table, from, renewal, this.#limits.pieceBytes);
    for (const reply of replies) this.#outbox.send(from, reply);
    for (const start of renewal.starts ?? []) this.#attendance.hearStart(from, start);
  }

  /** In the window it is too early: the entry is not back, and will be disowned again if it comes. */
  #onDisown(message: Extract<ToNameServer, { readonly kind: 'disown' }>): void {
    const { group, generation, membership } = message;
    if (this.#window.isOpen) return;
    this.#endings.confirmed(group, membership);
    if (this.#table.group(group)?.entry.generation !== generation) return;
    this.#lookups.onEnded(group, membership);
  }

  #onDeadline(): void {
    this.#newcomers.onDeadline(this.#now);
    if (this.#window.isOpen && this.#window.deadline() <= this.#now) {
      this.#registrar.closeWindow(this.#now);
    }
    // In the window the table is no word on anything, and nothing is decided by it.
    if (this.#window.isOpen) return;
    if (this.#now >= (this.#startedAt ?? 0) + this.#options.leaseMs) this.#registrar.believe();
    this.#changes.onDeadline(this.#now);
    this.#endings.onDeadline(this.#now);
    if (this.#now < this.#tidyAt) return;
    this.#attendance.tidy(this.#now);
    this.#tidyAt = this.#now + this.#options.leaseMs;
  }
}
