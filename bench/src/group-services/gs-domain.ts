import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { monotonicNs } from '../member/monotonic.js';
import { CLUSTER_SIZE, type StartContext } from '../system.js';
import { Certificates } from './certificates.js';

/** A name server and its daemons, nobody connected. */
export interface GsDomain {
  /** Unique within this run, for labels. */
  readonly prefix: string;
  readonly daemons: readonly ChildProcess[];
  /** The daemons' client sockets as the SDK takes them. */
  readonly sockets: readonly string[];
  /** Their admin endpoints. */
  readonly admins: readonly string[];
  /** From the start of each program to its ready line. */
  readonly nameServerReadyMs: number;
  readonly readyMs: readonly number[];
  /** Starts a daemon that was killed again. */
  restart(index: number): Promise<void>;
  stop(): Promise<void>;
}

let domains = 0;

export interface DomainOptions {
  readonly daemons?: number;
  /** Whether daemons can be asked for what their heap holds (`heap`). */
  readonly probed?: boolean;
  /** Whether daemons and name server speak TLS with each other. */
  readonly secure?: boolean;
}

export async function startDomain(
  context: StartContext,
  { daemons: count = CLUSTER_SIZE, probed = false, secure = false }: DomainOptions = {},
): Promise<GsDomain> {
  domains += 1;
  const prefix = `gs${domains}`;
  const certificates = secure
    ? await Certificates.make(join(context.processes.folder, prefix))
    : undefined;
  const listen = `${secure ? 'tls' : 'tcp'}://127.0.0.1:0`;
  const nameServer = await serve(context, `${prefix} name server`, {
    command: [
      context.gsns,
      ...['--listen', listen, '--admin', 'http://127.0.0.1:0', '--fresh'],
      ...((await certificates?.optionsFor('name-server')) ?? []),
    ],
  });
  const daemons: ChildProcess[] = [];
  const sockets: string[] = [];
  const admins: string[] = [];
  const readyMs: number[] = [];
  const startDaemon = async (index: number): Promise<void> => {
    const socket = `unix://${join(context.processes.folder, `${prefix}-${index}.sock`)}`;
    const serving = await serve(context, `${prefix} daemon ${index}`, {
      command: [
        context.gsd,
        ...['--name-server', String(nameServer.ready['listen']), '--node', `d${index}`],
        ...['--client', socket, '--listen', listen, '--admin', 'http://127.0.0.1:0'],
        ...((await certificates?.optionsFor(`d${index}`)) ?? []),
      ],
      probe: probed ? context.heapProbe : undefined,
    });
    daemons[index] = serving.child;
    sockets[index] = socket;
    admins[index] = String(serving.ready['admin']);
    readyMs[index] = serving.readyMs;
  };
  for (let index = 0; index < count; index += 1) await startDaemon(index);
  return {
    prefix,
    daemons,
    sockets,
    admins,
    nameServerReadyMs: nameServer.readyMs,
    readyMs,
    restart: startDaemon,
    stop: async () => {
      await Promise.all(daemons.map((child) => context.processes.stop(child)));
      await context.processes.stop(nameServer.child);
    },
  };
}

interface Serving {
  readonly child: ChildProcess;
  /** What the program says of itself when it is ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  readonly readyMs: number;
}

interface Program {
  readonly command: readonly string[];
  /** A module that is loaded before it and answers calls. */
  readonly probe?: string | undefined;
}

/** Starts a program that prints a ready line, and waits for it. */
async function serve(
  context: StartContext,
  label: string,
  { command, probe }: Program,
): Promise<Serving> {
  const startedNs = monotonicNs();
  const probing = probe === undefined ? [] : ['--expose-gc', '--import', probe];
  const child = spawn(process.execPath, [...probing, ...command, '--log-level', 'warn'], {
    stdio: ['ignore', 'pipe', 'inherit', ...(probe === undefined ? [] : ['ipc' as const])],
  });
  context.processes.adopt(child, label);
  if (child.stdout === null) throw new Error(`${label} has no standard output`);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const readyMs = (monotonicNs() - startedNs) / 1e6;
  return { child, ready: JSON.parse(line) as Serving['ready'], readyMs };
}
