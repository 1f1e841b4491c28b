import { expect, it } from 'vitest';
import type { DomainNodes, Group } from '../api/answers.js';
import { seenNodes } from './domain-nodes.js';

const SELF = { node: 'n2', address: 'tcp://two', drained: true };

function listed(node: string, over: object = {}) {
  return { node, incarnation: 1, address: `tcp://${node}`, alive: true, ...over };
}

function peer(daemon: string, suspected: string | null) {
  return { daemon, suspected, heardMsAgo: 10, hearsUsMsAgo: 10 };
}

it('joins what the name server, the links and the groups say, this node first', () => {
  const nodes = {
    nodes: [
      listed('n1'),
      listed('n2'),
      listed('n3', { alive: false }),
      listed('n4', { alive: false, stopped: true }),
      listed('n5'),
    ],
    peers: [{ ...peer('n1.17', null), drained: false }, peer('n5.3', 'silence')],
  } as unknown as DomainNodes;
  const group = { group: 'g', leader: 'n1', daemons: [{ node: 'n1' }, { node: 'n2' }] };
  const seen = seenNodes(SELF, nodes, [group as unknown as Group]);
  expect(seen.map(({ node, state }) => `${node} ${state}`)).toEqual([
    'n2 here',
    'n1 alive',
    'n3 gone',
    'n4 stopped',
    'n5 silent',
  ]);
  expect(seen.slice(0, 3).map(({ isDrained }) => isDrained)).toEqual([true, false, undefined]);
  expect(seen[1]).toMatchObject({ leads: ['g'], groups: 1, address: 'tcp://n1' });
});

it('knows the nodes of its links when the name server cannot tell', () => {
  const nodes = { nodes: null, peers: [peer('n1.17', null)] } as unknown as DomainNodes;
  expect(seenNodes(SELF, nodes, []).map(({ state }) => state)).toEqual(['here', 'alive']);
});
