import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { measureScale, type ScaleFigures, type ScalePoint } from './measure-scale.js';

/** `npm run sim -- --scale`: what a domain costs as it grows, as a table or as JSON. */

/** In each row one measure grows; `docs/SCALE.md` has a curve for it. Some ten minutes. */
export const SCALE_SERIES: readonly ScalePoint[] = [
  ...[3, 10, 30].map((daemons) => ({ daemons, groups: 10 * daemons, providers: 3 })),
  ...[10, 30, 100, 300].map((daemons) => ({ daemons, groups: daemons, providers: 3 })),
  { daemons: 10, groups: 1_000, providers: 3 },
  ...[3, 10, 30].map((daemons) => ({ daemons, groups: 1, providers: daemons })),
  ...[30, 100, 300].map((providers) => ({ daemons: 10, groups: 1, providers })),
];

/** `DAEMONS/GROUPS/PROVIDERS`, several with commas between; undefined: it is no such text. */
export function scalePoints(text: string): readonly ScalePoint[] | undefined {
  const points = text.split(',').map((one) => {
    const [daemons = 0, groups = 0, providers = 0, ...more] = one.split('/').map(Number);
    const all = [daemons, groups, providers];
    const fits =
      more.length === 0 &&
      daemons > 1 &&
      providers > 1 &&
      all.every((it) => Number.isSafeInteger(it) && it > 0);
    return fits ? { daemons, groups, providers } : undefined;
  });
  return points.every((it) => it !== undefined) ? points : undefined;
}

/** Prints each line as soon as it is known; the figures, for who wants them as JSON. */
export function showScale(
  points: readonly ScalePoint[],
  print: (text: string) => void,
): readonly ScaleFigures[] {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const heapUsed = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  print(`${row(HEAD)}\n`);
  return points.map((point) => {
    const figures = measureScale(point, { heapUsed, clock: () => performance.now() });
    print(`${row(cells(figures))}\n`);
    return figures;
  });
}

const HEAD = [
  ...['daemons', 'groups', 'providers', 'formed ms', 'frames/s', 'bytes/s', 'to ns B/s'],
  ...['largest B', 'killed ms', 'silent ms', 'in groups', 'heap B', 'real s'],
];

function cells(figures: ScaleFigures): readonly string[] {
  const { idle, killed, vanished, heapBytesPerMembership: heap } = figures;
  return [
    ...[figures.daemons, figures.groups, figures.providers].map(String),
    figures.formedMs.toFixed(0),
    idle.framesPerSecond.toFixed(1),
    idle.bytesPerSecond.toFixed(0),
    idle.renewalBytesPerSecond.toFixed(0),
    String(idle.largestFrameBytes),
    killed.toldMs.toFixed(0),
    vanished.toldMs.toFixed(0),
    String(vanished.groups),
    heap === undefined ? '-' : heap.toFixed(0),
    figures.realSeconds.toFixed(1),
  ];
}

function row(texts: readonly string[]): string {
  return texts.map((text) => text.padStart(10)).join(' ');
}
