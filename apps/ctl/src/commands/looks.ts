import { clients } from '../clients.js';
import { defineCommand } from '../command/define.js';
import { GROUP } from '../command/operands.js';
import { printable } from '../printable.js';
import { stateGet } from '../state-get.js';
import { status } from '../status.js';
import { votes } from '../votes.js';
import { also, othersOf } from './also.js';

export const statusCommand = defineCommand({
  words: 'status',
  description: 'the daemon, its groups and its processes',
  operands: {},
  options: {},
  run: async ({ withDaemon, report }) => report(await withDaemon(status)),
});

export const clientsCommand = defineCommand({
  words: 'clients',
  description: 'the processes of a node: memberships, what they have not read',
  details: 'Those of other nodes are told by their own daemons: ask them with --also.',
  operands: {},
  options: { also },
  run: async ({ config, withDaemon, report }) =>
    report(await withDaemon((daemon) => clients(daemon, othersOf(config)))),
});

export const votesCommand = defineCommand({
  words: 'votes',
  description: 'whom the group waits for, and since when; which processes slow it down',
  details: 'Processes are known by the daemon of their own node: of others ask with --also.',
  operands: { group: GROUP },
  options: { also },
  run: async ({ operands, config, withDaemon, report }) =>
    report(await withDaemon((daemon) => votes(daemon, operands.group, othersOf(config)))),
});

export const stateGetCommand = defineCommand({
  words: 'state get',
  description: 'print the state value',
  details: 'Text is printed as it is, other bytes in base64.',
  operands: { group: GROUP },
  options: {},
  run: async ({ operands: { group }, config, io, withDaemon, report }) => {
    const found = await withDaemon((daemon) => stateGet(daemon, group));
    if (config.json) return await report(found);
    if (found.json.stateValue === null) {
      return io.remark(`Group ${printable(group)} has no state value yet.`);
    }
    // Into a file or pipe goes the value as it is; a terminal must not act on it.
    await io.print(io.isTerminal ? printable(found.text) : found.text);
  },
});
