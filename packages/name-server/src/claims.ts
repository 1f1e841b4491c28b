import {
  type DaemonId,
  daemonOf,
  type GroupName,
  type Instant,
  type MembershipId,
  NEVER,
} from '@group-services/core';
import type { Entry } from '@group-services/wire';
import { type ChangeQuestion, changeKey } from './change-rules.js';

/**
 * Claims under way and complaints (`internal-layer.md` §2).
 *
 * A member has at most one claim under way in a group; a later one takes its place. Complaints are
 * counted per member and version, and forgotten with the version: there are never more than members.
 */
export class Claims {
  readonly #pending = new Map<GroupName, Map<MembershipId, PendingClaim>>();
  readonly #complaints = new Map<GroupName, Complaints>();
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** Whether this very claim waits already. */
  isPending(question: ChangeQuestion): boolean {
    const pending = this.#pending.get(question.group)?.get(question.asker);
    return pending !== undefined && changeKey(pending.question) === changeKey(question);
  }

  /** Counts a complaint of a member about the leader of an entry. */
  complain(entry: Entry, member: MembershipId): number {
    let complaints = this.#complaints.get(entry.group);
    if (complaints?.generation !== entry.generation || complaints.version !== entry.version) {
      const { generation, version } = entry;
      complaints = { generation, version, counts: new Map() };
      this.#complaints.set(entry.group, complaints);
    }
    const count = (complaints.counts.get(member) ?? 0) + 1;
    complaints.counts.set(member, count);
    return count;
  }

  add(claim: PendingClaim): void {
    const { group, asker } = claim.question;
    this.remove(group, asker);
    let ofGroup = this.#pending.get(group);
    if (ofGroup === undefined) {
      ofGroup = new Map();
      this.#pending.set(group, ofGroup);
    }
    ofGroup.set(asker, claim);
    this.#count += 1;
  }

  remove(group: GroupName, asker: MembershipId): void {
    const ofGroup = this.#pending.get(group);
    if (ofGroup?.delete(asker) !== true) return;
    this.#count -= 1;
    if (ofGroup.size === 0) this.#pending.delete(group);
  }

  find(group: GroupName, probe: string): PendingClaim | undefined {
    for (const claim of this.#pending.get(group)?.values() ?? []) {
      if (claim.probe === probe) return claim;
    }
    return undefined;
  }

  /** The claims on a group whose entry has changed; they and all its complaints are over. */
  takeGroup(group: GroupName): readonly PendingClaim[] {
    this.#complaints.delete(group);
    const claims = [...(this.#pending.get(group)?.values() ?? [])];
    for (const claim of claims) this.remove(group, claim.question.asker);
    return claims;
  }

  /** Claims of a daemon that is gone die with its connection; nobody waits for their answer. */
  dropOf(daemon: DaemonId): void {
    for (const claim of this.#all()) {
      const { group, asker } = claim.question;
      if (daemonOf(asker) === daemon) this.remove(group, asker);
    }
  }

  /** Claims against groups that a daemon leads. */
  against(leader: DaemonId): readonly PendingClaim[] {
    return this.#all().filter((claim) => claim.leader === leader);
  }

  /** Claims whose time has come. */
  due(now: Instant): readonly PendingClaim[] {
    return this.#all().filter((claim) => claim.until <= now);
  }

  deadline(): Instant {
    let earliest = NEVER;
    for (const ofGroup of this.#pending.values()) {
      for (const claim of ofGroup.values()) earliest = Math.min(earliest, claim.until);
    }
    return earliest;
  }

  #all(): PendingClaim[] {
    return [...this.#pending.values()].flatMap((ofGroup) => [...ofGroup.values()]);
  }
}

/** A claim that waits for what the leader says. */
export interface PendingClaim {
  /** Names the probe; drawn by us, since ids of different claimants may be equal. */
  readonly probe: string;
  readonly question: ChangeQuestion;
  readonly leader: DaemonId;
  /** How often the claimant has complained in this version, this time included. */
  readonly complaints: number;
  /** When the leader was asked first. */
  readonly askedAt: Instant;
  /** Then the claim is carried out without an answer. */
  readonly until: Instant;
}

interface Complaints {
  readonly generation: number;
  readonly version: number;
  readonly counts: Map<MembershipId, number>;
}
