import { fileURLToPath } from 'node:url';
import {
  type ConnectOptions,
  connect,
  type GroupServices,
  type JoinOptions,
} from '@group-services/client';
import { Daemon } from './daemon.js';
import { Member } from './member.js';
import { NameServer } from './name-server.js';
import type { Workbench } from './workbench.js';

export interface DomainOptions {
  /** One daemon is started for each; n1 to n3 when left out. */
  readonly nodes?: readonly string[] | undefined;
  readonly nameServer?: readonly string[] | undefined;
  /** Options of every daemon. */
  readonly daemon?: readonly string[] | undefined;
  /** Environment of every daemon. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** How a process of its own behaves. */
export interface MemberOptions {
  readonly join?: JoinOptions | undefined;
  /** In the folder `programs`; `member.mjs`, which joins and does nothing, when left out. */
  readonly program?: string | undefined;
  readonly responsiveness?: { readonly interval: number; readonly timeout: number } | undefined;
  /** How `flood.mjs` proposes: messages of one phase unless told otherwise. */
  readonly phases?: 'voting' | undefined;
  /** What `crowd.mjs` sends, hears, and how. */
  readonly crowd?:
    | {
        readonly size: number;
        readonly count: number;
        readonly open: number;
        readonly expected: number;
        readonly takes: 'handler' | 'loop';
      }
    | undefined;
  /** It is asked for votes and never answers. */
  readonly silent?: boolean | undefined;
}

const programs = new URL('../programs/', import.meta.url);

/** A name server, daemons and their clients, on free ports and in a folder of their own. */
export class TestDomain {
  readonly nameServer: NameServer;
  readonly #bench: Workbench;
  readonly #options: DomainOptions;
  readonly #daemons = new Map<string, Daemon>();
  readonly #services: GroupServices[] = [];

  /** Nothing runs yet. */
  constructor(bench: Workbench, options: DomainOptions) {
    this.#bench = bench;
    this.#options = options;
    this.nameServer = new NameServer(bench, options.nameServer ?? []);
  }

  /** Starts the name server, then the daemons together. */
  async start(): Promise<void> {
    const { nodes = ['n1', 'n2', 'n3'] } = this.#options;
    await this.nameServer.startFirst();
    await Promise.all(nodes.map((node) => this.daemon(node).start()));
  }

  /** The daemon of a node, which may not run (yet). */
  daemon(node: string): Daemon {
    const known = this.#daemons.get(node);
    if (known !== undefined) return known;
    const { daemon: args = [], env = {} } = this.#options;
    const { nameServer } = this;
    const daemon = new Daemon({ bench: this.#bench, node, nameServer, args, env });
    this.#daemons.set(node, daemon);
    return daemon;
  }

  /** A connection of this very process to the daemon of a node. */
  async connect(node: string, options?: ConnectOptions): Promise<GroupServices> {
    const services = await connect({ endpoint: this.daemon(node).endpoint, ...options });
    this.#services.push(services);
    return services;
  }

  /** A process of its own that has joined a group through the daemon of a node. */
  async member(node: string, group: string, given: MemberOptions = {}): Promise<Member> {
    const { join: options = {}, program = 'member.mjs', ...more } = given;
    const job = { endpoint: this.daemon(node).endpoint, group, options, ...more };
    const args = [JSON.stringify(job)];
    const file = fileURLToPath(new URL(program, programs));
    return await Member.joined(this.#bench.run({ label: `member@${node}`, file, args }));
  }

  /** Ends what runs in this process; the workbench ends the rest. */
  async close(): Promise<void> {
    await Promise.all(this.#services.splice(0).map((services) => services.close()));
  }
}
