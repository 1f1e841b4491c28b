#!/usr/bin/env node
import { loadConfig } from '@group-services/runtime';
import { type CtlConfig, program, type Request, readRequest } from './command-line.js';
import { type DaemonSession, withDaemon } from './daemon-session.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import { group } from './group.js';
import { groups } from './groups.js';
import { nodes } from './nodes.js';
import { Output } from './output.js';
import { printable } from './printable.js';
import type { Report } from './report.js';
import { resetGroup } from './reset.js';
import { status } from './status.js';
import { watch } from './watch.js';

const output = new Output(process.stdout);

process.exitCode = await main();
// A daemon that does not answer may still hold a socket open, which must not keep us.
process.stdout.write('', () => process.exit());

async function main(): Promise<number> {
  // Unknown GS_ variables are not worth a warning here: they are the daemon's.
  const loaded = loadConfig(program, { argv: process.argv.slice(2), env: process.env });
  if (!loaded.ok) {
    if (loaded.exitCode !== EXIT_STATUS.done) return complained(loaded.text, loaded.exitCode);
    await output.print(loaded.text.trimEnd());
    return EXIT_STATUS.done;
  }
  const read = readRequest(loaded.operands);
  if (!read.ok) {
    return complained(`gsctl: ${read.problem}\nTry gsctl --help.\n`, EXIT_STATUS.misuse);
  }
  try {
    await withDaemon(loaded.config.endpoint, (daemon) => run(daemon, read.request, loaded.config));
    return EXIT_STATUS.done;
  } catch (error) {
    // Anything else is a defect and shows its stack.
    if (!(error instanceof CommandFailure)) throw error;
    return complained(`gsctl: ${printable(error.message)}\n`, error.status);
  }
}

async function run(daemon: DaemonSession, request: Request, config: CtlConfig): Promise<void> {
  if (request.command === 'watch') {
    await watch(daemon, {
      group: request.group,
      json: config.json,
      started: () => {
        const where = `group ${printable(request.group)} through node ${daemon.services.node}`;
        if (!config.json) process.stderr.write(`Watching ${where}; Ctrl-C ends.\n`);
      },
      print: (line) => output.print(line),
      signal: AbortSignal.any([output.gone, stopSignal()]),
    });
    return;
  }
  const { json, text } = await reportOf(daemon, request);
  await output.print(config.json ? JSON.stringify(json, null, 2) : text);
}

function reportOf(
  daemon: DaemonSession,
  request: Exclude<Request, { command: 'watch' }>,
): Promise<Report> {
  switch (request.command) {
    case 'status':
      return status(daemon);
    case 'nodes':
      return nodes(daemon);
    case 'groups':
      return groups(daemon);
    case 'group':
      return group(daemon, request.group);
    case 'group reset':
      return resetGroup(daemon, request.group);
  }
}

/** The first signal ends in order; the second one finds no handler and ends at once. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort());
  }
  return stop.signal;
}

function complained(text: string, exitStatus: number): number {
  process.stderr.write(text);
  return exitStatus;
}
