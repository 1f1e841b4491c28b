import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built, Child } from './child.js';

/** A name server and two daemons, n1 and n2, on free ports and in a folder of their own. */
export class Domain implements AsyncDisposable {
  readonly #folder: string;
  readonly #children: Child[] = [];
  readonly #daemons = new Map<string, Child>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(): Promise<Domain> {
    const domain = new Domain(await mkdtemp(join(tmpdir(), 'gsctl-test-')));
    try {
      await domain.#start();
      return domain;
    } catch (error) {
      await domain[Symbol.asyncDispose]();
      throw error;
    }
  }

  endpoint(node: 'n1' | 'n2'): string {
    return `unix://${this.path(`${node}.sock`)}`;
  }

  /** Kills the daemon of a node as a crash would. */
  async kill(node: 'n1' | 'n2'): Promise<void> {
    const daemon = this.#daemons.get(node);
    daemon?.signal('SIGKILL');
    await daemon?.ended;
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.signal('SIGKILL');
    await Promise.all(this.#children.map((child) => child.ended));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const listen = ['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'];
    const nameServer = this.#run(built('name-server', 'gsns.js'), [...listen, '--fresh']);
    const ready: unknown = JSON.parse(await nameServer.line(/"ready":true/u));
    const address = (ready as { readonly listen: string }).listen;
    for (const node of ['n1', 'n2'] as const) {
      const options = ['--name-server', address, '--node', node, '--client', this.endpoint(node)];
      this.#daemons.set(node, this.#run(built('daemon', 'gsd.js'), [...listen, ...options]));
    }
    const connected = [...this.#daemons.values()].map((daemon) =>
      daemon.line(/name server connected/u),
    );
    await Promise.all(connected);
  }

  #run(file: string, args: readonly string[]): Child {
    const child = new Child(file, args);
    this.#children.push(child);
    return child;
  }
}
