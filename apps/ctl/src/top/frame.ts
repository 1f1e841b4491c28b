import { byteCount, seconds } from '../printable.js';
import { table } from '../table.js';
import type { TopFindings } from './facts.js';

/** How many rows of each list are shown. */
export interface Room {
  readonly columns: number;
  /** Undefined: all of them. */
  readonly rows: number | undefined;
}

/** Titles, heads and the lines between them, of all three lists. */
const LINES_BESIDE_ROWS = 10;
/** Of what is left the groups have half. */
const LISTS = 4;

/** One picture: groups by rate, processes by queue, votes that somebody is waited for. */
export function frameText(found: TopFindings, at: Date, { columns, rows }: Room): string {
  const room = rows === undefined ? undefined : Math.max(LISTS, rows - LINES_BESIDE_ROWS);
  const quarter = room === undefined ? undefined : Math.floor(room / LISTS);
  const half = room === undefined || quarter === undefined ? undefined : room - 2 * quarter;
  const groups = found.groups.map((one) => [
    one.group,
    one.role,
    one.leader,
    one.providers,
    one.perSecond,
    byteCount(one.retainedBytes),
  ]);
  const processes = found.processes.map((one) => [
    one.client,
    one.name,
    one.handles,
    byteCount(one.queuedBytes),
    one.pressing.length > 0 ? `slows ${one.pressing.join(', ')}` : one.responsiveness,
  ]);
  const votes = found.votes.map((one) => [
    one.group,
    `${one.kind}, phase ${one.phase}`,
    seconds(one.waitedMs),
    one.timeLeftMs === undefined ? undefined : seconds(one.timeLeftMs),
    one.waitingFor.join(', '),
  ]);
  const list = listIn(columns);
  return [
    `${found.node}  ${at.toISOString().slice(11, 19)}`,
    list(
      'groups',
      ['group', 'role', 'leader', 'providers', 'per second', 'retained'],
      groups,
      half,
    ),
    list('processes', ['number', 'name', 'handles', 'unread', 'state'], processes, quarter),
    list('votes', ['group', 'what', 'for', 'left', 'waiting for'], votes, quarter),
  ].join('\n\n');
}

type Row = Parameters<typeof table>[1][number];

function listIn(columns: number) {
  return (title: string, head: readonly string[], all: readonly Row[], most?: number): string => {
    if (all.length === 0) return `${title}: none`;
    const shown = all.slice(0, most);
    const more = all.length > shown.length ? ` (${shown.length} of ${all.length})` : '';
    // A row stays one line: what is too long for the screen is cut.
    const lines = table(head, shown, Number.MAX_SAFE_INTEGER).split('\n');
    return [`${title}${more}:`, ...lines.map((line) => [...line].slice(0, columns).join(''))].join(
      '\n',
    );
  };
}
