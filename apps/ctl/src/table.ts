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

const GAP = NO_BORDERS.middle;
const INDENT = '  ';

/** What fits everywhere; `--json` has all of it on one line. */
const COLUMNS_MAX = 100;

/** What stands in a cell; undefined is shown as `-`. */
export type Cell = string | number | undefined;

/** Aligned columns under a head of capitals. */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  width: number = COLUMNS_MAX,
): string {
  return columns([head.map((title) => title.toUpperCase()), ...rows], width);
}

/** `name  value` lines. */
export function facts(pairs: readonly (readonly [name: string, value: Cell])[]): string {
  return columns(pairs, COLUMNS_MAX);
}

/** A titled part of a report; says so when there is nothing to show. */
export function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  return rows.length === 0
    ? `${title}: none`
    : `${title}:\n${indented(table(head, rows, COLUMNS_MAX - INDENT.length))}`;
}

function columns(rows: readonly (readonly Cell[])[], width: number): string {
  const texts = rows.map((row) => row.map(content));
  const layout = new Table({
    chars: { ...NO_BORDERS },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    ...fitted(texts, width),
  });
  layout.push(...texts);
  return layout
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Nothing where all fits; otherwise what is too much is taken from the widest, and their texts go on below. */
function fitted(rows: readonly (readonly string[])[], width: number): object {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, text] of row.entries()) {
      widths[at] = Math.max(widths[at] ?? 1, [...text].length);
    }
  }
  const room = width - GAP.length * (widths.length - 1);
  const tooMuch = sum(widths) - room;
  if (tooMuch <= 0) return {};
  for (let over = tooMuch; over > 0; over -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? 1) - 1;
  }
  // A name may be longer than its column, and has no words at whose ends it could go on below.
  const wrapOnWordBoundary = rows.every((row) =>
    row.every((text, at) => text.split(' ').every((word) => word.length <= (widths[at] ?? 0))),
  );
  return { colWidths: widths, wordWrap: true, wrapOnWordBoundary };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function content(cell: Cell): string {
  return cell === undefined || cell === '' ? '-' : printable(String(cell));
}

function indented(text: string): string {
  return text.replace(/^/gmu, INDENT);
}
