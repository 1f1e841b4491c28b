import { NODES_GROUP } from '@group-services/wire';
import { defineCommand } from '../command/define.js';
import { GROUP } from '../command/operands.js';
import { join } from '../join.js';
import { KEYS_HELP, readWishes } from '../keys.js';
import { printable } from '../printable.js';
import { watch } from '../watch.js';

export const watchCommand = defineCommand({
  words: 'watch',
  description: 'print changes and voting of a group until Ctrl-C',
  details: `A group that does not exist yet is waited for. ${NODES_GROUP} (in quotes) are the daemons of the domain.`,
  operands: { group: GROUP },
  options: {},
  run: async ({ operands: { group }, config: { json }, io, withDaemon }) =>
    await withDaemon(async (daemon) => {
      const where = `group ${printable(group)} through node ${daemon.services.node}`;
      await watch(daemon, {
        group,
        json,
        started: () => {
          if (!json) io.remark(`Watching ${where}; Ctrl-C ends.`);
        },
        print: (line) => io.print(line),
        signal: io.stopped(),
      });
    }),
});

export const joinCommand = defineCommand({
  words: 'join',
  description: 'be a provider: see ballots, vote by key',
  details: KEYS_HELP,
  operands: { group: GROUP },
  options: {},
  run: async ({ operands: { group }, config: { json }, io, withDaemon }) =>
    await withDaemon(async (daemon) => {
      const where = `group ${printable(group)} through node ${daemon.services.node}`;
      io.remark(`Joining ${where}. ${KEYS_HELP}`);
      await join(daemon, {
        group,
        json,
        print: (line) => io.print(line),
        remark: (line) => io.remark(line),
        wishes: (tell) => readWishes(io.stdin, tell),
        signal: io.stopped(),
      });
    }),
});
