import type { GroupName } from '@group-services/core';
import type { DaemonEngine, ListedNode, VotesAnswer } from '@group-services/daemon-engine';
import type { Route } from '@group-services/runtime';
import { groupNameProblem } from '@group-services/wire';
import type { EngineQuestions } from './engine-questions.js';

export interface AdminSources {
  readonly engine: DaemonEngine;
  readonly nodes: EngineQuestions<readonly ListedNode[]>;
  readonly votes: EngineQuestions<VotesAnswer>;
  readonly domain: string;
  /** Of gsd. */
  readonly version: string;
  readonly startedAt: Date;
}

/** What `gsctl` and operators read: the engine's own report, cut into pieces. */
export function adminRoutes(sources: AdminSources): Readonly<Record<string, Route>> {
  const { engine, domain, version } = sources;
  const startedAt = sources.startedAt.toISOString();
  return {
    '/api/status': () => {
      const { groups, clients, peers, ...rest } = engine.inspect();
      const counts = { groups: groups.length, clients: clients.length, peers: peers.length };
      return { domain, version, startedAt, ...rest, ...counts };
    },
    /** All of the domain, as the name server knows them: null when it cannot be asked. */
    '/api/nodes': async () => {
      const nodes =
        (await sources.nodes.ask((question) => ({ kind: 'listNodes', question }))) ?? null;
      const { node, incarnation, address, peers } = engine.inspect();
      return { self: { node, incarnation, address }, peers, nodes };
    },
    '/api/peers': () => engine.inspect().peers,
    '/api/groups': () => engine.inspect().groups,
    '/api/groups/:name': ({ params }) =>
      engine.inspect().groups.find((group) => group.group === params['name']),
    /** Whom the group waits for, as its leader says, from any node; within two seconds. */
    '/api/groups/:name/votes': ({ params }) => {
      const name = params['name'] ?? '';
      if (groupNameProblem(name) !== undefined) return undefined;
      const group = name as GroupName; // It has passed its check.
      return sources.votes.ask((question) => ({ kind: 'askVotes', question, group }));
    },
    '/api/clients': () => engine.inspect().clients,
  };
}
