import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JoinOptions } from '@group-services/client';
import type { Order } from './member.js';
import { built, Program } from './program.js';

/** From the sources and from what is built alike. */
const MEMBER = fileURLToPath(new URL('../dist/member.js', import.meta.url));

const ANYWHERE = ['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'];

/** A process that takes part in a group. */
export interface Actor {
  readonly id: string;
  tell(order: Order): void;
  kill(): Promise<void>;
}

/** A domain of real programs for the console to show: a name server, daemons, and processes that vote. */
export class Stage implements AsyncDisposable {
  readonly #folder: string;
  readonly #programs: Program[] = [];
  readonly #daemons = new Map<string, { readonly program: Program; readonly admin: string }>();
  #nameServer = { listen: '', admin: '' };

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(domain: string, nodes: readonly string[]): Promise<Stage> {
    // Not the system's temporary folder, whose name may be too long for the path of a socket.
    const stage = new Stage(await mkdtemp('/tmp/gs-console-'));
    try {
      const args = [...ANYWHERE, '--fresh', '--domain', domain];
      const ready = await stage.#run(built('@group-services/gsns', 'gsns.js'), args).ready();
      stage.#nameServer = { listen: String(ready['listen']), admin: String(ready['admin']) };
      await Promise.all(nodes.map((node) => stage.startDaemon(node, domain)));
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Where the console of the name server is. */
  get nameServer(): string {
    return this.#nameServer.admin;
  }

  /** Where the console of a daemon is. */
  admin(node: string): string {
    return this.#daemon(node).admin;
  }

  pid(node: string): number {
    return this.#daemon(node).program.pid;
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  async startDaemon(node: string, domain: string, more: readonly string[] = []): Promise<void> {
    const known = this.#daemons.get(node)?.admin;
    const program = this.#run(built('@group-services/gsd', 'gsd.js'), [
      ...ANYWHERE,
      ...['--name-server', this.#nameServer.listen, '--node', node, '--domain', domain],
      ...['--client', this.#endpoint(node)],
      // The page of a daemon that comes back is where it was.
      ...(known === undefined ? [] : ['--admin', known]),
      ...more,
    ]);
    const { admin } = await program.ready();
    this.#daemons.set(node, { program, admin: String(admin) });
  }

  async killDaemon(node: string): Promise<void> {
    await this.#daemon(node).program.kill();
  }

  /** A process on a node, as soon as it is in its group. */
  async actor(node: string, group: string, options: JoinOptions = {}): Promise<Actor> {
    const job = JSON.stringify({ endpoint: this.#endpoint(node), group, options });
    const program = this.#run(MEMBER, [job]);
    const { id } = await program.ready();
    return {
      id: String(id),
      tell: (order) => program.tell(order),
      kill: () => program.kill(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  #run(file: string, args: readonly string[]): Program {
    const program = new Program(file, args);
    this.#programs.push(program);
    return program;
  }

  #daemon(node: string) {
    const daemon = this.#daemons.get(node);
    if (daemon === undefined) throw new Error(`there is no daemon ${node}`);
    return daemon;
  }

  #endpoint(node: string): string {
    return `unix://${join(this.#folder, `${node}.sock`)}`;
  }
}
