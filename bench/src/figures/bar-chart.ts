import { colourOf, picture, REFERENCE_COLOUR, round, text, WIDTH } from './svg-parts.js';

/** One group of bars: a work, and a bar for each system that did it. */
export interface BarGroup {
  readonly label: string;
  readonly bars: readonly {
    readonly series: string;
    readonly value: number;
    readonly text: string;
  }[];
}

export interface BarChart {
  readonly title: string;
  /** What a longer bar means. */
  readonly note: string;
  readonly series: readonly string[];
  readonly groups: readonly BarGroup[];
  /** A dashed line at this value. */
  readonly reference?: { readonly value: number; readonly text: string };
}

const LABEL_WIDTH = 250;
const PLOT_WIDTH = WIDTH - LABEL_WIDTH - 90;
const BAR_HEIGHT = 14;
const GROUP_GAP = 12;
const TOP = 74;
/** Between the names of two systems. */
const LEGEND_STEP = 160;

/** Horizontal bars. */
export function barChart(chart: BarChart): string {
  const { groups, series, reference } = chart;
  const values = groups.flatMap(({ bars }) => bars.map(({ value }) => value));
  const scale = PLOT_WIDTH / Math.max(...values, reference?.value ?? 0, Number.MIN_VALUE);
  const rows: string[] = [];
  let y = TOP;
  for (const { label, bars } of groups) {
    const middle = y + (bars.length * BAR_HEIGHT) / 2 + 4;
    rows.push(text(LABEL_WIDTH - 8, middle, label, 'text-anchor="end"'));
    for (const bar of bars) {
      const width = Math.max(1, bar.value * scale);
      const colour = colourOf(series.indexOf(bar.series));
      rows.push(
        `<rect x="${LABEL_WIDTH}" y="${y + 1}" width="${round(width)}" height="${BAR_HEIGHT - 2}" fill="${colour}"/>`,
        text(LABEL_WIDTH + width + 5, y + BAR_HEIGHT - 3, bar.text, 'font-size="11"'),
      );
      y += BAR_HEIGHT;
    }
    y += GROUP_GAP;
  }
  const height = y + 8;
  const line = reference === undefined ? [] : referenceLine(reference, scale, y);
  const { title, note } = chart;
  const frame = { title, note, series, height, legendStep: LEGEND_STEP };
  return picture(frame, [...rows, ...line]);
}

function referenceLine(
  { value, text: words }: { readonly value: number; readonly text: string },
  scale: number,
  bottom: number,
): readonly string[] {
  const x = round(LABEL_WIDTH + value * scale);
  return [
    `<line x1="${x}" y1="${TOP - 4}" x2="${x}" y2="${bottom - 6}" stroke="${REFERENCE_COLOUR}" stroke-dasharray="4 3"/>`,
    text(x + 3, bottom + 4, words, 'font-size="10"'),
  ];
}
