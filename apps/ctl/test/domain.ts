import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built, Child } from './child.js';

const LISTEN = ['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'];

/** A name server and two daemons, n1 and n2, on free ports and in a folder of their own. */
export class Domain implements AsyncDisposable {
  readonly #folder: string;
  readonly #children: Child[] = [];
  readonly #daemons = new Map<string, Child>();
  #nameServer: Child | undefined;
  /** Where the name server listens, also after it was started again. */
  #address = '';
  #nameServerAdmin = '';

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** With options of the name server and of both daemons. */
  static async start(
    nameServer: readonly string[] = ['--fresh'],
    daemons: readonly string[] = [],
  ): Promise<Domain> {
    const domain = new Domain(await mkdtemp(join(tmpdir(), 'gsctl-test-')));
    try {
      await domain.startNameServer(nameServer);
      await Promise.all(['n1', 'n2'].map((node) => domain.startDaemon(node, daemons)));
      return domain;
    } catch (error) {
      await domain[Symbol.asyncDispose]();
      throw error;
    }
  }

  endpoint(node: string): string {
    return `unix://${this.path(`${node}.sock`)}`;
  }

  /** Kills the daemon of a node as a crash would. */
  async kill(node: string): Promise<void> {
    const daemon = this.daemon(node);
    daemon.signal('SIGKILL');
    await daemon.ended;
  }

  daemon(node: string): Child {
    const daemon = this.#daemons.get(node);
    if (daemon === undefined) throw new Error(`there is no daemon ${node}`);
    return daemon;
  }

  get nameServer(): Child {
    if (this.#nameServer === undefined) throw new Error('there is no name server');
    return this.#nameServer;
  }

  /** Where the name server serves operators. */
  get nameServerAdmin(): string {
    return this.#nameServerAdmin;
  }

  /** On its former address, if it has run before. */
  async startNameServer(options: readonly string[]): Promise<void> {
    const former = this.#address === '' ? [] : ['--listen', this.#address];
    const args = [...LISTEN, ...former, ...options];
    this.#nameServer = this.#run(built('name-server', 'gsns.js'), args);
    const ready: unknown = JSON.parse(await this.#nameServer.line(/"ready":true/u));
    const { listen, admin } = ready as { readonly listen: string; readonly admin: string };
    this.#address = listen;
    this.#nameServerAdmin = admin;
  }

  async startDaemon(node: string, options: readonly string[] = []): Promise<void> {
    const where = ['--name-server', this.#address, '--node', node];
    const args = [...LISTEN, ...where, '--client', this.endpoint(node), ...options];
    const daemon = this.#run(built('daemon', 'gsd.js'), args);
    this.#daemons.set(node, daemon);
    await daemon.line(/name server connected/u);
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.signal('SIGKILL');
    await Promise.all(this.#children.map((child) => child.ended));
    await rm(this.#folder, { recursive: true, force: true });
  }

  #run(file: string, args: readonly string[]): Child {
    const child = new Child(file, args);
    this.#children.push(child);
    return child;
  }
}
