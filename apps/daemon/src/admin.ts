import { type GroupName, isNodeName } from '@group-services/core';
import type {
  DrainAnswer,
  GroupAnswer,
  NodesAnswer,
  VotesAnswer,
} from '@group-services/daemon-engine';
import {
  type Logger,
  type Metrics,
  type Route,
  recentLines,
  TextAnswer,
} from '@group-services/runtime';
import { groupNameProblem } from '@group-services/wire';
import { operatorRoute } from './admin-actions.js';
import { type ConsoleSources, consoleRoutes } from './console.js';
import type { EngineQuestions } from './engine-questions.js';

export interface AdminSources extends ConsoleSources {
  readonly nodes: EngineQuestions<NodesAnswer>;
  readonly entries: EngineQuestions<GroupAnswer>;
  readonly votes: EngineQuestions<VotesAnswer>;
  /** The address of the one that it is connected to. */
  readonly nameServerAddress: () => string | undefined;
  readonly drains: EngineQuestions<DrainAnswer>;
  readonly domain: string;
  /** Of gsd. */
  readonly version: string;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly options: object;
  /** What waits for a process. */
  readonly queuedBytes: (client: number) => number;
}

/** What `gsctl` and operators read: the engine's own report, cut into pieces. */
export function adminRoutes(sources: AdminSources): Readonly<Record<string, Route>> {
  const { engine, domain, version, metrics } = sources;
  const startedAt = sources.startedAt.toISOString();
  return {
    '/metrics': async ({ accept }) => new TextAnswer(await metrics.text(accept)),
    '/api/status': () => {
      const { groups, clients, peers, ...rest } = engine.inspect();
      const address = sources.nameServerAddress();
      const nameServer = { ...rest.nameServer, ...(address !== undefined && { address }) };
      const counts = { groups: groups.length, clients: clients.length, peers: peers.length };
      const now = { time: new Date().toISOString(), pid: process.pid };
      return { domain, version, startedAt, ...now, ...rest, nameServer, ...counts };
    },
    /** As they are in force; of secrets only in which files they are. */
    '/api/options': () => sources.options,
    /** The last 2,000 lines of the log, of all levels. */
    '/api/log': () => recentLines(sources.logger),
    /** All of the domain, as the name server knows them: null, and why, when it cannot tell. */
    '/api/nodes': async () => {
      const answer = await sources.nodes.ask((question) => ({ kind: 'listNodes', question }));
      const { node, incarnation, address, drained, peers } = engine.inspect();
      const { nodes = null, note = STOPPING } = answer ?? {};
      return {
        self: { node, incarnation, address, drained },
        peers,
        nodes,
        ...(nodes === null && { note }),
      };
    },
    ...consoleRoutes(sources),
    '/api/operator': operatorRoute,
    '/api/peers': () => engine.inspect().peers,
    /** With `?name=`: that one alone. Unlike a part of a path, this can say any name, `..` too. */
    '/api/groups': ({ query }) => {
      const { groups } = engine.inspect();
      const name = query.get('name');
      return name === null ? groups : groups.filter(({ group }) => group === name);
    },
    '/api/groups/:name': ({ params }) =>
      engine.inspect().groups.find((group) => group.group === params['name']),
    /** Whom the group waits for, as its leader says, from any node; within two seconds. */
    '/api/groups/:name/votes': ({ params }) => votes(sources, params['name']),
    '/api/votes': ({ query }) => votes(sources, query.get('group')),
    /** What the name server knows of the group, and which nodes it waits for. */
    '/api/entry': ({ query }) => entry(sources, query.get('group')),
    /** How far the draining of a node is: what is still there. */
    '/api/drain': ({ query }) => drain(sources, query.get('node')),
    '/api/clients': () =>
      engine.inspect().clients.map((one) => {
        const queuedBytes = sources.queuedBytes(one.client);
        return { ...one, queuedBytes };
      }),
  };
}

const STOPPING = 'the daemon is stopping';

function votes({ votes }: AdminSources, name: string | null | undefined) {
  const group = groupOf(name);
  if (group === undefined) return undefined;
  return votes.ask((question) => ({ kind: 'askVotes', question, group }));
}

async function entry({ entries }: AdminSources, name: string | null | undefined) {
  const group = groupOf(name);
  if (group === undefined) return undefined;
  const answer = await entries.ask((question) => ({ kind: 'describeGroup', question, group }));
  return { group, ...(answer ?? { entry: null, waitsFor: [], note: STOPPING, told: false }) };
}

async function drain({ drains }: AdminSources, name: string | null) {
  if (name === null || !isNodeName(name)) return undefined;
  const answer = await drains.ask((question) => {
    return { kind: 'askDrain', question, node: name, wish: 'look' };
  });
  return { node: name, ...(answer ?? { ok: false, why: STOPPING }) };
}

/** Undefined: no group can have this name. */
function groupOf(name: string | null | undefined): GroupName | undefined {
  if (name === null || name === undefined || groupNameProblem(name) !== undefined) return undefined;
  return name as GroupName; // It has passed its check.
}
