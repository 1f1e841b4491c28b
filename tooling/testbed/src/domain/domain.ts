// A whole domain on the hosts of a testbed: name servers, daemons, etcds where its table is on them, and
// members that send.
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { eventually, type Program, type Testbed } from '../index.js';
import {
  daemonLine,
  etcdLine,
  etcdStore,
  nameServerLine,
  type Place,
  socket,
} from './command-lines.js';
import { complaints, type Witness } from './history.js';
import { type Life, Member } from './member.js';
import type { TransportUnderTest } from './transports.js';

/** The host of the name server, where there is one; every other host of a test's bed has a daemon. */
export const NAME_SERVER = 'ns';

export interface DomainOptions {
  readonly bed: Testbed;
  readonly transport: TransportUnderTest;
  /** Where the name server keeps its table; otherwise in memory. */
  readonly store?: 'memory' | 'file' | 'etcd' | undefined;
  /** The folder of a `file` store; otherwise one of the domain's own. */
  readonly storeFolder?: string | undefined;
  /** Hosts with a name server; several of them need `etcd`. */
  readonly nameServers?: readonly string[] | undefined;
  /** Hosts with an etcd. */
  readonly etcds?: readonly string[] | undefined;
  /** Added to every name server's command line, or every daemon's. */
  readonly nameServer?: readonly string[] | undefined;
  readonly daemon?: readonly string[] | undefined;
  /** What runs the program of a host: words before its command line. */
  readonly runner?: ((host: string) => readonly string[]) | undefined;
}

/** A name server and daemons on the hosts of a testbed, and one member of the group with each. */
export class Domain {
  readonly members = new Map<string, Member>();
  /** Members whose process was ended; what they had seen is compared as well. */
  readonly former: Witness[] = [];
  readonly #options: DomainOptions;
  readonly #place: Place;
  readonly #programs = new Map<string, Program>();
  /** The membership that each member had when the test began. */
  readonly #begun = new Map<Member, Life>();
  #isWhole = true;

  private constructor(options: DomainOptions, folder: string) {
    this.#options = options;
    const { bed, transport, nameServers = [NAME_SERVER], etcds = [] } = options;
    this.#place = { bed, transport, folder, nameServers, etcds };
  }

  /** Starts everything; resolves when every member lists all of `nodes`. The first one leads. */
  static async start(options: DomainOptions, nodes: readonly string[]): Promise<Domain> {
    const domain = new Domain(options, await mkdtemp(join(options.bed.folder, 'domain-')));
    for (const node of nodes) domain.addMember(node);
    const { nameServers } = domain.#place;
    const isKept = (options.store ?? 'memory') !== 'memory';
    domain.startEtcds();
    await Promise.all([
      ...nameServers.map((host) => domain.startProgram(host, ...(isKept ? [] : ['--fresh']))),
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

  get nameServers(): readonly string[] {
    return this.#place.nameServers;
  }

  get etcds(): readonly string[] {
    return this.#place.etcds;
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
    const program = this.#options.bed.run(host, {
      label: host,
      argv: [...(this.#options.runner?.(host) ?? []), ...this.#commandLine(host), ...more],
    });
    this.#programs.set(host, program);
    await program.firstLine();
  }

  /** Starts the etcds that do not run. Whoever needs them waits for them. */
  startEtcds(): void {
    for (const host of this.etcds) {
      if (this.#programs.get(host)?.isRunning === true) continue;
      const argv = etcdLine(this.#place, host);
      this.#programs.set(host, this.#options.bed.run(host, { label: host, argv }));
    }
  }

  /** A process that can join through the daemon of a node; it takes the place of an earlier one's. */
  addMember(node: string, instance = 'm'): Member {
    const job = { endpoint: socket(this.#place, node), group: 'g', instance };
    const member = new Member(this.#options.bed, node, job);
    this.members.set(node, member);
    return member;
  }

  /** Ends the process of a member, and keeps what it had seen. */
  async killMember(node: string): Promise<void> {
    const member = this.member(node);
    await member.kill();
    this.former.push(member.testament());
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
    for (const { name, view, state } of members) {
      if (!isDeepStrictEqual([view, state], [first?.view, first?.state]))
        throw new Error(`${name} has another list or state value than ${first?.name}`);
    }
    const wrong = complaints([...members, ...this.former]);
    if (wrong.length > 0) throw new Error(`promises were broken:\n${wrong.join('\n')}`);
    this.#isWhole = true;
  }

  #commandLine(host: string): readonly string[] {
    const { nameServer = [], daemon = [] } = this.#options;
    return this.nameServers.includes(host)
      ? [...nameServerLine(this.#place, host, this.#store()), ...nameServer]
      : [...daemonLine(this.#place, host), ...daemon];
  }

  #store(): string {
    const { store = 'memory', storeFolder = join(this.#place.folder, 'store') } = this.#options;
    if (store === 'etcd') return etcdStore(this.#place);
    return store === 'file' ? `file:${storeFolder}` : 'memory';
  }
}
