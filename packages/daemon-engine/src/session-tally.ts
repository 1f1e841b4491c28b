import {
  type DaemonId,
  daemonOf,
  type Instant,
  type MembershipId,
  nodeOf,
} from '@group-services/core';
import type { MetagroupOutput } from '@group-services/metagroup';
import type { Entry } from '@group-services/wire';
import type { GroupLog } from './group-log.js';
import type { ViewCause } from './news.js';
import type { Shared } from './shared.js';

/**
 * Reads off the internal layer's outputs what one group adds to the {@link DaemonTally}, and for how long
 * its flow was closed and it was pressed while this daemon led it.
 */
export class SessionTally {
  readonly #shared: Shared;
  readonly #log: GroupLog;
  readonly #closed = new Stopwatch();
  readonly #pressed = new Stopwatch();
  /** Of the view before. */
  #entry: Entry | undefined;
  #leader: MembershipId | undefined;
  /**
   * Suspected and still in the list. When the view without them comes they may be watched no more, and then
   * nobody else knows.
   */
  readonly #lost = new Set<DaemonId>();
  /** When the leader was suspected. */
  #lostAt: Instant | undefined;

  constructor(shared: Shared, log: GroupLog) {
    this.#shared = shared;
    this.#log = log;
  }

  get flowClosedMs(): number {
    return this.#closed.total(this.#shared.now);
  }

  get pressedMs(): number {
    return this.#pressed.total(this.#shared.now);
  }

  suspected(daemon: DaemonId): void {
    this.#lost.add(daemon);
    if (this.#leader === undefined || daemonOf(this.#leader) !== daemon) return;
    this.#lostAt ??= this.#shared.now;
  }

  alive(daemon: DaemonId): void {
    this.#lost.delete(daemon);
  }

  put(output: MetagroupOutput, self: MembershipId | undefined): void {
    const { now } = this.#shared;
    switch (output.kind) {
      case 'flow':
        return this.#closed.turn(!output.open, now);
      case 'pressure':
        return this.#pressed.turn(output.pressed, now);
      case 'leading':
        this.#restart(now);
        if (this.#leader !== undefined && this.#leader !== self) this.#takenOver(now);
        this.#leader = self;
        return;
      case 'following':
        return this.#restart(now);
      case 'view':
        return this.#view(output.entry, self);
      case 'ended':
        this.#restart(now);
        this.#entry = undefined;
        this.#leader = undefined;
        this.#lostAt = undefined;
        this.#lost.clear();
        return;
      default:
        return;
    }
  }

  #restart(now: Instant): void {
    this.#closed.turn(false, now);
    this.#pressed.turn(false, now);
  }

  #takenOver(now: Instant): void {
    const { tally, leaderRecovery } = this.#shared;
    const recovery = this.#lostAt === undefined ? 'handover' : leaderRecovery;
    tally.takeovers.add(1, recovery);
    tally.takeoverMs.add(now - (this.#lostAt ?? now), recovery);
    this.#lostAt = undefined;
  }

  #view(entry: Entry, self: MembershipId | undefined): void {
    const cause = this.#causeOf(entry);
    if (entry.leader === self) this.#shared.tally.views.add(1, cause);
    this.#note(entry, cause);
    this.#log.view(entry, cause, self);
    if (entry.leader !== this.#leader) this.#lostAt = undefined;
    const listed = new Set(entry.members.map(({ id }) => daemonOf(id)));
    for (const daemon of this.#lost) if (!listed.has(daemon)) this.#lost.delete(daemon);
    this.#entry = entry;
    this.#leader = entry.leader;
  }

  #note({ group, version, members, leader }: Entry, cause: ViewCause): void {
    const { options, now } = this.#shared;
    const nodes = members.map(({ id }) => nodeOf(daemonOf(id)));
    const node = nodeOf(daemonOf(leader));
    const news = { kind: 'view', group, cause, version, nodes, leader: node } as const;
    options.journal?.add(news, now, 1 + nodes.length);
  }

  #causeOf(entry: Entry): ViewCause {
    const before = this.#entry;
    if (before !== undefined && before.leader !== entry.leader) return 'takeover';
    const left = (before?.members ?? []).filter(
      ({ id }) => !entry.members.some((member) => member.id === id),
    );
    if (left.length === 0) return 'join';
    return left.some(({ id }) => this.#lost.has(daemonOf(id))) ? 'failure' : 'leave';
  }
}

/** For how long something was so. */
class Stopwatch {
  #sumMs = 0;
  #since: Instant | undefined;

  turn(on: boolean, now: Instant): void {
    if (on) {
      this.#since ??= now;
      return;
    }
    this.#sumMs = this.total(now);
    this.#since = undefined;
  }

  total(now: Instant): number {
    return this.#sumMs + (this.#since === undefined ? 0 : now - this.#since);
  }
}
