import { flag } from '@group-services/runtime';
import { defineCommand } from '../command/define.js';
import { GROUP } from '../command/operands.js';
import { group } from '../group.js';
import { groups } from '../groups.js';
import { confirmed, resetGroup } from '../reset.js';

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
  details:
    'Asks you to type the name of the group again, unless you say --yes: what it knows is lost,\nand its processes are removed (group-lost) and have to join again.',
  operands: { group: GROUP },
  options: {
    yes: {
      schema: flag(),
      default: 'false',
      description: 'do not ask; needed where nobody is at a terminal',
    },
  },
  run: async ({ operands: { group }, config, io, withDaemon, report }) =>
    report(
      await withDaemon(async (daemon) => {
        if (!config.yes) await confirmed(daemon, group, io);
        return await resetGroup(daemon, group);
      }),
    ),
});
