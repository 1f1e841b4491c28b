import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { timeText } from '../model/words.js';
import { Card } from '../parts/card.js';

export interface Series {
  readonly name: string;
  /** By what it means; see `console.css`. */
  readonly colour: string;
}

interface Props {
  readonly title: string;
  readonly series: readonly Series[];
  readonly text: (value: number) => string;
  readonly note: string;
  /** Seconds. */
  readonly at: readonly number[];
  /** Of each series, parallel to `at`. */
  readonly values: readonly (readonly (number | null)[])[];
}

const HEIGHT = 190;

/** One chart, with its latest values in words. */
export function Chart(props: Props) {
  const { title, series, text, note, at, values } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef<uPlot.AlignedData>([[]]);
  latest.current = [[...at], ...values.map((of) => [...of])];
  const now = series.map(({ name }, index) => {
    const value = values[index]?.at(-1);
    return { name, text: value === null || value === undefined ? '–' : text(value) };
  });
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const make = (): void => {
      plot.current?.destroy();
      plot.current = made(element, { series, text, data: latest.current });
    };
    make();
    const resized = new ResizeObserver(() => {
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    resized.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', make);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', make);
      plot.current?.destroy();
    };
  }, [series, text]);
  const last = at.at(-1);
  useEffect(() => plot.current?.setData(latest.current), [last]);
  return (
    <Card title={title}>
      <dl class="chart-now">
        {now.map(({ name, text: value }, index) => (
          <div key={name}>
            <dt>
              <span class={`swatch ${series[index]?.colour ?? ''}`} aria-hidden="true" /> {name}
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div ref={place} class="chart" aria-hidden="true" />
      <p class="quiet note">{note}</p>
    </Card>
  );
}

function made(
  element: HTMLElement,
  wanted: Pick<Props, 'series' | 'text'> & { readonly data: uPlot.AlignedData },
): uPlot {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--t-${name}`).trim();
  const axis = {
    stroke: colour('quiet'),
    grid: { stroke: colour('grid') },
    font: '11px system-ui',
  };
  const { series, text, data } = wanted;
  return new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.15 : 1] } },
      axes: [
        {
          ...axis,
          ticks: { show: false },
          space: 90,
          values: (_plot, splits) => splits.map((at) => timeText(at * 1_000)),
        },
        {
          ...axis,
          ticks: { show: false },
          size: 62,
          values: (_plot, splits) => splits.map((value) => text(value)),
        },
      ],
      series: [
        {},
        ...series.map(({ name, colour: tone }) => ({
          label: name,
          stroke: colour(tone),
          width: 2,
          points: { show: false },
          spanGaps: true,
        })),
      ],
    },
    data,
    element,
  );
}
