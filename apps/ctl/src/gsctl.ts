#!/usr/bin/env node
import { loadConfig } from '@group-services/runtime';
import { type CtlConfig, phasesOf, program } from './command-line.js';
import { type DaemonSession, withDaemon } from './daemon-session.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import { group } from './group.js';
import { groups } from './groups.js';
import { join } from './join.js';
import { KEYS_HELP, readWishes } from './keys.js';
import { nodes } from './nodes.js';
import { Output } from './output.js';
import { printable } from './printable.js';
import { proposed } from './proposing.js';
import type { Report } from './report.js';
import { type Request, readRequest } from './requests.js';
import { forgetNode, resetGroup } from './reset.js';
import { stateGet } from './state-get.js';
import { status } from './status.js';
import { bytesOf } from './value-operand.js';
import { votes } from './votes.js';
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
    const remark = error.remark === undefined ? '' : `${printable(error.remark)}\n`;
    return complained(`gsctl: ${printable(error.message)}\n${remark}`, error.status);
  }
}

async function run(daemon: DaemonSession, request: Request, config: CtlConfig): Promise<void> {
  switch (request.command) {
    case 'watch':
      return await runWatch(daemon, request.group, config);
    case 'join':
      return await runJoin(daemon, request.group, config);
    case 'state get':
      return await runStateGet(daemon, request.group, config);
    default: {
      const { json, text } = await reportOf(daemon, request, config);
      await output.print(config.json ? JSON.stringify(json, null, 2) : text);
    }
  }
}

async function runWatch(daemon: DaemonSession, group: string, { json }: CtlConfig): Promise<void> {
  await watch(daemon, {
    group,
    json,
    started: () => {
      const where = `group ${printable(group)} through node ${daemon.services.node}`;
      if (!json) remark(`Watching ${where}; Ctrl-C ends.`);
    },
    print: (line) => output.print(line),
    signal: AbortSignal.any([output.gone, stopSignal()]),
  });
}

async function runJoin(daemon: DaemonSession, group: string, { json }: CtlConfig): Promise<void> {
  remark(`Joining group ${printable(group)} through node ${daemon.services.node}. ${KEYS_HELP}`);
  await join(daemon, {
    group,
    json,
    print: (line) => output.print(line),
    remark,
    wishes: (tell) => readWishes(process.stdin, tell),
    signal: AbortSignal.any([output.gone, stopSignal()]),
  });
}

/** Into a file or pipe goes the value as it is; a terminal must not act on it. */
async function runStateGet(daemon: DaemonSession, group: string, config: CtlConfig): Promise<void> {
  const { json, text } = await stateGet(daemon, group);
  if (config.json) return await output.print(JSON.stringify(json, null, 2));
  if (json.stateValue === null) return remark(`Group ${printable(group)} has no state value yet.`);
  await output.print(process.stdout.isTTY ? printable(text) : text);
}

type Reported = Exclude<Request, { readonly command: 'watch' | 'join' | 'state get' }>;

async function reportOf(
  daemon: DaemonSession,
  request: Reported,
  { phases: written, reason }: CtlConfig,
): Promise<Report> {
  const phases = phasesOf(written);
  switch (request.command) {
    case 'status':
      return await status(daemon);
    case 'nodes':
      return await nodes(daemon);
    case 'nodes forget':
      return await forgetNode(daemon, request.node);
    case 'groups':
      return await groups(daemon);
    case 'group':
      return await group(daemon, request.group);
    case 'group reset':
      return await resetGroup(daemon, request.group);
    case 'votes':
      return await votes(daemon, request.group);
    case 'state set': {
      const value = await bytesOf(request.value, process.stdin);
      return await proposed(daemon, request.group, (it) => it.changeState(value, { phases }));
    }
    case 'send': {
      const message = await bytesOf(request.value, process.stdin);
      return await proposed(daemon, request.group, (it) => it.send(message, { phases }));
    }
    case 'expel':
      return await proposed(daemon, request.group, (it) =>
        it.expel(request.providers, { phases, reason }),
      );
  }
}

function remark(line: string): void {
  process.stderr.write(`${line}\n`);
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
