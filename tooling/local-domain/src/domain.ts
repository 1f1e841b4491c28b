import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LabelledOutput } from './labelled-output.js';
import { Program } from './program.js';

const NODES = ['n1', 'n2', 'n3'] as const;
export type Node = (typeof NODES)[number];

/** The built file of a workspace package. */
export function built(name: string, file: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return join(dirname(manifest), 'dist', file);
}

/** A name server and three daemons on free ports, with their sockets in a folder of their own. */
export class Domain {
  readonly labels: readonly string[] = ['gsns', ...NODES];
  readonly #output: LabelledOutput;
  readonly #nameServer: Program;
  readonly #daemons: ReadonlyMap<Node, Program>;
  #folder: string | undefined;
  #nameServerAddress = '';
  #admin = '';
  /** From then on nothing is started: it would be left behind. */
  #stopped = false;

  constructor(output: LabelledOutput) {
    this.#output = output;
    this.#nameServer = new Program('gsns', output);
    this.#daemons = new Map(NODES.map((node) => [node, new Program(node, output)]));
  }

  get nodes(): readonly Node[] {
    return NODES;
  }

  get nameServer(): string {
    return this.#nameServerAddress;
  }

  /** Admin endpoint of the first daemon. */
  get admin(): string {
    return this.#admin;
  }

  socket(node: Node): string {
    return `unix://${join(this.#folder ?? '', `${node}.sock`)}`;
  }

  async start(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'group-services-'));
    this.#checkRunning();
    const ready = await this.#nameServer.start(built('@group-services/gsns', 'gsns.js'), [
      ...['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0', '--fresh'],
    ]);
    this.#nameServerAddress = String(ready['listen']);
    this.#output.line('gsns', `ready at ${this.#nameServerAddress}`);
    for (const node of NODES) await this.startDaemon(node);
  }

  async startDaemon(node: Node): Promise<void> {
    this.#checkRunning();
    const ready = await this.#daemon(node).start(built('@group-services/gsd', 'gsd.js'), [
      ...['--name-server', this.#nameServerAddress, '--node', node],
      ...['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'],
      ...['--client', this.socket(node)],
    ]);
    if (node === 'n1') {
      this.#admin = String(ready['admin']);
      this.#output.line('start', `watch it in a browser: ${this.#admin}/`);
    }
    this.#output.line(node, `ready at ${this.socket(node)}`);
  }

  async killDaemon(node: Node): Promise<void> {
    await this.#daemon(node).kill();
  }

  /** Everything stops, daemons first; nothing is left behind. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#daemons.values()].map((daemon) => daemon.stop()));
    await this.#nameServer.stop();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  #checkRunning(): void {
    if (this.#stopped) throw new Error('the domain is being stopped');
  }

  #daemon(node: Node): Program {
    const daemon = this.#daemons.get(node);
    if (daemon === undefined) throw new Error(`there is no node ${node}`);
    return daemon;
  }
}
