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

/**
 * The entry that answers a claim in the variants `announced` and `silent`. Who informs about a leader and
 * who leads next are two things: whoever asked, the first full member of its list that is active leads.
 * The list is the asker's, who says whom it does not hear; it is the last choice itself.
 */
export function oldestLeads(
  entry: Entry,
  claim: Entry,
  isActive: (member: Member) => boolean,
): Entry {
  const chosen = claim.members.find(
    (member) => member.full && member.id !== entry.leader && isActive(member),
  );
  return { ...claim, leader: chosen?.id ?? claim.leader };
}

/**
 * The entry that follows when the leader's daemon lives, as far as anybody knows, and cannot reach us: the
 * first full member that is active leads. Nobody is removed: the former leader hears of it from the new one,
 * and a member that does not answer is that one's to remove. Undefined when nobody else could be asked.
 */
export function afterAbsentLeader(
  entry: Entry,
  isActive: (member: Member) => boolean,
): Entry | undefined {
  const leader = entry.members.find(
    (member) => member.id !== entry.leader && member.full && isActive(member),
  );
  if (leader === undefined) return undefined;
  const version = entry.version + 1;
  return { ...entry, version, since: version, leader: leader.id };
}

/**
 * The entry that follows when the leader's membership has ended by its own daemon's word: without it and
 * all others of whom that is known, led by the first full member that is active, otherwise by the first
 * full one. Undefined when the leader has not ended, or nobody can lead.
 *
 * Of others alone no entry is made here: only the leader knows whether its takeover is over, and so what
 * `since` of a change without a new leader has to be (⚠ §8.1).
 */
export function afterEndedLeader(
  entry: Entry,
  is: {
    readonly ended: (member: Member) => boolean;
    readonly active: (member: Member) => boolean;
  },
): Entry | undefined {
  const members = entry.members.filter((member) => !is.ended(member));
  if (members.some(({ id }) => id === entry.leader)) return undefined;
  const full = members.filter((member) => member.full);
  const leader = full.find(is.active) ?? full[0];
  if (leader === undefined) return undefined;
  const version = entry.version + 1;
  return { ...entry, version, since: version, leader: leader.id, members };
}
