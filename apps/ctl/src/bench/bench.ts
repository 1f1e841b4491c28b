import { randomBytes } from 'node:crypto';
import { connect, type GroupServices, type Provider } from '@group-services/client';
import * as z from 'zod';
import { type DaemonSession, failureOf } from '../daemon-session.js';
import { CommandFailure, EXIT_STATUS } from '../exit-status.js';
import type { Report } from '../report.js';
import { facts, table } from '../table.js';
import {
  type Bounds,
  Loopback,
  type Measured,
  oneByOne,
  sends,
  WINDOW,
  windowed,
} from './measures.js';

const row = z.object({
  what: z.string(),
  count: z.int().nonnegative(),
  perSecond: z.number(),
  /** Milliseconds. */
  p50: z.number(),
  p99: z.number(),
  /** The median of the bare loopback is 1; for what is sent at once, its rate is. */
  toLoopback: z.number(),
});

export const benchFindings = z.object({
  nodes: z.array(z.string()),
  seconds: z.number(),
  results: z.array(row),
});
type Row = z.output<typeof row>;

export interface BenchOptions {
  readonly seconds: number;
  /** Daemons of other nodes that take part. */
  readonly peers: readonly string[];
  readonly signal: AbortSignal;
  /** What is measured at present, and how far all of it is, from 0 to 1. */
  readonly progress: (what: string, share: number) => void;
}

const LOOPBACK = 'loopback, one by one';
const LOOPBACK_MANY = `loopback, ${WINDOW} at once`;

/**
 * `gsctl bench`: what this domain does now, measured in a group of its own whose providers all leave when it
 * is over, also when it is interrupted.
 */
export async function bench(daemon: DaemonSession, options: BenchOptions): Promise<Report> {
  const group = `gsctl-bench-${process.pid}-${randomBytes(4).toString('hex')}`;
  const all: GroupServices[] = [];
  try {
    const providers = await members(daemon, options.peers, group, all);
    const results = await measured(providers, options);
    if (options.signal.aborted) {
      throw new CommandFailure(EXIT_STATUS.failed, 'stopped before all was measured');
    }
    const nodes = [...new Set(all.map(({ node }) => node))];
    const json = { nodes, seconds: options.seconds, results };
    return { json, text: benchText(json) };
  } finally {
    // A provider that leaves takes what it has along; the group ends with its last one.
    await Promise.allSettled(all.map((services) => services.close()));
  }
}

/** Two on the daemon that is asked, and one on each of the others. */
async function members(
  { endpoint, access }: DaemonSession,
  peers: readonly string[],
  group: string,
  all: GroupServices[],
): Promise<Provider[]> {
  const providers: Provider[] = [];
  for (const where of [endpoint, endpoint, ...peers]) {
    try {
      const { tls, token } = access;
      const services = await connect({ endpoint: where, name: 'gsctl bench', tls, token });
      all.push(services);
      const provider = await services.join(group);
      // What is sent comes to all of them, and nobody wants it.
      provider.on('message', () => {});
      providers.push(provider);
    } catch (error) {
      throw failureOf(error, where);
    }
  }
  return providers;
}

async function measured(
  providers: readonly Provider[],
  { seconds, signal, progress }: BenchOptions,
): Promise<Row[]> {
  const [first] = providers;
  if (first === undefined) return [];
  await using loopback = await Loopback.open();
  const works: readonly (readonly [what: string, run: (bounds: Bounds) => Promise<Measured>])[] = [
    [LOOPBACK, (bounds) => oneByOne(() => loopback.echo(), bounds)],
    [LOOPBACK_MANY, (bounds) => windowed(() => loopback.echo(), WINDOW, bounds)],
    ['message, agreed', (bounds) => oneByOne(sends(first, 'agreed'), bounds)],
    ['message, safe', (bounds) => oneByOne(sends(first, 'safe'), bounds)],
    [`messages, ${WINDOW} at once`, (bounds) => windowed(sends(first, 'agreed'), WINDOW, bounds)],
    ['barrier of all', (bounds) => oneByOne(() => first.barrier(), bounds)],
  ];
  const rows: Row[] = [];
  const forMs = (seconds * 1000) / works.length;
  for (const [at, [what, run]] of works.entries()) {
    const told = (share: number): void => progress(what, (at + share) / works.length);
    told(0);
    const result = await run({ forMs, signal, progress: told });
    rows.push(rowOf(what, result, rows));
  }
  return rows;
}

/** `rows` begin with those of the loopback. */
export function rowOf(what: string, { count, ms, each }: Measured, rows: readonly Row[]): Row {
  const quantile = (share: number): number =>
    rounded(each[Math.min(each.length - 1, Math.floor(each.length * share))] ?? 0);
  const perSecond = rounded((count * 1000) / Math.max(1, ms));
  const p50 = quantile(0.5);
  const [one, many] = rows;
  const isMany = what.endsWith('at once');
  const base = isMany ? many?.perSecond : one?.p50;
  const value = isMany ? perSecond : p50;
  const toLoopback = base === undefined || base === 0 ? 1 : rounded(value / base);
  return { what, count, perSecond, p50, p99: quantile(0.99), toLoopback };
}

export function benchText({ nodes, seconds, results }: z.output<typeof benchFindings>): string {
  const about = facts([
    ['nodes', nodes.join(', ')],
    ['measured for', `${seconds} s`],
  ]);
  const rows = results.map((one) => [
    one.what,
    one.count,
    one.perSecond,
    one.p50,
    one.p99,
    `${one.toLoopback} x`,
  ]);
  const list = table(['what', 'count', 'per second', 'p50 ms', 'p99 ms', 'to loopback'], rows);
  const note =
    nodes.length > 1
      ? 'The last column: the median, or the rate of those at once, as a multiple of the bare loopback.'
      : 'One node alone took part: --peer ADDRESS adds the daemon of another one.';
  return `${about}\n\n${list}\n\n${note}`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
