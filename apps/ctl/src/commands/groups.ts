import { defineCommand } from '../command/define.js';
import { GROUP } from '../command/operands.js';
import { group } from '../group.js';
import { groups } from '../groups.js';
import { resetGroup } from '../reset.js';

export const groupsCommand = defineCommand({
  words: 'groups',
  description: 'all groups of the domain',
  operands: {},
  options: {},
  run: async ({ withDaemon, report }) => report(await withDaemon(groups)),
});

export const groupCommand = defineCommand({
  words: 'group',
  description: 'one group: leader, providers, daemons, stream',
  operands: { group: GROUP },
  options: {},
  run: async ({ operands, withDaemon, report }) =>
    report(await withDaemon((daemon) => group(daemon, operands.group))),
});

export const groupResetCommand = defineCommand({
  words: 'group reset',
  description: 'start a group anew: its state is given up, and its processes are removed',
  operands: { group: GROUP },
  options: {},
  run: async ({ operands, withDaemon, report }) =>
    report(await withDaemon((daemon) => resetGroup(daemon, operands.group))),
});
