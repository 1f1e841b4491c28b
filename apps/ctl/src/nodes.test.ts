import { expect, it } from 'vitest';
import type { DomainNodes } from './admin-answers.js';
import { nodeLines, nodesText } from './nodes.js';

const found: DomainNodes = {
  self: { node: 'n1', incarnation: 10, address: 'tcp://127.0.0.1:1' },
  peers: [
    { daemon: 'n2.20', suspected: null, heardMsAgo: 12.3, hearsUsMsAgo: 15 },
    { daemon: 'n3.30', suspected: 'silent', heardMsAgo: 2000, hearsUsMsAgo: 2000 },
  ],
  nodes: [
    { node: 'n4', incarnation: 40, address: 'tcp://127.0.0.1:4', alive: false },
    { node: 'n5', incarnation: 50, address: 'tcp://127.0.0.1:5', alive: false, stopped: true },
    { node: 'n2', incarnation: 20, address: 'tcp://127.0.0.1:2', alive: true },
    { node: 'n1', incarnation: 10, address: 'tcp://127.0.0.1:1', alive: true },
  ],
};

it('joins what the name server lists with what this daemon hears', () => {
  expect(nodesText(found).split('\n')).toEqual([
    'NODE            LEASE    HEARD               ADDRESS            INCARNATION',
    'n1 (this node)  fresh    -                   tcp://127.0.0.1:1  10',
    'n2              fresh    12 ms ago           tcp://127.0.0.1:2  20',
    'n3              -        suspected: silent   -                  30',
    'n4              expired  no group in common  tcp://127.0.0.1:4  40',
    'n5              stopped  no group in common  tcp://127.0.0.1:5  50',
  ]);
});

it('says whom others cannot reach, and why', () => {
  const why = 'the host name cannot be looked up';
  const nodes = found.nodes?.map((known) =>
    known.node === 'n2' ? { ...known, notReachedBy: [{ node: 'n4', why }] } : known,
  );
  expect(nodesText({ ...found, nodes: nodes ?? [] })).toMatch(
    /\n\nn2 cannot be reached at tcp:\/\/127.0.0.1:2 by n4: the host name cannot be looked up/u,
  );
});

it('shows what this daemon knows without the name server', () => {
  const note = 'the daemon has no connection to the name server';
  const alone = { ...found, nodes: null, note };
  expect(nodeLines(alone).map(({ node }) => node)).toEqual(['n1', 'n2', 'n3']);
  expect(nodesText(alone)).toMatch(
    /\n\nThere may be more nodes: the daemon has no connection to the name server\.$/u,
  );
});

it('keeps two incarnations of a node apart, the older one first', () => {
  const peers = [9, 8].map((incarnation) => ({
    daemon: `n2.a.${incarnation}`,
    suspected: 'superseded',
    heardMsAgo: null,
    hearsUsMsAgo: 1,
  }));
  const lines = nodeLines({ ...found, peers, nodes: [] });
  expect(lines.map(({ node, incarnation }) => [node, incarnation])).toEqual([
    ['n1', 10],
    ['n2.a', 8],
    ['n2.a', 9],
  ]);
});
