import type { Journal } from '@group-services/core';
import {
  EventFeed,
  type Logger,
  LoopDelayMeter,
  type Metrics,
  type Readiness,
  type Route,
  recentLines,
  TextAnswer,
} from '@group-services/runtime';
import type { ActiveLife } from './active-life.js';
import type { LeadershipState } from './etcd/leadership.js';
import type { Lead } from './lead.js';
import type { NameServerNews } from './news.js';

/** What operators are told of. */
export interface NameServerFacts {
  /** Undefined: this name server is not active. */
  readonly life: () => ActiveLife | undefined;
  readonly lead: Lead;
  readonly logger: Logger;
  readonly options: object;
  /** Of gsns. */
  readonly version: string;
  /** Why no more daemons are taken in; empty when they are. */
  readonly wants: () => readonly string[];
}

/** What `gsctl` and operators read: the engine's own report, cut into pieces. */
export function adminRoutes(
  facts: NameServerFacts & {
    readonly metrics: Metrics;
    /** What has happened lately, for pages. */
    readonly journal: Journal<NameServerNews>;
  },
): Readonly<Record<string, Route>> {
  const { life, logger, metrics, options, journal } = facts;
  const run = Date.now().toString(36);
  const feed = new EventFeed({ run, journal, now: () => performance.now() });
  const loopDelay = new LoopDelayMeter();
  const inspect = () => {
    const { engine, host } = life() ?? {};
    return host === undefined ? undefined : engine?.inspect(host.now());
  };
  return {
    '/metrics': async ({ accept }) => new TextAnswer(await metrics.text(accept)),
    '/api/status': () => status(facts),
    /** As they are in force; of secrets only in which files they are. */
    '/api/options': () => options,
    /** The last 2,000 lines of the log, of all levels. */
    '/api/log': () => recentLines(logger),
    /** Server-sent: what has happened in the last ten minutes, and from now on. */
    '/api/events': () => feed,
    /** For charts: two answers, and the time between them, are a rate. */
    '/api/counters': () => ({
      at: Date.now(),
      changes: inspect()?.changes,
      memoryBytes: process.memoryUsage.rss(),
      loopDelay: loopDelay.read(),
    }),
    '/api/nodes': () => inspect()?.nodes,
    '/api/groups': () => inspect()?.groups,
    '/api/groups/:name': ({ params }) =>
      inspect()?.groups.find(({ group }) => group === params['name']),
  };
}

/** What operators may do here. */
export function adminActions({ lead, logger }: NameServerFacts): Readonly<Record<string, Route>> {
  return {
    '/api/step-down': () => {
      const { state, stepDown } = lead;
      if (stepDown === undefined || state === undefined) {
        return { done: false, why: 'this name server is the only one of its store' };
      }
      if (state.role !== 'active') {
        return { done: false, why: 'this name server is not active', active: state.active };
      }
      logger.info('an operator asks this name server to step down');
      stepDown();
      return { done: true };
    },
  };
}

/** Whether look-ups are answered, or would be if this one became active. */
export function readiness({ life, lead, wants }: NameServerFacts): Readiness {
  const degraded = wants().length > 0 ? { degraded: wants() } : {};
  const { engine, host } = life() ?? {};
  if (engine === undefined || host === undefined) {
    const { trouble, answeredAt } = lead.etcd ?? {};
    if (trouble === undefined && answeredAt !== undefined) {
      return { ready: true, missing: [], ...degraded };
    }
    return { ready: false, missing: [trouble ?? 'etcd has not answered yet'], ...degraded };
  }
  if (engine.isReady) return { ready: true, missing: [], ...degraded };
  const { recoveringForMs } = engine.inspect(host.now());
  return {
    ready: false,
    missing: [`the recovery window is open for ${recoveringForMs} ms`],
    ...degraded,
  };
}

function status({ life, lead, version, options }: NameServerFacts): object {
  const now = { version, time: new Date().toISOString(), pid: process.pid };
  const shared = lead.state === undefined ? {} : { lead: leadStatus(lead.state, lead.etcd) };
  const { engine, host } = life() ?? {};
  if (engine === undefined || host === undefined) {
    const domain = 'domain' in options ? options.domain : undefined;
    return { ...now, domain, ...shared };
  }
  const { groups, nodes, ...rest } = engine.inspect(host.now());
  const alive = nodes.filter((node) => node.alive).length;
  const counts = { groups: groups.length, nodes: nodes.length, nodesAlive: alive };
  return { ...now, ...rest, ...counts, ...shared };
}

function leadStatus({ role, since, active }: LeadershipState, etcd: Lead['etcd']): object {
  const { member, answeredAt, lastMs, trouble } = etcd ?? {};
  return {
    role,
    since: new Date(since).toISOString(),
    active: active ?? null,
    etcd: {
      member: member ?? null,
      answeredAt: answeredAt === undefined ? null : new Date(answeredAt).toISOString(),
      latencyMs: lastMs ?? null,
      trouble: trouble ?? null,
    },
  };
}
