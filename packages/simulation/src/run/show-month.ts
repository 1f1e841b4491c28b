import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type MonthFigure, runMonth } from './month.js';

/** More than this a day, over the later half, is a leak: what collections leave varies by far less. */
const GROWTH_MAX = 50_000;

/** Runs the month with a line for each day; whether the heap stayed flat. */
export function showMonth(days: number, print: (text: string) => void): boolean {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const heapUsed = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const started = performance.now();
  const follow = ({ day, heapBytes, sizes }: MonthFigure): void => {
    const heap = `${(heapBytes / 1e6).toFixed(2)} MB`.padStart(9);
    const text = Object.entries(sizes).map(([name, value]) => `${name} ${value}`);
    print(`day ${day.toFixed(2).padStart(6)} ${heap}  ${text.join(', ')}\n`);
  };
  const report = runMonth({ days, everyDays: days / 30, seed: 1, heapUsed, follow });
  print('\n');
  for (const [name, count] of report.counters.entries()) {
    if (/^(fault|client hears|messages|daemons|branch)/.test(name)) {
      print(`  ${String(count).padStart(10)}  ${name}\n`);
    }
  }
  const grows = (report.growthPerDay / 1000).toFixed(1);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  print(`${days} days in ${seconds} s; over the later half the heap grows ${grows} kB a day\n`);
  return report.growthPerDay <= GROWTH_MAX;
}
