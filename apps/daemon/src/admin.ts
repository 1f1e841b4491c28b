import type { DaemonEngine } from '@group-services/daemon-engine';
import type { Route } from '@group-services/runtime';

/** What `gsctl` and operators read: the engine's own report, cut into pieces. */
export function adminRoutes(engine: DaemonEngine, domain: string): Readonly<Record<string, Route>> {
  return {
    '/api/status': () => {
      const { groups, clients, peers, ...rest } = engine.inspect();
      const counts = { groups: groups.length, clients: clients.length, peers: peers.length };
      return { domain, ...rest, ...counts };
    },
    '/api/nodes': () => {
      const { node, incarnation, address, peers } = engine.inspect();
      return { self: { node, incarnation, address }, peers };
    },
    '/api/groups': () => engine.inspect().groups,
    '/api/groups/:name': ({ params }) =>
      engine.inspect().groups.find((group) => group.group === params['name']),
    '/api/clients': () => engine.inspect().clients,
  };
}
