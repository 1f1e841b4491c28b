import { colourOf, picture, REFERENCE_COLOUR, round, text, WIDTH } from './svg-parts.js';

/** How something grows: both axes are logarithmic, so that a straight line is a power. */
export interface LineChart {
  readonly title: string;
  readonly note: string;
  /** What grows to the right. */
  readonly across: string;
  readonly lines: readonly Line[];
  /** A dashed line at this height. */
  readonly reference?: { readonly value: number; readonly text: string };
}

export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const HEIGHT = 330;
const PLOT = { left: 56, right: WIDTH - 60, top: 80, bottom: HEIGHT - 44 };
/** Between the names of two lines. */
const LEGEND_STEP = 240;

export function lineChart(chart: LineChart): string {
  const { title, note, across, lines, reference } = chart;
  const points = lines.flatMap((line) => line.points);
  const x = axis(
    points.map((point) => point.x),
    [PLOT.left, PLOT.right],
  );
  const heights = [...points.map((point) => point.y), ...(reference ? [reference.value] : [])];
  const y = axis(heights, [PLOT.bottom, PLOT.top]);
  const drawn = [
    ...x.decades.map((decade) => gridLine('x', x.at(decade), whole(decade))),
    ...y.decades.map((decade) => gridLine('y', y.at(decade), whole(decade))),
    text((PLOT.left + PLOT.right) / 2, HEIGHT - 6, across, 'text-anchor="middle" font-size="11"'),
    ...(reference === undefined ? [] : [referenceLine(y.at(reference.value), reference.text)]),
    ...lines.flatMap(({ points: ofLine }, index) => {
      const sorted = [...ofLine].sort((a, b) => a.x - b.x);
      const places = sorted.map((point) => [round(x.at(point.x)), round(y.at(point.y))] as const);
      const colour = colourOf(index);
      return [
        `<polyline points="${places.map((place) => place.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        ...places.map(
          ([left, top]) => `<circle cx="${left}" cy="${top}" r="3.5" fill="${colour}"/>`,
        ),
        ...sorted.slice(-1).map((last) => {
          const [left = 0, top = 0] = places.at(-1) ?? [];
          return text(left + 7, top - 5, whole(last.y), 'font-size="11"');
        }),
      ];
    }),
  ];
  const series = lines.map(({ name }) => name);
  return picture({ title, note, series, height: HEIGHT, legendStep: LEGEND_STEP }, drawn);
}

/** From the power of ten below the least value to the one above the greatest. */
function axis(
  values: readonly number[],
  [from, to]: readonly [number, number],
): { readonly at: (value: number) => number; readonly decades: readonly number[] } {
  const logs = values.map((value) => Math.log10(Math.max(value, 1)));
  const least = Math.floor(Math.min(...logs));
  const most = Math.max(least + 1, Math.ceil(Math.max(...logs) - 1e-9));
  return {
    at: (value) => from + ((Math.log10(Math.max(value, 1)) - least) / (most - least)) * (to - from),
    decades: Array.from({ length: most - least + 1 }, (_, index) => 10 ** (least + index)),
  };
}

function gridLine(across: 'x' | 'y', at: number, words: string): string {
  const place = round(at);
  const { left, right, top, bottom } = PLOT;
  const ends =
    across === 'x'
      ? `x1="${place}" y1="${top}" x2="${place}" y2="${bottom}"`
      : `x1="${left}" y1="${place}" x2="${right}" y2="${place}"`;
  const label =
    across === 'x'
      ? text(at, bottom + 16, words, 'text-anchor="middle" font-size="11"')
      : text(left - 6, at + 4, words, 'text-anchor="end" font-size="11"');
  return `<line ${ends} stroke="#888888" stroke-opacity="0.35"/>\n${label}`;
}

function referenceLine(at: number, words: string): string {
  const { left, right } = PLOT;
  return `<line x1="${left}" y1="${round(at)}" x2="${right}" y2="${round(at)}" stroke="${REFERENCE_COLOUR}" stroke-dasharray="4 3"/>\n${text(right, at - 5, words, 'text-anchor="end" font-size="10"')}`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
