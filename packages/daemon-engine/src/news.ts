import { type GroupName, Journal } from '@group-services/core';
import { type GroupNews, NAMES_MAX } from '@group-services/process-group';

/** What happens on one daemon, as pages show it. */
export type DaemonNews =
  | (GroupNews & { readonly group: GroupName })
  /** A list of daemons came into force. */
  | {
      readonly kind: 'view';
      readonly group: GroupName;
      readonly cause: ViewCause;
      readonly version: number;
      /** Nodes, oldest first. */
      readonly nodes: readonly string[];
      readonly leader: string;
    }
  /** This daemon is not in the group any more. */
  | { readonly kind: 'left'; readonly group: GroupName; readonly why: string }
  /** Another daemon counts as failed, or does not any more. */
  | { readonly kind: 'suspected'; readonly node: string; readonly why: string }
  | { readonly kind: 'alive'; readonly node: string };

export type ViewCause = 'join' | 'leave' | 'failure' | 'takeover';

/** Ten minutes, of a busy daemon as much as fits into some megabytes. */
const BOUNDS = { entriesMax: 20_000, weightMax: 100_000, keepMs: 600_000 };

/** For {@link DaemonOptions.journal}. */
export function daemonJournal(): Journal<DaemonNews> {
  return new Journal(BOUNDS, merged);
}

/** Votes come one by one, of many voters within a moment. */
function merged(last: DaemonNews, next: DaemonNews): DaemonNews | undefined {
  if (last.kind !== 'votes' || next.kind !== 'votes') return undefined;
  const { group, protocol, phase } = next;
  if (last.group !== group || last.protocol !== protocol || last.phase !== phase) return undefined;
  const votes = [...last.votes, ...next.votes];
  const more = last.more + next.more + Math.max(0, votes.length - NAMES_MAX);
  return { ...last, votes: votes.slice(0, NAMES_MAX), more };
}
