import { type DaemonId, daemonOf, type MembershipId } from '@group-services/core';
import type { Entry } from '@group-services/wire';

/** An accepted change. */
export interface AcceptedChange {
  readonly before: Entry;
  readonly after: Entry;
  readonly asker: MembershipId;
}

/**
 * Who is told of an accepted change by the name server itself, beside the asker. Here, and in who is
 * chosen (`leader-choice.ts`), the variants of leader recovery (M8) differ on this side.
 */
type NoticeRule = (change: AcceptedChange) => readonly DaemonId[];

const NOTICE_RULES = {
  /** The name server tells everybody in the old and the new list, takeover or not (FIG. 5a). */
  announced: everybodyElse,
  /** Of a new leader nobody is told but itself, should another have asked: members hear TAKEOVER. */
  silent: newLeaderAlone,
  /** We have chosen ourselves, so everybody hears it from us (FIG. 5b). */
  'name-server': everybodyElse,
} satisfies Readonly<Record<string, NoticeRule>>;

/** The variants of leader recovery that this name server knows (M8). */
export type LeaderRecovery = keyof typeof NOTICE_RULES;

/** Daemons that get a notice of a change, in the order of the lists. */
export function noticeReceivers(
  variant: LeaderRecovery,
  change: AcceptedChange,
): readonly DaemonId[] {
  return NOTICE_RULES[variant](change);
}

function newLeaderAlone(change: AcceptedChange): readonly DaemonId[] {
  const { after, asker } = change;
  if (after.since !== after.version) return everybodyElse(change);
  return after.leader === asker ? [] : [daemonOf(after.leader)];
}

function everybodyElse({ before, after, asker }: AcceptedChange): readonly DaemonId[] {
  const daemons = new Set(
    [...before.members, ...after.members].map((member) => daemonOf(member.id)),
  );
  daemons.delete(daemonOf(asker));
  return [...daemons];
}
