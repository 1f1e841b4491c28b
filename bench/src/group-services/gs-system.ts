import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { MemberCalls } from '../member/member-calls.js';
import { RemoteCaller } from '../remote-calls.js';
import { CLUSTER_SIZE, type KillableCluster, type StartContext, type System } from '../system.js';

/** Group Services itself: a name server and three daemons, members on the SDK. */
export const groupServices: System & {
  start(context: StartContext): Promise<KillableCluster>;
} = { name: 'group-services', start };

let clusters = 0;

function built(name: string, file: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return join(dirname(manifest), 'dist', file);
}

async function start(context: StartContext): Promise<KillableCluster> {
  clusters += 1;
  const prefix = `gs${clusters}`;
  const nameServer = new Serving(context, `${prefix} name server`);
  const { listen } = await nameServer.run(built('@group-services/gsns', 'gsns.js'), [
    ...['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0', '--fresh'],
  ]);
  const daemons: Serving[] = [];
  const sockets: string[] = [];
  for (let index = 0; index < CLUSTER_SIZE; index += 1) {
    const daemon = new Serving(context, `${prefix} daemon ${index}`);
    const socket = `unix://${join(context.processes.folder, `${prefix}-${index}.sock`)}`;
    await daemon.run(built('@group-services/gsd', 'gsd.js'), [
      ...['--name-server', String(listen), '--node', `d${index}`, '--client', socket],
      ...['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'],
    ]);
    daemons.push(daemon);
    sockets.push(socket);
  }
  const members = await startMembers(context, prefix, sockets);
  const children = [...members.map(({ child }) => child), ...daemons.map(({ child }) => child)];
  return {
    members: members.map(({ caller }) => caller),
    killMember: (index) => context.processes.kill(members[index]?.child),
    killDaemon: (index) => context.processes.kill(daemons[index]?.child),
    stop: async () => {
      await Promise.all(children.map((child) => context.processes.stop(child)));
      await context.processes.stop(nameServer.child);
    },
  };
}

interface Member {
  readonly child: ChildProcess;
  readonly caller: RemoteCaller<MemberCalls>;
}

/** The first to join makes its daemon the leader: that is the last member, on daemon 0. */
async function startMembers(
  context: StartContext,
  prefix: string,
  sockets: readonly string[],
): Promise<Member[]> {
  const members: Member[] = [];
  for (let index = CLUSTER_SIZE - 1; index >= 0; index -= 1) {
    const label = `${prefix} member ${index}`;
    const child = context.processes.fork(context.memberEntry, label);
    const caller = new RemoteCaller<MemberCalls>(child, label);
    const endpoint = sockets[(index + 1) % CLUSTER_SIZE] ?? '';
    await caller.call('connect', { system: 'group-services', endpoint, group: 'bench' });
    members.unshift({ child, caller });
  }
  await Promise.all(members.map(({ caller }) => caller.call('view', CLUSTER_SIZE)));
  return members;
}

/** A program that prints a ready line. */
class Serving {
  readonly #context: StartContext;
  readonly #label: string;
  #child: ChildProcess | undefined;

  constructor(context: StartContext, label: string) {
    this.#context = context;
    this.#label = label;
  }

  get child(): ChildProcess {
    if (this.#child === undefined) throw new Error(`${this.#label} does not run`);
    return this.#child;
  }

  async run(file: string, args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    const child = spawn(process.execPath, [file, ...args, '--log-level', 'warn'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.#context.processes.adopt(child, this.#label);
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  }
}
