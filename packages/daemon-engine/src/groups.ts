import {
  type DaemonId,
  daemonOf,
  type GroupName,
  type Instant,
  joinNoOf,
} from '@group-services/core';
import type { Answering, Surroundings } from '@group-services/metagroup';
import type { Entry, FromNameServer, GroupEnvelope, ToNameServer } from '@group-services/wire';
import { Agenda } from './agenda.js';
import { AnswerTimes } from './answer-times.js';
import { GroupSession } from './group-session.js';
import { Pace } from './pace.js';
import type { Peers } from './peers.js';
import { SeenGenerations } from './seen-generations.js';
import type { SessionPorts } from './session-ports.js';
import { SessionTables } from './session-tables.js';
import type { Shared } from './shared.js';
import { Sources } from './sources.js';

/**
 * The groups of this daemon: opens and closes their sessions, finds the one that a message is for, and
 * keeps the set of watched daemons equal to the members of all their lists.
 */
export class Groups {
  readonly #shared: Shared;
  readonly #ports: GroupPorts;
  readonly #sessions = new Map<GroupName, GroupSession>();
  readonly #tables = new SessionTables();
  readonly #agenda = new Agenda<GroupSession>();
  /** Told something since it was last looked who is over. */
  readonly #touched = new Set<GroupSession>();
  /** Told something in this step. */
  #stepped: GroupSession[] = [];
  readonly #pace: Pace<GroupSession>;
  readonly #seen = new SeenGenerations();
  readonly #sources = new Sources((group) => this.#sessions.get(group));
  readonly #surroundings: Surroundings;
  readonly #answerTimes = { members: new AnswerTimes(), nameServer: new AnswerTimes() };
  /** When these watched daemons were heard to take over a group. */
  readonly #takingOverAt = new Map<DaemonId, Instant>();

  constructor(shared: Shared, ports: GroupPorts) {
    this.#shared = shared;
    this.#ports = ports;
    const { busyGroupsMax: atOnceMax, suspectAfterMs } = shared.options;
    this.#pace = new Pace({ atOnceMax, patienceMs: 4 * suspectAfterMs });
    this.#surroundings = {
      answersTakeMs: (whom) => this.#answersTakeMs(whom),
      answered: (whom, tookMs) => this.#answerTimes[whom].note(tookMs, shared.now),
      takingOverAt: (daemon) => this.#takingOverAt.get(daemon) ?? Number.NEGATIVE_INFINITY,
    };
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(group: GroupName): GroupSession | undefined {
    return this.#sessions.get(group);
  }

  all(): readonly GroupSession[] {
    return [...this.#sessions.values()];
  }

  open(group: GroupName): GroupSession {
    const known = this.#sessions.get(group);
    if (known !== undefined) return known;
    const session: GroupSession = new GroupSession(group, this.#shared, {
      ...this.#ports.session,
      peers: this.#ports.peers,
      surroundings: this.#surroundings,
      touched: () => {
        this.#agenda.touch(session);
        this.#touched.add(session);
        this.#stepped.push(session);
      },
      behind: (awaited) => this.#sources.behind(awaited),
      paced: (begin) => this.#pace.begin(session, begin, this.#shared.now),
      numbered: (before) => this.#tables.numbered(session, before),
      lookUpEvery: () => Math.min(LOOK_UP_SELDOM, 1 + Math.floor(this.size / MANY_GROUPS)),
      changed: () => {
        this.#tables.changed(session, this.#shared.self);
        if (session.metagroup?.status === 'member') this.#seen.note(group, session.generation);
      },
    });
    this.#sessions.set(group, session);
    return session;
  }

