import type {
  AnnouncementCode,
  Change,
  DefaultVote,
  LeaveReason,
  ProtocolKind,
  ResultBody,
  StartBody,
  VoteValue,
  WireCause,
} from '@group-services/wire';
import { type GroupState, voterOf } from './replica/group-state.js';
import { votingOf } from './replica/running.js';

/**
 * What happens in a group, as it is told to whoever watches the daemon (`ProcessGroupOptions.note`). The
 * engine keeps none of it and depends on none of it. Plain messages are not told: they are only counted.
 *
 * Lists of names are short ones; of a larger group only the number is told.
 */
export type GroupNews =
  /** START was delivered. Without a vote this is the result as well. */
  | {
      readonly kind: 'start';
      readonly protocol: string;
      readonly what: ProtocolKind;
      readonly proposer: string | undefined;
      readonly subjects: readonly Subject[];
      /** Null: nobody votes. */
      readonly vote: VoteTerms | null;
    }
  /** Votes as they became known here: at the leader all, elsewhere those of this daemon's processes. */
  | {
      readonly kind: 'votes';
      readonly protocol: string;
      readonly phase: number;
      readonly votes: readonly KnownVote[];
      /** Votes beyond those that are listed. */
      readonly more: number;
    }
  /** RESULT of a phase was delivered: `continue` begins the next one. */
  | {
      readonly kind: 'result';
      readonly protocol: string;
      readonly phase: number;
      readonly outcome: ResultBody['outcome'];
      readonly causes: readonly WireCause[];
    }
  | {
      readonly kind: 'announced';
      readonly code: AnnouncementCode;
      readonly providers: readonly string[];
    };

/** Whom a protocol is about. */
export interface Subject {
  readonly provider: string;
  /** How it goes; undefined: it comes. */
  readonly reason: LeaveReason | undefined;
}

export interface VoteTerms {
  readonly voters: readonly string[];
  readonly voterCount: number;
  readonly defaultVote: DefaultVote;
  /** Per phase; 0: none. */
  readonly timeLimitMs: number;
}

export interface KnownVote {
  readonly provider: string;
  readonly value: VoteValue | 'default';
}

/** Names in one piece of news. */
export const NAMES_MAX = 64;

/** How much it takes to keep. */
export function weightOf(news: GroupNews): number {
  switch (news.kind) {
    case 'start':
      return 1 + news.subjects.length + (news.vote?.voters.length ?? 0);
    case 'votes':
      return 1 + news.votes.length;
    case 'result':
      return 1 + news.causes.length;
    case 'announced':
      return 1 + news.providers.length;
  }
}

export function startNews(start: StartBody, protocol: string, state: GroupState): GroupNews {
  const voting = votingOf(start);
  const { protocol: what, proposer, change } = start;
  const subjects = subjectsOf(change).slice(0, NAMES_MAX);
  if (voting === undefined)
    return { kind: 'start', protocol, what, proposer, subjects, vote: null };
  const { voters: numbers, defaultVote, timeLimit: timeLimitMs } = voting;
  const isShort = numbers.length <= NAMES_MAX;
  const voters = isShort ? numbers.flatMap((no) => voterOf(state, no)?.id ?? []) : [];
  const vote = { voters, voterCount: numbers.length, defaultVote, timeLimitMs };
  return { kind: 'start', protocol, what, proposer, subjects, vote };
}

export function resultNews(result: ResultBody, protocol: string): GroupNews {
  const { phase, outcome } = result;
  return { kind: 'result', protocol, phase, outcome, causes: result.causes.slice(0, NAMES_MAX) };
}

function subjectsOf(change: Change): readonly Subject[] {
  switch (change.kind) {
    case 'join':
      return change.joiners.map(({ id }) => ({ provider: id, reason: undefined }));
    case 'remove':
      return change.departures.map(({ provider, reason }) => ({ provider, reason }));
    default:
      return [];
  }
}
