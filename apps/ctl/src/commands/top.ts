import { duration } from '@group-services/runtime';
import { defineCommand } from '../command/define.js';
import { topLive, topOnce } from '../top/top.js';

export const topCommand = defineCommand({
  words: 'top',
  description: 'groups by rate, processes by queue, votes overdue; live until Ctrl-C',
  details:
    'Of the node whose daemon is asked. Without a terminal, and with --json, it prints one picture of one interval.',
  operands: {},
  options: {
    interval: {
      schema: duration({ min: 100, max: 3_600_000 }),
      default: '1s',
      description: 'from one picture to the next',
    },
  },
  run: async ({ config: { interval, json }, io, withDaemon, report }) => {
    const options = { intervalMs: interval, signal: io.stopped() };
    const { terminal } = io;
    if (json || terminal === undefined) {
      return await report(await withDaemon((daemon) => topOnce(daemon, options)));
    }
    await withDaemon((daemon) => topLive(daemon, terminal, options));
  },
});
