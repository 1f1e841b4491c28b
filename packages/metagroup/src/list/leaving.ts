import { type Instant, NEVER } from '@group-services/core';
import type { Shared } from '../shared.js';
import type { Leading } from '../stream/leading.js';
import type { Changes } from './changes.js';
import type { LeaderDuties } from './leader-duties.js';
import { successorAmong } from './succession.js';

/**
 * Leaving a processor group in order (`internal-layer.md` §6).
 *
 * A member says LEAVE to the leader until an accepted list, learned from the stream or from the name
 * server, is without it. A leader lets the stream quiesce, then asks for the list without itself and
 * led by the oldest full member, who takes over as always; HANDOVER tells that one sooner. The last
 * member deletes the entry, unless somebody is joining. `leaveTimeoutMs` ends all of it: whoever has
 * not been let go by then is removed as failed.
 */
export class Leaving {
  readonly #shared: Shared;
  readonly #ports: LeavingPorts;
  #giveUpAt: Instant = NEVER;
  #retryAt: Instant = NEVER;
  #deleteAt: Instant = Number.NEGATIVE_INFINITY;
  /** From then on a leader hands over although some member lags. */
  #hurryAt: Instant = NEVER;

  constructor(shared: Shared, ports: LeavingPorts) {
    this.#shared = shared;
    this.#ports = ports;
  }

  /** Called once, as soon as a member is to leave. */
  start(): void {
    const shared = this.#shared;
    shared.leaving = true;
    this.#giveUpAt = shared.now + shared.options.leaveTimeoutMs;
    this.#hurryAt = shared.now + shared.options.leaveTimeoutMs / 2;
    this.#retryAt = shared.now;
    this.#ports.leading()?.leading.quiesce();
  }

  /** The end of the patience; holds in isolation, too, where nobody can confirm anything. */
  get giveUpAt(): Instant {
    return this.#giveUpAt;
  }

  giveUp(): void {
    if (this.#shared.now >= this.#giveUpAt)
      this.#shared.end('left', 'nobody confirmed the leave in time');
  }

  /** Called at the end of every step. */
  check(): void {
    const shared = this.#shared;
    if (!shared.leaving || shared.status !== 'member') return;
    this.giveUp();
    if (shared.now >= this.#giveUpAt) return;
    const role = this.#ports.leading();
    if (role !== undefined) this.#leaveAsLeader(role.leading, role.duties);
    else if (
      shared.now >= this.#retryAt &&
      shared.footing.leader !== undefined &&
      shared.footing.leader !== shared.self
    ) {
      this.#retryAt = shared.now + shared.options.retryMs;
      shared.send(shared.footing.leader, { kind: 'leave' });
    }
  }

  #leaveAsLeader(leading: Leading, duties: LeaderDuties): void {
    const shared = this.#shared;
    const members = duties.next();
    if (leading.entry.members.length === 1 && members.length === 1) {
      this.#delete(leading);
      return;
    }
    if (!this.#ports.changes.isIdle) return;
    const others = members.filter((member) => member.id !== shared.self);
    const successor = successorAmong(others, shared);
    const quiet = leading.isQuiesced || shared.now >= this.#hurryAt;
    if (successor !== undefined) {
      if (!quiet) return;
      shared.branch('handover');
      this.#ports.changes.ask({
        entry: leading.entry,
        leader: successor.id,
        members: others,
        takeover: true,
      });
    } else if (
      members.some((member) => !leading.entry.members.some((old) => old.id === member.id))
    ) {
      // Somebody is joining: it becomes full first, then it can take over.
      this.#ports.changes.ask({
        entry: leading.entry,
        leader: shared.self,
        members,
        takeover: false,
      });
    } else if (others.length < leading.entry.members.length - 1) {
      this.#ports.changes.ask({
        entry: leading.entry,
        leader: shared.self,
        members,
        takeover: false,
      });
    }
  }

  #delete(leading: Leading): void {
    const shared = this.#shared;
    if (shared.now < this.#deleteAt) return;
    this.#deleteAt = shared.now + shared.options.retryMs;
    shared.branch('delete');
    shared.askNameServer({
      kind: 'delete',
      group: shared.options.group,
      generation: shared.footing.generation,
      version: leading.entry.version,
      membership: shared.self,
    });
  }

  deadline(): Instant {
    const shared = this.#shared;
    if (!shared.leaving || shared.status !== 'member') return NEVER;
    let earliest = this.#giveUpAt;
    if (this.#hurryAt > shared.now) earliest = Math.min(earliest, this.#hurryAt);
    if (this.#retryAt > shared.now) earliest = Math.min(earliest, this.#retryAt);
    if (this.#deleteAt > shared.now) earliest = Math.min(earliest, this.#deleteAt);
    const notBefore = this.#ports.changes.notBefore;
    if (notBefore > shared.now && notBefore !== NEVER) earliest = Math.min(earliest, notBefore);
    return earliest;
  }
}

/** The roles that leaving depends on, as they are at the moment. */
export interface LeavingPorts {
  readonly leading: () => { readonly leading: Leading; readonly duties: LeaderDuties } | undefined;
  readonly changes: Changes;
}
