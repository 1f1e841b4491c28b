import type { Entry, Member } from '@group-services/wire';

/**
 * The entry that answers the question who leads now (M8, variant `name-server`): from our own list the
 * next full member that is active. The old leader goes, and of those whom the asker left out, those who
 * are not active here either.
 *
 * The asker itself is the last choice: it is a full member, and it has just spoken to us.
 *
 * @param claim What the asker's claim would have led to.
 */
export function chooseLeader(
  entry: Entry,
  claim: Entry,
  isActive: (member: Member) => boolean,
): Entry {
  const kept = new Set(claim.members.map((member) => member.id));
  const members = entry.members.filter(
    (member) => member.id !== entry.leader && (kept.has(member.id) || isActive(member)),
  );
  const chosen = members.find((member) => member.full && isActive(member));
  return { ...claim, leader: chosen?.id ?? claim.leader, members };
}
