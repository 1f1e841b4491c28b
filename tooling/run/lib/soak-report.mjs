// The report of a long run, as a page: what ran, how often, what was done to whom, and what was found.
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { root } from './console.mjs';

export function report({ started, parts }) {
  const minutes = Math.round((Date.now() - started.getTime()) / 60_000);
  const failed = Object.values(parts).flatMap((runs) => runs.flatMap((one) => one.failed));
  return [
    '# A long run',
    '',
    `${started.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${minutes} minutes, commit ${commit()}, ` +
      `Node ${process.versions.node}, ${cpus().length} cores.`,
    '',
    ...simulated(parts),
    ...real(parts.chaos),
    '## Found',
    '',
    ...(failed.length === 0 ? ['Nothing.'] : failed.map((line) => `* ${line}`)),
    '',
  ].join('\n');
}

function simulated({ seeds, lead, library }) {
  const row = (what, runs, unit) =>
    `| ${what} | ${sum(runs, ({ count }) => count ?? 1)} ${unit} | ${ranges(runs)} | ` +
    `${runs.reduce((all, { failed }) => all + failed.length, 0)} |`;
  return [
    '## In virtual time',
    '',
    '| what | runs | seeds from | with a broken promise |',
    '| --- | --- | --- | --- |',
    row('whole domains', seeds, 'seeds'),
    row('several name servers on one etcd', lead, 'seeds'),
    row('the library and every recipe', library, 'turns'),
    '',
  ];
}

function real(runs) {
  if (runs.some(({ isSkipped }) => isSkipped)) {
    return ['## Real programs', '', 'Skipped: no testbed could be made on this machine.', ''];
  }
  const campaigns = runs.flatMap((one) => one.campaigns);
  const rounds = campaigns.flatMap((one) => one.rounds);
  const times = new Map();
  for (const name of rounds.flat()) times.set(name, (times.get(name) ?? 0) + 1);
  const total = (of) => sum(campaigns, of).toLocaleString('en');
  return [
    '## Real programs',
    '',
    `${campaigns.length} domains, ${rounds.length} rounds of one to three faults each; after every round all ` +
      `came together, and what all had seen was compared: ${total((one) => one.messages)} messages, ` +
      `${total((one) => one.memberships)} memberships.`,
    '',
    '| fault | times |',
    '| --- | --- |',
    ...[...times].sort(([a], [b]) => a.localeCompare(b)).map(([name, n]) => `| ${name} | ${n} |`),
    '',
    '| domain | seed | rounds |',
    '| --- | --- | --- |',
    ...campaigns.map((one) => `| ${one.plan} | ${one.seed} | ${one.rounds.length} |`),
    '',
  ];
}

function ranges(runs) {
  return runs.map(({ from, seed }) => from ?? seed).at(0) ?? '–';
}

function sum(list, of) {
  return list.reduce((all, one) => all + of(one), 0);
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root }).toString().trim();
  } catch {
    // A copy without history has none.
    return 'unknown';
  }
}