  /** Gives a message to the membership it is addressed to; one that is not here any more is told so. */
  received(envelope: GroupEnvelope): void {
    const { generation, from, to, message } = envelope;
    if (message.kind === 'takeover') this.#noteTakeover(daemonOf(from));
    const session = this.#tables.ofGeneration(generation);
    if (to === undefined) {
      // Meant for a full member, which who joins is not; that it is gone is said when asked by name.
      if (session?.metagroup?.status === 'member') session.received(from, message);
      return;
    }
    if (session?.isCurrent(to) === true) {
      session.received(from, message);
      return;
    }
    // Here, but it has not heard of this generation yet, or of a newer one already: not gone.
    if (this.#tables.ofJoinNo(joinNoOf(to))?.isCurrent(to) === true) return;
    if (message.kind === 'gone' || message.kind === 'not-leader' || message.kind === 'stale')
      return;
    const gone = { kind: 'gone' as const, membership: to };
    if (message.kind === 'insert') this.#ports.peers.learnAddress(daemonOf(from), message.address);
    this.#ports.peers.send(daemonOf(from), {
      kind: 'group',
      envelope: { generation, from: to, to: from, message: gone },
    });
  }

  /** While more groups wait than may be under way it is known beforehand that answers are late. */
  #answersTakeMs(whom: Answering): number {
    const { retryMs } = this.#shared.options;
    const busyMs = this.#pace.waitingCount > 0 ? BUSY_RETRIES * retryMs : 0;
    const tookMs = 2 * this.#answerTimes[whom].leastMs(this.#shared.now);
    return Math.min(Math.max(tookMs, busyMs), WAIT_RETRIES * retryMs);
  }

  #noteTakeover(daemon: DaemonId): void {
    if (this.#ports.peers.isWatched(daemon)) this.#takingOverAt.set(daemon, this.#shared.now);
  }

  onNameServer(message: FromNameServer): void {
    switch (message.kind) {
      case 'renewed':
        return this.#onRenewed(message);
      case 'resolved': {
        const session = this.#sessions.get(message.group);
        session?.noteResolved(message);
        session?.tellMetagroup({ kind: 'fromNameServer', message });
        return;
      }
      case 'formed':
        this.#sessions.get(message.group)?.tellProcessGroup({ kind: 'formed' });
        return;
      case 'changed':
      case 'probe':
      case 'deleted':
        this.#sessions.get(message.group)?.tellMetagroup({ kind: 'fromNameServer', message });
        return;
      case 'notice':
        this.#sessions.get(message.entry.group)?.tellMetagroup({ kind: 'fromNameServer', message });
        return;
      default:
        return;
    }
  }

  #onRenewed(renewed: Renewed): void {
    for (const entry of renewed.entries) {
      const message = { kind: 'notice' as const, entry };
      const session = this.#sessions.get(entry.group);
      if (session?.metagroup !== undefined) {
        session.tellMetagroup({ kind: 'fromNameServer', message });
      } else {
        this.#disown(entry);
      }
    }
    for (const { group, generation } of renewed.gone) {
      const session = this.#sessions.get(group);
      if (session?.generation === generation) session.tellMetagroup({ kind: 'generationGone' });
    }
  }

  /**
   * An entry that lists a membership of this daemon that is over: it left while nobody could confirm
   * it. When all its full members are over, the name server gives the group up.
   */
  #disown(entry: Entry): void {
    const own = entry.members.find((member) => daemonOf(member.id) === this.#shared.self);
    if (own === undefined) return;
    const { group, generation } = entry;
    this.#ports.session.nameServer.ask({ kind: 'disown', group, generation, membership: own.id });
  }

  /** The groups that it is in have something to do now, one after the other. */
  suspected(daemon: DaemonId): void {
    for (const session of this.all()) {
      if (session.lists(daemon)) {
        this.#pace.begin(session, () => this.#tellOf(daemon, session), this.#shared.now);
      } else {
        session.tellMetagroup({ kind: 'suspected', daemon });
      }
    }
  }

  /** When it is this group's turn the daemon may have been heard again. */
  #tellOf(daemon: DaemonId, session: GroupSession): void {
    const kind = this.#ports.peers.isSuspected(daemon) ? 'suspected' : 'alive';
    session.tellMetagroup({ kind, daemon });
  }

  alive(daemon: DaemonId): void {
    for (const session of this.all()) session.tellMetagroup({ kind: 'alive', daemon });
  }

  /** Others are drained now, or this daemon is, or no more. */
  drained(): void {
    const tell = (session: GroupSession): void => {
      session.tellMetagroup({ kind: 'drained', daemons: this.#ports.peers.drained() });
    };
    for (const session of this.all()) {
      const leads = session.metagroup?.role === 'leader';
      if (leads) this.#pace.begin(session, () => tell(session), this.#shared.now);
      else tell(session);
    }
  }

  /** Generations that we have been in, where no holding tells of them. */
  seen(): { group: GroupName; generation: number }[] {
    const held = new Map(this.holdings().map(({ group, generation }) => [group, generation]));
    return this.#seen.list((group, generation) => (held.get(group) ?? 0) >= generation);
  }

  holdings(): Registration[] {
    const holdings: Registration[] = [];
    for (const session of this.#sessions.values()) {
      const holding = session.metagroup?.holding();
      if (holding !== undefined) holdings.push(holding);
    }
    return holdings;
  }

  /** Watches the daemons that are in any list; called at the end of every step. */
  settle(): void {
    // What depends on others is told of them, and is looked at in its turn.
    for (const session of this.#stepped) {
      this.#pace.look(session);
      this.#sources.look(session);
    }
    this.#stepped = [];
    for (let round = 0; this.#tables.hasNewDaemons && round < 100; round += 1) {
      this.#ports.peers.watch(this.#tables.takeDaemons());
      for (const daemon of this.#takingOverAt.keys()) {
        if (!this.#ports.peers.isWatched(daemon)) this.#takingOverAt.delete(daemon);
      }
    }
  }

  /** Sessions end with a deadline or a client; looked at then. */
  closeOver(): void {
    for (const session of this.#touched) {
      if (!session.isOver) continue;
      this.#sessions.delete(session.group);
      this.#tables.forget(session);
      this.#agenda.forget(session);
      this.#sources.forget(session);
    }
    this.#touched.clear();
  }

  deadline(): Instant {
    return Math.min(this.#agenda.next(), this.#pace.deadline(this.#shared.now));
  }

  onDeadline(): void {
    this.#pace.onDeadline(this.#shared.now);
    // In an order that does not depend on how the agenda keeps them.
    const due = this.#agenda.takeDue(this.#shared.now);
    for (const session of due.sort((a, b) => a.ordinal - b.ordinal)) {
      this.#agenda.touch(session);
      session.onDeadline();
    }
  }
}

type Registration = Extract<ToNameServer, { readonly kind: 'register' }>['holdings'][number];
type Renewed = Extract<FromNameServer, { readonly kind: 'renewed' }>;

/**
 * A group that a subscription waits for is looked up once in every retry time while this daemon has
 * fewer than `MANY_GROUPS`, as the name server is asked for each of them. With every further
 * `MANY_GROUPS` it is once in one retry time more, up to `LOOK_UP_SELDOM` of them.
 */
const LOOK_UP_SELDOM = 4;
const MANY_GROUPS = 64;
/** However long answers take: what may be lost is asked for again after so many retry times. */
const WAIT_RETRIES = 8;
/** That long while many groups wait for their turn. */
const BUSY_RETRIES = 4;

/** What the set of groups needs of the daemon around it. */
export interface GroupPorts {
  readonly peers: Peers;
  readonly session: Omit<
    SessionPorts,
    | 'behind'
    | 'changed'
    | 'lookUpEvery'
    | 'numbered'
    | 'paced'
    | 'peers'
    | 'surroundings'
    | 'touched'
  >;
}
