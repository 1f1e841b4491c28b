import { defineCommand } from '../command/define.js';
import { NODE } from '../command/operands.js';
import { nodes } from '../nodes.js';
import { forgetNode } from '../reset.js';

export const nodesCommand = defineCommand({
  words: 'nodes',
  description: 'the nodes of the domain, and how this one hears them',
  operands: {},
  options: {},
  run: async ({ withDaemon, report }) => report(await withDaemon(nodes)),
});

export const nodesForgetCommand = defineCommand({
  words: 'nodes forget',
  description: 'give up a node that will not come back: groups stop waiting for it',
  operands: { node: NODE },
  options: {},
  run: async ({ operands, withDaemon, report }) =>
    report(await withDaemon((daemon) => forgetNode(daemon, operands.node))),
});
