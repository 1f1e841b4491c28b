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

const WIDTH = 760;
const LABEL_WIDTH = 250;
const PLOT_WIDTH = WIDTH - LABEL_WIDTH - 90;
const BAR_HEIGHT = 14;
const GROUP_GAP = 12;
const TOP = 74;
/** Told apart on white and on black, and without seeing red and green. */
const COLOURS = ['#0072b2', '#999999', '#e69f00', '#009e73'];

/** Horizontal bars as an SVG that stands alone, readable on light and dark pages. */
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
      const colour = COLOURS[series.indexOf(bar.series) % COLOURS.length];
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
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>${escaped(chart.title)}</title>`,
    '<style>text{fill:#24292f}@media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>',
    text(0, 18, chart.title, 'font-size="15" font-weight="600"'),
    text(0, 38, chart.note, 'font-size="11"'),
    ...legend(series),
    ...rows,
    ...line,
    '</svg>',
  ].join('\n')}\n`;
}

function legend(series: readonly string[]): readonly string[] {
  return series.flatMap((name, index) => {
    const x = index * 160;
    const colour = COLOURS[index % COLOURS.length];
    return [
      `<rect x="${x}" y="48" width="12" height="12" fill="${colour}"/>`,
      text(x + 17, 58, name, 'font-size="11"'),
    ];
  });
}

function referenceLine(
  { value, text: words }: { readonly value: number; readonly text: string },
  scale: number,
  bottom: number,
): readonly string[] {
  const x = round(LABEL_WIDTH + value * scale);
  return [
    `<line x1="${x}" y1="${TOP - 4}" x2="${x}" y2="${bottom - 6}" stroke="#d55e00" stroke-dasharray="4 3"/>`,
    text(x + 3, bottom + 4, words, 'font-size="10"'),
  ];
}

function text(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(words)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
