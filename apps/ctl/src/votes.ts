import { type VotesAnswer, votesAnswer } from './admin-answers.js';
import type { DaemonSession } from './daemon-session.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import { type OtherDaemon, type PressingFindings, pressingIn, pressingText } from './pressing.js';
import { seconds } from './printable.js';
import type { Report } from './report.js';
import { facts } from './table.js';

/** `gsctl votes NAME`: the daemon answers within two seconds, with the leader or without. */
export async function votes(
  daemon: DaemonSession,
  group: string,
  others: readonly OtherDaemon[] = [],
): Promise<Report> {
  const [found, slowedBy] = await Promise.all([
    daemon.api.find(votesPath(group), votesAnswer),
    pressingIn(daemon, group, others),
  ]);
  if (found === undefined) {
    const message = `nobody provides group ${group}; gsctl groups lists all`;
    throw new CommandFailure(EXIT_STATUS.failed, message);
  }
  return { json: { ...found, slowedBy }, text: votesText(found, slowedBy) };
}

export function votesPath(group: string): string {
  // Not as a part of the path: `..` would be taken for a step up.
  return `/api/votes?${new URLSearchParams({ group })}`;
}

export function votesText(
  { group, leader, from, note, voting }: VotesAnswer,
  slowedBy?: PressingFindings,
): string {
  const source = facts([
    ['group', group],
    ['leader', leader],
    ...(voting === null ? [] : votingFacts(voting)),
    ...(slowedBy === undefined ? [] : [['slowed by', pressingText(slowedBy)] as const]),
  ]);
  const nothing = voting === null ? '\n\nNothing is being voted on.' : '';
  if (from === 'leader') return `${source}${nothing}`;
  const known =
    from === 'member'
      ? 'this is what the daemon that was asked knows itself, of its own processes'
      : 'the daemon that was asked has no part in the group';
  return `${source}\n\nNot the leader's answer (${note ?? 'unknown reason'}): ${known}.`;
}

function votingFacts(
  voting: NonNullable<VotesAnswer['voting']>,
): readonly (readonly [string, string])[] {
  const { protocol, kind, phase, defaultVote, waitingFor, waitedMs, timeLeftMs } = voting;
  return [
    ['protocol', `${kind} ${protocol}`],
    ['phase', `${phase}, for ${seconds(waitedMs)}`],
    ['time left', timeLeftMs === undefined ? 'no limit known' : seconds(timeLeftMs)],
    ['default vote', defaultVote],
    ['waiting for', waitingFor.length === 0 ? 'nobody' : waitingFor.join(', ')],
  ];
}
