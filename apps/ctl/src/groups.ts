import type { GroupSummary } from '@group-services/client';
import { type GroupHere, groupsHere } from './admin-answers.js';
import { answered, type DaemonSession } from './daemon-session.js';
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
    daemon.api.get('/api/groups', groupsHere),
  ]);
  const lines = groupLines(listed, here);
  return { json: lines, text: groupsText(lines, daemon.services.node) };
}

export function groupLines(
  listed: readonly GroupSummary[],
  here: readonly GroupHere[],
): readonly GroupLine[] {
  const roles = new Map(here.map(({ group, role }) => [group, role]));
  return listed.map((summary) => ({ ...summary, role: roles.get(summary.group) }));
}

export function groupsText(lines: readonly GroupLine[], node: string): string {
  if (lines.length === 0) return 'There is no group in this domain.';
  return table(
    ['group', 'leader', 'daemons', 'providers', `role of ${node}`],
    lines.map(({ group, leader, daemons, providers, role }) => [
      group,
      leader,
      daemons,
      providers,
      role,
    ]),
  );
}
