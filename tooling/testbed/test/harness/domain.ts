import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { eventually, type Program, type Testbed } from '../../src/index.js';
import { complaints } from './history.js';
import { type Life, Member } from './member.js';
import type { TransportUnderTest } from './transports.js';

const gsns = fileURLToPath(new URL('../../../../apps/name-server/dist/gsns.js', import.meta.url));
const gsd = fileURLToPath(new URL('../../../../apps/daemon/dist/gsd.js', import.meta.url));

/** The host of the name server; every other host of the testbed has a daemon. */
export const NAME_SERVER = 'ns';

/** Short, so that a fault is over soon; long enough for two busy cores. */
const TIMES = {
  nameServer: ['--lease', '800ms'],
  daemon: [
    ...['--heartbeat', '100ms', '--suspect-after', '600ms', '--idle-sync', '200ms'],
    ...['--slow-member-timeout', '2s', '--leave-timeout', '1s', '--linger', '1s'],
  ],
} as const;

export interface DomainOptions {
  readonly bed: Testbed;
  readonly transport: TransportUnderTest;
  /** The name server keeps its table on disk. */
  readonly keepsTable?: boolean | undefined;
  readonly nameServer?: readonly string[] | undefined;
  readonly daemon?: readonly string[] | undefined;
}

/** A name server and daemons on the hosts of a testbed, and one member of the group with each. */
export class Domain {
  readonly members = new Map<string, Member>();
  readonly #options: DomainOptions;
  readonly #folder: string;
  readonly #programs = new Map<string, Program>();
  /** The membership that each member had when the test began. */
  readonly #begun = new Map<Member, Life>();
  #isWhole = true;

  private constructor(options: DomainOptions, folder: string) {
    this.#options = options;
    this.#folder = folder;
  }

  /** Starts everything; resolves when every member lists all of `nodes`. The first one leads. */
  static async start(options: DomainOptions, nodes: readonly string[]): Promise<Domain> {
    const domain = new Domain(options, await mkdtemp(join(options.bed.folder, 'domain-')));
    for (const node of nodes) domain.addMember(node);
    await Promise.all([
      domain.startProgram(NAME_SERVER, ...(options.keepsTable ? [] : ['--fresh'])),
      ...nodes.map((node) => domain.startProgram(node)),
    ]);
    for (const member of domain.members.values()) await member.join();
    const names = [...domain.members.values()].map(({ name }) => name);
    for (const member of domain.members.values()) await member.listsNodes(names);
    domain.begins();
    return domain;
  }

  /** A test begins: what its faults do is told from what happened before. */
  begins(): void {
    this.#isWhole = false;
    for (const member of this.members.values()) this.#begun.set(member, member.life);
  }

  /** Whether the last test came to its end, so that another one can begin with this domain. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  lifeAtBegin(member: Member): Life {
    const life = this.#begun.get(member);
    if (life === undefined) throw new Error(`${member.name} was no member when the test began`);
    return life;
  }

  /** The nodes of the members, the leader's first. */
  byAge(): readonly [string, string, string] {
    const [first] = this.members.values();
    const [one, two, three] = first?.view?.providers.map((name) => name.split('/')[0]) ?? [];
    if (one === undefined || two === undefined || three === undefined) {
      throw new Error(`three members are listed, not ${first?.view?.providers.join(' ')}`);
    }
    return [one, two, three];
  }

  async close(): Promise<void> {
    await this.#options.bed.reset();
  }

  member(node: string): Member {
    const member = this.members.get(node);
    if (member === undefined) throw new Error(`no member was started on ${node}`);
    return member;
  }

  /** The daemon of a node, or the name server. */
  program(host: string): Program {
    const program = this.#programs.get(host);
    if (program === undefined) throw new Error(`nothing was started on ${host}`);
    return program;
  }

  /** Starts the daemon of a node or the name server (again); resolves when it can serve. */
  async startProgram(host: string, ...more: readonly string[]): Promise<void> {
    const commandLine = host === NAME_SERVER ? this.#nameServer() : this.#daemon(host);
    const program = this.#options.bed.run(host, {
      label: host,
      argv: [process.execPath, ...commandLine, ...more],
    });
    this.#programs.set(host, program);
    await program.firstLine();
  }

  /** A process that can join through the daemon of a node. */
  addMember(node: string): void {
    const job = { endpoint: this.#socket(node), group: 'g', instance: 'm' };
    this.members.set(node, new Member(this.#options.bed, node, job));
  }

  /** Everybody sends. */
  async flow(): Promise<void> {
    for (const member of this.members.values()) member.flow();
    await Promise.all([...this.members.values()].map((member) => member.progress(20)));
  }

  /**
   * The end of every test, with all faults taken back: all come together again, what any of them sends
   * now reaches all, and what all have seen from the beginning fits together.
   */
  async comesTogether(): Promise<void> {
    const members = [...this.members.values()];
    const names = members.map(({ name }) => name);
    await Promise.all(members.map((member) => member.listsNodes(names)));
    await Promise.all(members.map((member) => member.progress(5)));
    await Promise.all(members.map((member) => member.rest()));
    await Promise.all(members.map((member) => member.listsNodes(names)));
    const last = (member: Member) => member.life.events.at(-1)?.position ?? 0;
    await eventually(
      () => `all have seen as much: ${members.map(last).join(' ')}`,
      () => new Set(members.map(last)).size === 1,
    );
    const [first] = members;
    for (const { view, state } of members) {
      expect(view).toEqual(first?.view);
      expect(state).toBe(first?.state);
    }
    expect(complaints(members)).toEqual([]);
    this.#isWhole = true;
  }

  #nameServer(): readonly string[] {
    const { bed, transport, keepsTable, nameServer = [] } = this.#options;
    const store = keepsTable ? `file:${join(this.#folder, 'store')}` : 'memory';
    const listen = ['--listen', transport.nameServer(bed.address(NAME_SERVER))];
    return [gsns, ...listen, ...ADMIN, '--store', store, ...TIMES.nameServer, ...nameServer];
  }

  #daemon(node: string): readonly string[] {
    const { bed, transport, daemon = [] } = this.#options;
    const where = ['--listen', transport.daemon(bed.address(node)), '--client', this.#socket(node)];
    const nameServer = ['--name-server', transport.nameServer(bed.address(NAME_SERVER))];
    return [gsd, '--node', node, ...where, ...nameServer, ...ADMIN, ...TIMES.daemon, ...daemon];
  }

  #socket(node: string): string {
    return `unix://${join(this.#folder, `${node}.sock`)}`;
  }
}

const ADMIN = ['--admin', 'http://127.0.0.1:0'] as const;
