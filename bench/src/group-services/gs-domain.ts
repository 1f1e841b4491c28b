import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { CLUSTER_SIZE, type StartContext } from '../system.js';

/** A name server and three daemons, nobody connected. */
export interface GsDomain {
  /** Unique within this run, for labels. */
  readonly prefix: string;
  readonly daemons: readonly ChildProcess[];
  /** The daemons' client sockets as the SDK takes them. */
  readonly sockets: readonly string[];
  /** Starts a daemon that was killed again. */
  restart(index: number): Promise<void>;
  stop(): Promise<void>;
}

let domains = 0;

export async function startDomain(context: StartContext): Promise<GsDomain> {
  domains += 1;
  const prefix = `gs${domains}`;
  const nameServer = await serve(context, `${prefix} name server`, [
    built('@group-services/gsns', 'gsns.js'),
    ...['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0', '--fresh'],
  ]);
  const daemons: ChildProcess[] = [];
  const sockets: string[] = [];
  const startDaemon = async (index: number): Promise<void> => {
    const socket = `unix://${join(context.processes.folder, `${prefix}-${index}.sock`)}`;
    const { child } = await serve(context, `${prefix} daemon ${index}`, [
      built('@group-services/gsd', 'gsd.js'),
      ...['--name-server', String(nameServer.ready['listen']), '--node', `d${index}`],
      ...['--client', socket, '--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'],
    ]);
    daemons[index] = child;
    sockets[index] = socket;
  };
  for (let index = 0; index < CLUSTER_SIZE; index += 1) await startDaemon(index);
  return {
    prefix,
    daemons,
    sockets,
    restart: startDaemon,
    stop: async () => {
      await Promise.all(daemons.map((child) => context.processes.stop(child)));
      await context.processes.stop(nameServer.child);
    },
  };
}

function built(name: string, file: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return join(dirname(manifest), 'dist', file);
}

interface Serving {
  readonly child: ChildProcess;
  /** What the program says of itself when it is ready. */
  readonly ready: Readonly<Record<string, unknown>>;
}

/** Starts a program that prints a ready line, and waits for it. */
async function serve(
  context: StartContext,
  label: string,
  command: readonly string[],
): Promise<Serving> {
  const child = spawn(process.execPath, [...command, '--log-level', 'warn'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.processes.adopt(child, label);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, ready: JSON.parse(line) as Serving['ready'] };
}
