import { type Instant, NEVER } from '@group-services/core';
import type { Membership } from '../membership.js';
import type { Leading } from '../stream/leading.js';
import type { Changes } from './changes.js';
import type { LeaderDuties } from './leader-duties.js';

/** The roles that leaving depends on, as they are at the moment. */
export interface LeavingPorts {
  readonly leading: () => { readonly leading: Leading; readonly duties: LeaderDuties } | undefined;
  readonly changes: Changes;
}

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
  readonly #m: Membership;
  readonly #ports: LeavingPorts;
  #giveUpAt: Instant = NEVER;
  #retryAt: Instant = NEVER;
  #deleteAt: Instant = Number.NEGATIVE_INFINITY;
  /** From then on a leader hands over although some member lags. */
  #hurryAt: Instant = NEVER;

  constructor(membership: Membership, ports: LeavingPorts) {
    this.#m = membership;
    this.#ports = ports;
  }

  /** Called once, as soon as a member is to leave. */
  start(): void {
    const m = this.#m;
    m.leaving = true;
    this.#giveUpAt = m.now + m.options.leaveTimeoutMs;
    this.#hurryAt = m.now + m.options.leaveTimeoutMs / 2;
    this.#retryAt = m.now;
    this.#ports.leading()?.leading.quiesce();
  }

  /** The end of the patience; holds in isolation, too, where nobody can confirm anything. */
  get giveUpAt(): Instant {
    return this.#giveUpAt;
  }

  giveUp(): void {
    if (this.#m.now >= this.#giveUpAt) this.#m.end('left', 'nobody confirmed the leave in time');
  }

  /** Called at the end of every step. */
  check(): void {
    const m = this.#m;
    if (!m.leaving || m.status !== 'member') return;
    this.giveUp();
    if (m.now >= this.#giveUpAt) return;
    const role = this.#ports.leading();
    if (role !== undefined) this.#leaveAsLeader(role.leading, role.duties);
    else if (
      m.now >= this.#retryAt &&
      m.footing.leader !== undefined &&
      m.footing.leader !== m.self
    ) {
      this.#retryAt = m.now + m.options.retryMs;
      m.send(m.footing.leader, { kind: 'leave' });
    }
  }

  #leaveAsLeader(leading: Leading, duties: LeaderDuties): void {
    const m = this.#m;
    const members = duties.next();
    if (leading.entry.members.length === 1 && members.length === 1) {
      this.#delete(leading);
      return;
    }
    if (!this.#ports.changes.isIdle) return;
    const others = members.filter((member) => member.id !== m.self);
    const successor = others.find((member) => member.full);
    const quiet = leading.isQuiesced || m.now >= this.#hurryAt;
    if (successor !== undefined) {
      if (!quiet) return;
      m.branch('handover');
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
      this.#ports.changes.ask({ entry: leading.entry, leader: m.self, members, takeover: false });
    } else if (others.length < leading.entry.members.length - 1) {
      this.#ports.changes.ask({ entry: leading.entry, leader: m.self, members, takeover: false });
    }
  }

  #delete(leading: Leading): void {
    const m = this.#m;
    if (m.now < this.#deleteAt) return;
    this.#deleteAt = m.now + m.options.retryMs;
    m.branch('delete');
    m.askNameServer({
      kind: 'delete',
      group: m.options.group,
      generation: m.footing.generation,
      version: leading.entry.version,
      membership: m.self,
    });
  }

  deadline(): Instant {
    const m = this.#m;
    if (!m.leaving || m.status !== 'member') return NEVER;
    let earliest = this.#giveUpAt;
    if (this.#hurryAt > m.now) earliest = Math.min(earliest, this.#hurryAt);
    if (this.#retryAt > m.now) earliest = Math.min(earliest, this.#retryAt);
    if (this.#deleteAt > m.now) earliest = Math.min(earliest, this.#deleteAt);
    const notBefore = this.#ports.changes.notBefore;
    if (notBefore > m.now && notBefore !== NEVER) earliest = Math.min(earliest, notBefore);
    return earliest;
  }
}
