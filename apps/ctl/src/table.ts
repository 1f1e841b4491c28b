import Table from 'cli-table3';
import { printable } from './printable.js';

/** Only spaces between columns: the same with and without a terminal, and easy to cut apart. */
const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

/** What stands in a cell; undefined is shown as `-`. */
export type Cell = string | number | undefined;

/** Aligned columns under a head of capitals. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return columns([head.map((title) => title.toUpperCase()), ...rows]);
}

/** `name  value` lines. */
export function facts(pairs: readonly (readonly [name: string, value: Cell])[]): string {
  return columns(pairs);
}

/** A titled part of a report; says so when there is nothing to show. */
export function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  return rows.length === 0 ? `${title}: none` : `${title}:\n${indented(table(head, rows))}`;
}

function columns(rows: readonly (readonly Cell[])[]): string {
  const layout = new Table({
    chars: { ...NO_BORDERS },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  layout.push(...rows.map((row) => row.map(content)));
  return layout
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function content(cell: Cell): string {
  return cell === undefined || cell === '' ? '-' : printable(String(cell));
}

function indented(text: string): string {
  return text.replace(/^/gmu, '  ');
}
