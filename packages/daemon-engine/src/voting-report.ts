import type { Instant } from '@group-services/core';
import type { VotingReport } from '@group-services/wire';
import type { GroupSession } from './group-session.js';

/** The phase that is voted in, for others: times are spans, since this daemon's clock is its own. */
export function votingReport(session: GroupSession, now: Instant): VotingReport | null {
  const { voting } = session.processGroup.inspect();
  if (voting === undefined) return null;
  const { protocol, kind, phase, defaultVote, since, until } = voting;
  return {
    protocol,
    kind,
    phase,
    defaultVote,
    waitingFor: [...voting.waitingFor],
    waitedMs: Math.max(0, Math.round(now - since)),
    timeLeftMs: until === undefined ? undefined : Math.max(0, Math.round(until - now)),
  };
}
