import { address, count } from '@group-services/runtime';
import { tcpAddresses, tlsAddresses, unixAddresses } from '@group-services/transport';
import { bench } from '../bench/bench.js';
import { defineCommand } from '../command/define.js';

const BAR_WIDTH = 30;

export const benchCommand = defineCommand({
  words: 'bench',
  description: 'measure latency, throughput and barriers of this domain, beside the bare loopback',
  details:
    'Makes a group of its own for it, with two providers on the daemon that is asked and one on each of\n' +
    '--peer, and leaves nothing behind. Other groups notice the load.',
  operands: {},
  options: {
    seconds: {
      schema: count({ min: 1, max: 600 }),
      default: '6',
      description: 'how long all of it takes',
      placeholder: 'SECONDS',
    },
    peer: {
      schema: address([unixAddresses, tcpAddresses, tlsAddresses]),
      repeatable: true,
      default: [],
      description: 'where the daemon of another node serves processes; it takes part',
      placeholder: 'ADDRESS',
    },
  },
  run: async ({ config: { seconds, peer, json }, io, withDaemon, report }) =>
    report(
      await withDaemon((daemon) =>
        bench(daemon, {
          seconds,
          peers: peer,
          signal: io.stopped(),
          progress: (what, share) => {
            if (!json) io.progress(share >= 1 ? '' : bar(what, share));
          },
        }),
      ),
    ),
});

function bar(what: string, share: number): string {
  const full = Math.round(share * BAR_WIDTH);
  const filled = `${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}`;
  return `[${filled}] ${Math.round(share * 100)} %  ${what}`;
}
