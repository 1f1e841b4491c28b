import { duration } from '@group-services/runtime';
import { defineCommand } from '../command/define.js';
import { NODE } from '../command/operands.js';
import { drainNode, undrainNode } from '../drain.js';
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

export const nodesDrainCommand = defineCommand({
  words: 'nodes drain',
  description: 'hand over all leads of a node, let nobody join there, wait until it is empty',
  details:
    'For maintenance without a blink: no proposal fails by it. Processes there are left alone; stop them, ' +
    'or connect them to another daemon. The node stays drained until undrain, or until its daemon ends.',
  operands: { node: NODE },
  options: {
    timeout: {
      schema: duration({ min: 1 }),
      default: '60s',
      description: 'how long to wait until nothing is left there',
    },
  },
  run: async ({ operands: { node }, config: { timeout, json }, io, withDaemon, report }) =>
    report(
      await withDaemon((daemon) =>
        drainNode(daemon, {
          node,
          timeoutMs: timeout,
          progress: (line) => {
            if (!json) io.remark(line);
          },
          signal: io.stopped(),
        }),
      ),
    ),
});

export const nodesUndrainCommand = defineCommand({
  words: 'nodes undrain',
  description: 'put a drained node into service again',
  operands: { node: NODE },
  options: {},
  run: async ({ operands, withDaemon, report }) =>
    report(await withDaemon((daemon) => undrainNode(daemon, operands.node))),
});
