#!/usr/bin/env node
import manifest from '../package.json' with { type: 'json' };
import { runCommand } from './command/run.js';
import { COMMANDS } from './commands/all.js';
import { Output } from './output.js';

const output = new Output(process.stdout);

process.exitCode = await runCommand({
  commands: COMMANDS,
  version: manifest.version,
  argv: process.argv.slice(2),
  // Unknown GS_ variables are not worth a warning here: they are the daemon's.
  env: process.env,
  io: {
    stdin: process.stdin,
    print: (text) => output.print(text),
    remark: (line) => void process.stderr.write(`${line}\n`),
    progress: (line) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${line}\u001b[K`);
    },
    terminal: process.stdout.isTTY ? process.stdout : undefined,
    isTerminal: process.stdout.isTTY,
    stopped: () => AbortSignal.any([output.gone, stopSignal()]),
  },
});
// A daemon that does not answer may still hold a socket open, which must not keep us.
process.stdout.write('', () => process.exit());

/** The first signal ends in order; the second one finds no handler and ends at once. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort());
  }
  return stop.signal;
}
