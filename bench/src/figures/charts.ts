import { readable } from '../report.js';
import { type BarGroup, barChart } from './bar-chart.js';
import type { FiguresFile } from './figures-file.js';

type Figure = FiguresFile['results'][number];

const OURS = 'group-services';
const SERIES = [OURS, 'relay-msg', 'relay-frame'];

/** A picture made of some of the figures: its file name without the ending, and the SVG. */
export interface Chart {
  readonly name: string;
  readonly svg: string;
}

/** All charts that the figures have something for. */
export function chartsOf({ results }: FiguresFile): readonly Chart[] {
  const charts = [
    {
      name: 'throughput',
      title: 'Ordered multicast: messages per second that reach every member',
      note: 'As a multiple of the relay that handles message by message; longer is better.',
      groups: ratios(results, ({ work, metric }) => work === 'W1' && metric.name === 'throughput'),
      reference: { value: 1, text: 'relay-msg' },
    },
    {
      name: 'barrier',
      title: 'Barriers: rounds per second',
      note: 'Longer is better.',
      groups: absolutes(results, ({ work }) => work === 'W5'),
    },
    {
      name: 'latency',
      title: 'One thing at a time: median time until it is seen',
      note: 'Microseconds; shorter is better.',
      groups: absolutes(
        results,
        ({ work, metric }) =>
          ['W2', 'W6', 'W10'].includes(work) && /p50$/.test(metric.name) && metric.unit === 'us',
      ),
    },
    {
      name: 'failures',
      title: 'Failures: until all others see the list without the dead',
      note: 'Milliseconds, medians; shorter is better.',
      groups: absolutes(results, ({ work }) => work.startsWith('W4')),
    },
  ];
  return charts
    .filter(({ groups }) => groups.length > 0)
    .map(({ name, ...chart }) => ({
      name,
      svg: barChart({ ...chart, series: seriesOf(chart.groups) }),
    }));
}

function seriesOf(groups: readonly BarGroup[]): readonly string[] {
  const used = new Set(groups.flatMap(({ bars }) => bars.map(({ series }) => series)));
  return SERIES.filter((name) => used.has(name));
}

function ratios(results: readonly Figure[], wanted: (figure: Figure) => boolean): BarGroup[] {
  return grouped(results.filter(wanted), ({ ratioToRelayMsg = 0, summary }) => ({
    value: ratioToRelayMsg,
    text: `${ratioToRelayMsg.toFixed(2)} (${readable(summary.median)}/s)`,
  }));
}

function absolutes(results: readonly Figure[], wanted: (figure: Figure) => boolean): BarGroup[] {
  return grouped(results.filter(wanted), ({ summary }) => ({
    value: summary.median,
    text: readable(summary.median),
  }));
}

/** The systems that did the same, side by side. */
function grouped(
  figures: readonly Figure[],
  barOf: (figure: Figure) => { readonly value: number; readonly text: string },
): BarGroup[] {
  const labels = [...new Set(figures.map(labelOf))];
  return labels.map((label) => ({
    label,
    bars: SERIES.flatMap((series) => {
      const figure = figures.find((each) => each.system === series && labelOf(each) === label);
      return figure === undefined ? [] : [{ series, ...barOf(figure) }];
    }),
  }));
}

const SHORTER: readonly (readonly [string, string])[] = [
  ['ordered multicast, ', ''],
  ['one at a time, send to own delivery', 'message, own delivery'],
  ['one process joins and leaves, to the slowest of three', 'seen by all'],
];

function labelOf({ title, metric }: Figure): string {
  const several = !['throughput', 'rounds'].includes(metric.name);
  const label = several ? `${title}: ${metric.name}` : title;
  return SHORTER.reduce((text, [long, short]) => text.replace(long, short), label);
}
