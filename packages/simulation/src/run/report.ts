import type { Counters } from '../counters.js';
import type { Totals } from './batch.js';
import type { Explanation } from './explain.js';
import { neverReached, TRANSITIONS } from './transitions.js';

/** What the program prints; each gives its text, and nothing here writes. */

const HOUR_MS = 3_600_000;
const SEEDS_SHOWN_MAX = 12;

/** One line while seeds run. */
export function progressLine(totals: Totals, seeds: number, seconds: number): string {
  return [
    `${totals.seeds}/${seeds} seeds`,
    `${(totals.seeds / seconds).toFixed(1)}/s`,
    `${hours(totals)} virtual hours`,
    `${faultsOf(totals.counters)} faults`,
    `${totals.failures.length} failed`,
  ].join(', ');
}

/** What a run of many seeds came to; `missed` is what it had to reach and did not. */
export function summary(totals: Totals): { readonly text: string; readonly missed: number } {
  const { counters, failures } = totals;
  const lines = [
    `${totals.seeds} seeds, ${hours(totals)} virtual hours, ${faultsOf(counters)} faults, ` +
      `${counters.get('branch: takeover')} takeovers, digest ${totals.digest.toString(16)}`,
    'transitions that have to be reached:',
    ...TRANSITIONS.map((transition) => {
      const count = transition.counters.reduce((sum, name) => sum + counters.get(name), 0);
      return counted(transition.name, count);
    }),
    'everything counted:',
    ...counters.entries().map(([name, count]) => counted(name, count)),
  ];
  for (const [checker, seeds] of byChecker(failures)) {
    const shown = seeds.slice(0, SEEDS_SHOWN_MAX).join(' ');
    lines.push(`failed ${checker}: ${seeds.length} seeds, ${shown}`);
  }
  const missed = neverReached(counters, totals.seeds);
  for (const name of missed) lines.push(`never reached: ${name}`);
  return { text: `${lines.join('\n')}\n`, missed: missed.length };
}

/** A failure made small, with the end of its story. */
export function explanation(seed: number, { minimised, text, lines }: Explanation): string {
  const { profile, without, reruns } = minimised;
  return [
    ...lines,
    '',
    `made smaller in ${reruns} runs, without: ${without.join(', ') || 'nothing'}`,
    `left: ${profile.daemons} daemons, ${profile.groups} groups, ` +
      `${profile.safetyMs} ms with faults ${JSON.stringify(profile.faults)}`,
    `seed ${seed}, made smaller, fails: ${text}`,
    `again with everything: npm run sim -- --seed ${seed} --trace`,
    '',
  ].join('\n');
}

function counted(name: string, count: number): string {
  return `  ${String(count).padStart(10)}  ${name}`;
}

function hours({ virtualMs }: Totals): string {
  return (virtualMs / HOUR_MS).toFixed(2);
}

function faultsOf(counters: Counters): number {
  return counters
    .entries()
    .filter(([name]) => name.startsWith('fault: '))
    .reduce((sum, [, count]) => sum + count, 0);
}

function byChecker(failures: Totals['failures']): ReadonlyMap<string, readonly number[]> {
  const seeds = new Map<string, number[]>();
  for (const { seed, failure } of failures) {
    seeds.set(failure.checker, [...(seeds.get(failure.checker) ?? []), seed]);
  }
  return seeds;
}
