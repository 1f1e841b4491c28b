import { daemonOf, type Instant, type MembershipId, NEVER } from '@group-services/core';
import type { Changes } from '../list/changes.js';
import type { Shared } from '../shared.js';

/**
 * What a member does about a leader that it suspects (`internal-layer.md` §2, M8). In the variants
 * `announced` and `silent` the first full member in join order that is not suspected claims the lead;
 * everybody else complains by claiming too, but later, so that the next in line normally comes first. Who
 * is seen to take other groups over is at it and has only not come to this one: it is waited for as long as
 * for any slow member.
 * In the variant `name-server` every claim is a question who leads now: there is nobody to wait for,
 * and the accepted entry may name another member, which takes over when it hears of it.
 *
 * A claim asks for the list without those suspected. A member that is leaving claims as well: nobody
 * else may be left to do it, and as leader it leaves in order. The timer runs from the first suspicion
 * until the leader is trusted again or another one leads.
 */
export class Claiming {
  readonly #shared: Shared;
  readonly #changes: Changes;
  #suspectedSince: Instant = NEVER;

  constructor(shared: Shared, changes: Changes) {
    this.#shared = shared;
    this.#changes = changes;
  }

  /** Looks at the leader; called at the end of every step. */
  check(): void {
    const shared = this.#shared;
    const known = shared.known;
    if (shared.status !== 'member' || known === undefined) return;
    if (known.leader === shared.self || !shared.isSuspected(known.leader)) {
      this.#suspectedSince = NEVER;
      return;
    }
    if (this.#suspectedSince === NEVER) this.#suspectedSince = shared.now;
    if (!this.#changes.isIdle || shared.now < this.#claimAt()) return;
    shared.branch(this.#kind());
    this.#changes.ask({
      entry: known,
      leader: shared.self,
      members: known.members.filter((member) => !shared.isSuspected(member.id)),
      takeover: true,
    });
  }

  deadline(): Instant {
    if (this.#suspectedSince === NEVER || this.#shared.status !== 'member') return NEVER;
    const notBefore = this.#changes.notBefore;
    return notBefore === NEVER ? NEVER : Math.max(this.#claimAt(), notBefore);
  }

  #claimAt(): Instant {
    const since = this.#suspectedSince;
    if (this.#kind() !== 'complaint') return since;
    const { complainAfterMs, slowMemberTimeoutMs, surroundings } = this.#shared.options;
    const next = this.#nextInLine();
    const busyAt = next === undefined ? undefined : surroundings?.takingOverAt(daemonOf(next));
    const at = Math.max(since, busyAt ?? since) + complainAfterMs;
    return Math.min(at, since + Math.max(complainAfterMs, slowMemberTimeoutMs));
  }

  #kind(): 'claim' | 'complaint' | 'leader-asked-for' {
    const shared = this.#shared;
    if (shared.leaderRecovery === 'name-server') return 'leader-asked-for';
    return this.#nextInLine() === shared.self ? 'claim' : 'complaint';
  }

  #nextInLine(): MembershipId | undefined {
    const shared = this.#shared;
    return shared.known?.members.find(
      (member) => member.id === shared.self || (member.full && !shared.isSuspected(member.id)),
    )?.id;
  }
}
