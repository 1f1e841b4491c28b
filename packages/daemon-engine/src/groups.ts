import {
  type DaemonId,
  daemonOf,
  type GroupName,
  type Instant,
  type MembershipId,
  NEVER,
} from '@group-services/core';
import type { Entry, FromNameServer, GroupEnvelope, ToNameServer } from '@group-services/wire';
import { GroupSession, type SessionPorts } from './group-session.js';
import type { Peers } from './peers.js';
import { SeenGenerations } from './seen-generations.js';
import type { Shared } from './shared.js';

type Registration = Extract<ToNameServer, { readonly kind: 'register' }>['holdings'][number];
type Renewed = Extract<FromNameServer, { readonly kind: 'renewed' }>;

/** What the set of groups needs of the daemon around it. */
export interface GroupPorts {
  readonly peers: Peers;
  readonly session: Omit<SessionPorts, 'changed' | 'peers'>;
}

/**
 * The groups of this daemon: opens and closes their sessions, finds the one that a message is for, and
 * keeps the set of watched daemons equal to the members of all their lists.
 */
export class Groups {
  readonly #shared: Shared;
  readonly #ports: GroupPorts;
  readonly #sessions = new Map<GroupName, GroupSession>();
  /** A generation belongs to one group. */
  readonly #byGeneration = new Map<number, GroupSession>();
  readonly #seen = new SeenGenerations();
  #listsChanged = false;

  constructor(shared: Shared, ports: GroupPorts) {
    this.#shared = shared;
    this.#ports = ports;
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
    const session = new GroupSession(group, this.#shared, {
      ...this.#ports.session,
      peers: this.#ports.peers,
      changed: () => {
        this.#listsChanged = true;
        if (session.metagroup?.status === 'member') this.#seen.note(group, session.generation);
      },
    });
    this.#sessions.set(group, session);
    return session;
  }

  // ---------------------------------------------------------------- inputs

  /** Gives a message to the membership it is addressed to; one that is not here any more is told so. */
  received(envelope: GroupEnvelope): void {
    const { generation, from, to, message } = envelope;
    const session = this.#byGeneration.get(generation) ?? this.#find(generation);
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
    if (this.#isPresent(to)) return;
    if (message.kind === 'gone' || message.kind === 'not-leader' || message.kind === 'stale')
      return;
    const gone = { kind: 'gone' as const, membership: to };
    if (message.kind === 'insert') this.#ports.peers.learnAddress(daemonOf(from), message.address);
    this.#ports.peers.send(daemonOf(from), {
      kind: 'group',
      envelope: { generation, from: to, to: from, message: gone },
    });
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

  suspected(daemon: DaemonId): void {
    for (const session of this.all()) session.tellMetagroup({ kind: 'suspected', daemon });
  }

  alive(daemon: DaemonId): void {
    for (const session of this.all()) session.tellMetagroup({ kind: 'alive', daemon });
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

  // ---------------------------------------------------------------- end of a step

  /** Closes what is over and renews the look-up tables; called at the end of every step. */
  settle(): void {
    for (let round = 0; this.#listsChanged && round < 100; round += 1) {
      this.#listsChanged = false;
      this.#renewTables();
    }
  }

  /** Sessions end with a deadline or a client; looked at then. */
  closeOver(): void {
    for (const [group, session] of this.#sessions) {
      if (!session.over) continue;
      this.#sessions.delete(group);
      this.#listsChanged = true;
    }
  }

  #renewTables(): void {
    this.#byGeneration.clear();
    const watched = new Map<DaemonId, string>();
    for (const session of this.#sessions.values()) {
      if (session.generation > 0) this.#byGeneration.set(session.generation, session);
      for (const member of session.metagroup?.entry?.members ?? []) {
        const daemon = daemonOf(member.id);
        if (daemon !== this.#shared.self) watched.set(daemon, member.address);
      }
    }
    this.#ports.peers.watch(watched);
  }

  /** Whether a membership of this daemon exists; join numbers are never used twice. */
  #isPresent(membership: MembershipId): boolean {
    for (const session of this.#sessions.values()) if (session.isCurrent(membership)) return true;
    return false;
  }

  #find(generation: number): GroupSession | undefined {
    for (const session of this.#sessions.values()) {
      if (session.generation === generation) return session;
    }
    return undefined;
  }

  deadline(): Instant {
    let earliest: Instant = NEVER;
    for (const session of this.#sessions.values())
      earliest = Math.min(earliest, session.deadline());
    return earliest;
  }

  onDeadline(): void {
    for (const session of this.all()) session.onDeadline();
  }
}
