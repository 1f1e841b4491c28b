import type { DaemonEngine } from '@group-services/daemon-engine';
import type { Route } from '@group-services/runtime';
import type { NodeQuestions } from './node-questions.js';

export interface AdminSources {
  readonly engine: DaemonEngine;
  readonly questions: NodeQuestions;
  readonly domain: string;
  /** Of gsd. */
  readonly version: string;
  readonly startedAt: Date;
}

/** What `gsctl` and operators read: the engine's own report, cut into pieces. */
export function adminRoutes(sources: AdminSources): Readonly<Record<string, Route>> {
  const { engine, questions, domain, version } = sources;
  const startedAt = sources.startedAt.toISOString();
  return {
    '/api/status': () => {
      const { groups, clients, peers, ...rest } = engine.inspect();
      const counts = { groups: groups.length, clients: clients.length, peers: peers.length };
      return { domain, version, startedAt, ...rest, ...counts };
    },
    /** All of the domain, as the name server knows them: null when it cannot be asked. */
    '/api/nodes': async () => {
      const nodes = (await questions.ask()) ?? null;
      const { node, incarnation, address, peers } = engine.inspect();
      return { self: { node, incarnation, address }, peers, nodes };
    },
    '/api/peers': () => engine.inspect().peers,
    '/api/groups': () => engine.inspect().groups,
    '/api/groups/:name': ({ params }) =>
      engine.inspect().groups.find((group) => group.group === params['name']),
    '/api/clients': () => engine.inspect().clients,
  };
}
