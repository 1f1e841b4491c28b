import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { type GsDomain, startDomain } from '../group-services/gs-domain.js';
import type { ProbeCalls } from '../group-services/heap-probe.js';
import { processorSeconds } from '../group-services/processor-time.js';
import type { MemberCalls } from '../member/member-calls.js';
import { RemoteCaller } from '../remote-calls.js';
import { CLUSTER_SIZE, type StartContext } from '../system.js';
import type { FreshWork } from './fresh-work.js';

/** Groups of which nothing is asked. */
const GROUPS = [0, 1, 100, 10_000];
/** What the joins left to do is over by then. */
const SETTLE_MS = 5_000;
const WATCHED_MS = 10_000;
const TIMEOUT_MS = 300_000;

/** What three daemons that are in many groups cost while nothing happens. */
export const IDLE_WORKS: readonly FreshWork[] = GROUPS.map((groups) => ({
  id: 'W8',
  title: `idle, three daemons in ${groups} groups`,
  onRequest: true,
  metrics: [
    { name: 'heap of a daemon', unit: 'KiB', better: 'lower' },
    { name: 'processor of a daemon', unit: '%', better: 'lower' },
  ],
  most: 3,
  warmUp: false,
  measure: async (context) => await idleOnce(groups, context),
}));

async function idleOnce(groups: number, context: StartContext): Promise<readonly number[]> {
  const domain = await startDomain(context, { probed: true });
  const herds: ChildProcess[] = [];
  for (const [index, endpoint] of domain.sockets.entries()) {
    const label = `${domain.prefix} herd ${index}`;
    const child = context.processes.fork(context.memberEntry, label);
    herds.push(child);
    const caller = new RemoteCaller<MemberCalls>(child, label);
    const { failed } = await caller.call('herdJoin', { endpoint, from: 0, to: groups }, TIMEOUT_MS);
    if (failed > 0) throw new Error(`${failed} of ${groups} joins failed`);
  }
  await pause(SETTLE_MS);
  const heaps = await heapsOf(domain);
  const before = secondsOf(domain);
  await pause(WATCHED_MS);
  const spent = secondsOf(domain).map((after, index) => after - (before[index] ?? Number.NaN));
  await Promise.all(herds.map((child) => context.processes.stop(child)));
  await domain.stop();
  const heap = mean(heaps) / 1024;
  const processor = (mean(spent) * 1000 * 100) / WATCHED_MS;
  return Number.isNaN(processor) ? [heap] : [heap, processor];
}

function heapsOf(domain: GsDomain): Promise<number[]> {
  const callers = domain.daemons.map((child) => new RemoteCaller<ProbeCalls>(child, 'daemon'));
  return Promise.all(callers.map((caller) => caller.call('heap', undefined)));
}

function secondsOf(domain: GsDomain): readonly number[] {
  return domain.daemons.map(({ pid = 0 }) => processorSeconds(pid) ?? Number.NaN);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / CLUSTER_SIZE;
}
