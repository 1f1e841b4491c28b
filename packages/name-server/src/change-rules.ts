import {
  compareMemberships,
  daemonOf,
  type MembershipId,
  type NodeName,
  nodeOf,
} from '@group-services/core';
import type { ChangeRefusal, Entry, Member, ToNameServer } from '@group-services/wire';
import type { StoredGroup } from './table.js';

/** What a daemon asks for. */
export type ChangeQuestion = Extract<ToNameServer, { readonly kind: 'change' }>;

/** What the table says to a change. */
export type ChangeVerdict =
  | { readonly kind: 'refused'; readonly reason: ChangeRefusal }
  /** It is the current entry already: the answer was lost. */
  | { readonly kind: 'repeated' }
  /** The leader asks: this is the next entry. */
  | { readonly kind: 'change'; readonly next: Entry }
  /** A member claims the lead: this is the next entry unless the leader objects. */
  | { readonly kind: 'claim'; readonly next: Entry };

/** Names one change over all daemons; ids of different askers may be equal. */
export function changeKey(question: ChangeQuestion): string {
  return `${question.asker} ${question.id}`;
}

/**
 * Judges a change against the current entry: a compare-and-swap on (generation, version), open to the
 * leader and to full members that claim the lead (`internal-layer.md` §2).
 *
 * The lead goes to a member that the table knows as full, never to one without the state. A claim
 * may only remove: a claimant knows nothing of a joiner that the leader may have heard of.
 */
export function judgeChange(
  stored: StoredGroup | undefined,
  question: ChangeQuestion,
): ChangeVerdict {
  if (stored === undefined || stored.entry.generation !== question.generation) {
    return refused('generation');
  }
  const { entry } = stored;
  if (stored.change === changeKey(question)) return { kind: 'repeated' };
  if (entry.version !== question.fromVersion) return refused('version');
  const asker = entry.members.find((member) => member.id === question.asker);
  if (asker?.full !== true) return refused('not-a-full-member');
  const claims = question.asker !== entry.leader;
  if (claims && question.leader !== question.asker) return refused('invalid');
  const members = nextMembers(entry, question);
  if (members === undefined) return refused('invalid');
  if (claims && members.length > keptCount(entry, members)) return refused('invalid');
  const leader = members.find((member) => member.id === question.leader);
  if (leader?.full !== true) return refused('invalid');
  const version = entry.version + 1;
  const sameLeader = question.leader === entry.leader && !question.takeover;
  const next: Entry = {
    group: entry.group,
    generation: entry.generation,
    version,
    since: sameLeader ? entry.since : version,
    leader: question.leader,
    members,
  };
  return { kind: claims ? 'claim' : 'change', next };
}

function refused(reason: ChangeRefusal): ChangeVerdict {
  return { kind: 'refused', reason };
}

function keptCount(entry: Entry, members: readonly Member[]): number {
  const ids = new Set(entry.members.map((member) => member.id));
  return members.filter((member) => ids.has(member.id)).length;
}

/**
 * The list after a change: those kept in their old order and as the table knows them, then the
 * newcomers, joining. Undefined when a membership is named twice.
 *
 * A node has one daemon, and a daemon one membership in a group: of several memberships of one node
 * the newest stays, so that inserting a restarted daemon removes its former life.
 */
function nextMembers(entry: Entry, question: ChangeQuestion): Member[] | undefined {
  const asked = new Set(question.members.map((member) => member.id));
  if (asked.size !== question.members.length) return undefined;
  const known = new Set(entry.members.map((member) => member.id));
  const kept = entry.members.filter((member) => asked.has(member.id));
  const added = question.members
    .filter((member) => !known.has(member.id))
    .map((member) => ({
      ...member,
      joinVersion: entry.version + 1,
      full: false,
    }));
  const all = [...kept, ...added];
  const newest = new Map<NodeName, MembershipId>();
  for (const { id } of all) {
    const node = nodeOf(daemonOf(id));
    const other = newest.get(node);
    if (other === undefined || compareMemberships(id, other) > 0) newest.set(node, id);
  }
  return all.filter(({ id }) => newest.get(nodeOf(daemonOf(id))) === id);
}
