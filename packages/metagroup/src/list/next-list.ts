import { compareMemberships, daemonOf, type MembershipId, nodeOf } from '@group-services/core';
import type { Member } from '@group-services/wire';

/** Somebody who asked to be inserted. */
export interface Insert {
  readonly id: MembershipId;
  readonly address: string;
}

/** What the next list is made from. */
export interface NextListInput {
  readonly members: readonly Member[];
  readonly removed: (member: Member) => boolean;
  readonly inserts: readonly Insert[];
  /** The version that the change will have. */
  readonly version: number;
}

function sameNode(a: MembershipId, b: MembershipId): boolean {
  return nodeOf(daemonOf(a)) === nodeOf(daemonOf(b));
}

/**
 * The list that a leader asks the name server for: the old one without those removed, then the
 * newcomers at its end, in the order in which they asked. A newer membership of a node replaces the
 * older one of the same node in the same change.
 */
export function nextList(input: NextListInput): Member[] {
  const newest = input.inserts.filter(
    (insert) =>
      !input.inserts.some(
        (other) =>
          other !== insert &&
          sameNode(other.id, insert.id) &&
          compareMemberships(other.id, insert.id) > 0,
      ),
  );
  const kept = input.members.filter(
    (member) =>
      !input.removed(member) &&
      !newest.some(
        (insert) => sameNode(insert.id, member.id) && compareMemberships(insert.id, member.id) > 0,
      ),
  );
  const added = newest
    .filter((insert) => !kept.some((member) => sameNode(member.id, insert.id)))
    .map((insert) => ({
      id: insert.id,
      joinVersion: input.version,
      full: false,
      address: insert.address,
    }));
  return [...kept, ...added];
}

/** Whether two lists name the same memberships in the same order. */
export function sameList(a: readonly Member[], b: readonly Member[]): boolean {
  return a.length === b.length && a.every((member, index) => member.id === b[index]?.id);
}
