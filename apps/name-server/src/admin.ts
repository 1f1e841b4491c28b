import type { Host } from '@group-services/core';
import type { NameServerEngine } from '@group-services/name-server';
import {
  type Logger,
  type Metrics,
  type Readiness,
  type Route,
  recentLines,
  TextAnswer,
} from '@group-services/runtime';

interface NameServerFacts {
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly options: object;
  /** Of gsns. */
  readonly version: string;
}

/** What `gsctl` and operators read: the engine's own report, cut into pieces. */
export function adminRoutes(
  engine: NameServerEngine,
  host: Host,
  { logger, metrics, options, version }: NameServerFacts,
): Readonly<Record<string, Route>> {
  return {
    '/metrics': async ({ accept }) => new TextAnswer(await metrics.text(accept)),
    '/api/status': () => {
      const { groups, nodes, ...rest } = engine.inspect(host.now());
      const alive = nodes.filter((node) => node.alive).length;
      const now = { version, time: new Date().toISOString(), pid: process.pid };
      return { ...now, ...rest, groups: groups.length, nodes: nodes.length, nodesAlive: alive };
    },
    /** As they are in force; of secrets only in which files they are. */
    '/api/options': () => options,
    /** The last 2,000 lines of the log, of all levels. */
    '/api/log': () => recentLines(logger),
    '/api/nodes': () => engine.inspect(host.now()).nodes,
    '/api/groups': () => engine.inspect(host.now()).groups,
    '/api/groups/:name': ({ params }) =>
      engine.inspect(host.now()).groups.find(({ group }) => group === params['name']),
  };
}

/** Whether look-ups are answered. */
export function readiness(
  engine: NameServerEngine,
  now: number,
  wants: readonly string[],
): Readiness {
  const degraded = wants.length > 0 ? { degraded: wants } : {};
  if (engine.isReady) return { ready: true, missing: [], ...degraded };
  const { recoveringForMs } = engine.inspect(now);
  return {
    ready: false,
    missing: [`the recovery window is open for ${recoveringForMs} ms`],
    ...degraded,
  };
}
