import type { GroupSummary } from '@group-services/client';
import { type GroupHere, groupsHere } from './admin-answers.js';
import { answered, type DaemonSession } from './daemon-session.js';
import { CommandFailure } from './exit-status.js';
import type { Report } from './report.js';
import { table } from './table.js';

/** One group of the domain, and what this node is in it. */
export interface GroupLine extends GroupSummary {
  /** Undefined: this node's daemon is not in the processor group. */
  readonly role?: string | undefined;
}

/** `gsctl groups` */
export async function groups(daemon: DaemonSession): Promise<Report> {
  const [listed, here] = await Promise.all([
    answered(daemon, daemon.services.groups()),
    daemon.api.get('/api/groups', groupsHere).catch(onlyFailures),
  ]);
  const { node } = daemon.services;
  if (here instanceof CommandFailure) {
    const lines = groupLines(listed, []);
    return {
      json: lines,
      text: `${groupsText(lines)}\nThe roles of ${node} are not shown: ${here.message}`,
    };
  }
  const lines = groupLines(listed, here);
  return { json: lines, text: groupsText(lines, node) };
}

/** Who may list groups need not be an operator. */
function onlyFailures(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  throw error;
}

export function groupLines(
  listed: readonly GroupSummary[],
  here: readonly GroupHere[],
): readonly GroupLine[] {
  const roles = new Map(here.map(({ group, role }) => [group, role]));
  return listed.map((summary) => ({ ...summary, role: roles.get(summary.group) }));
}

/** `node`: whose roles are known. */
export function groupsText(lines: readonly GroupLine[], node?: string): string {
  if (lines.length === 0) return 'There is no group in this domain.';
  const heads = ['group', 'leader', 'daemons', 'providers'];
  const rows = lines.map(({ group, leader, daemons, providers }) => [
    group,
    leader,
    daemons,
    providers,
  ]);
  if (node === undefined) return table(heads, rows);
  return table(
    [...heads, `role of ${node}`],
    rows.map((row, index) => [...row, lines[index]?.role]),
  );
}
