#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { CrewRun } from './crew.js';
import { built, Domain } from './domain.js';
import { LabelledOutput } from './labelled-output.js';

const USAGE = `npm start -- [DIRECTORY] [--once]
Runs a name server, three daemons and the crew example on this machine.

  DIRECTORY  what the crew hashes (default: this repository)
  --once     end when the example's result has been checked (exit status 0: right)
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    once: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const output = new LabelledOutput(['gsns', 'n1', 'crew', 'start']);
const domain = new Domain(output);
const crew = new CrewRun(domain, output);
let stopping: Promise<void> | undefined;

function stop(): Promise<void> {
  stopping ??= (async () => {
    await Promise.all([crew.stop(), domain.stop()]);
  })();
  return stopping;
}

function explain(): void {
  const socket = domain.socket('n1');
  const gsctl = `node ${built('@group-services/gsctl', 'gsctl.js')}`;
  for (const node of domain.nodes)
    output.line('start', `socket of ${node}: ${domain.socket(node)}`);
  output.line('start', 'The domain goes on until Ctrl-C. What to try next:');
  output.line('start', `  open ${domain.admin}/    # the console, in a browser`);
  output.line('start', `  ${gsctl} --endpoint ${socket} status`);
  output.line('start', `  ${gsctl} --endpoint ${socket} join lobby    # in a terminal of its own`);
  output.line(
    'start',
    `  ${gsctl} --endpoint ${domain.socket('n2')} watch lobby    # and in another`,
  );
  output.line('start', `  ${gsctl} --endpoint ${socket} groups    # those that somebody is in`);
  output.line('start', `  GROUP_SERVICES_ENDPOINT=${socket} node your-program.js`);
}

async function main(): Promise<void> {
  await domain.start();
  const right = await crew.run(positionals[0] ?? process.cwd());
  if (stopping !== undefined) return;
  for (const line of crew.summary) output.line('start', line);
  output.line('start', right ? 'The example came to the right result.' : 'THE EXAMPLE FAILED.');
  if (!right) process.exitCode = 1;
  if (values.once) await stop();
  else explain();
}

if (values.help) {
  process.stdout.write(USAGE);
} else {
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      signals += 1;
      if (signals === 1) output.line('start', 'stopping everything');
      void stop().then(() => process.exit(process.exitCode ?? 0));
    });
  }
  // Open pipes of the daemons keep this process alive until it is told to stop.
  main().catch(async (error: unknown) => {
    if (stopping !== undefined) return;
    output.line('start', error instanceof Error ? error.message : String(error));
    await stop();
    process.exit(1);
  });
}
