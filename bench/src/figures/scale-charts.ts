import { type Line, type LineChart, lineChart } from './line-chart.js';
import type { ScaleFigures } from './scale-file.js';

/** The curves of docs/SCALE.md: in each of them one measure of a domain grows. */
export function scaleChartsOf(
  all: readonly ScaleFigures[],
): readonly { readonly name: string; readonly svg: string }[] {
  const shared = all.filter(({ daemons, groups }) => groups === 10 * daemons);
  const sparse = all.filter(({ daemons, groups }) => groups === daemons);
  const wide = all.filter(
    ({ daemons, groups, providers }) => groups === 1 && providers === daemons,
  );
  const many = all.filter(({ daemons, providers }) => daemons === 10 && providers === 3);
  const crowd = all.filter(({ daemons, groups }) => daemons === 10 && groups === 1);
  const daemonsOf = (one: ScaleFigures): number => one.daemons;
  const idleBytes = ({ idle }: ScaleFigures): number => idle.bytesPerSecond;
  const charts: readonly (LineChart & { readonly name: string })[] = [
    {
      name: 'idle-by-daemons',
      title: 'A daemon while nothing happens, by the number of daemons',
      note: 'Bytes per second that it sends and is sent.',
      across: 'daemons',
      lines: [
        line('ten groups for each daemon', shared, daemonsOf, idleBytes),
        line('one group for each daemon', sparse, daemonsOf, idleBytes),
        line('one group on all of them', wide, daemonsOf, idleBytes),
      ],
    },
    {
      name: 'idle-by-groups',
      title: 'A daemon while nothing happens, by the number of groups',
      note: 'Bytes per second; ten daemons, three providers in each group.',
      across: 'groups',
      lines: [
        line('in all', many, ({ groups }) => groups, idleBytes),
        line(
          'with the name server',
          many,
          ({ groups }) => groups,
          ({ idle }) => idle.renewalBytesPerSecond,
        ),
      ],
    },
    {
      name: 'failures-by-daemons',
      title: 'Failure of a daemon, until the last provider elsewhere knows',
      note: 'Milliseconds; one group for each daemon, three providers in each.',
      across: 'daemons',
      lines: [
        line('killed: its host tells', sparse, daemonsOf, ({ killed }) => killed.toldMs),
        line('silent: nobody tells', sparse, daemonsOf, ({ vanished }) => vanished.toldMs),
      ],
      reference: { value: 1_500, text: '1.5 x --suspect-after' },
    },
    {
      name: 'one-large-group',
      title: 'One group of many providers on ten daemons',
      note: 'Milliseconds, without any cost of processors.',
      across: 'providers',
      lines: [
        line(
          'all at once formed',
          crowd,
          ({ providers }) => providers,
          ({ formedMs }) => formedMs,
        ),
        line(
          'a daemon killed',
          crowd,
          ({ providers }) => providers,
          ({ killed }) => killed.toldMs,
        ),
        line(
          'a daemon silent',
          crowd,
          ({ providers }) => providers,
          ({ vanished }) => vanished.toldMs,
        ),
      ],
    },
  ];
  return charts.flatMap(({ name, ...chart }) => {
    const lines = chart.lines.filter(({ points }) => points.length > 1);
    return lines.length === 0 ? [] : [{ name, svg: lineChart({ ...chart, lines }) }];
  });
}

function line(
  name: string,
  figures: readonly ScaleFigures[],
  x: (figure: ScaleFigures) => number,
  y: (figure: ScaleFigures) => number,
): Line {
  return { name, points: figures.map((figure) => ({ x: x(figure), y: y(figure) })) };
}
