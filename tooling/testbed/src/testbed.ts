import { mkdir } from 'node:fs/promises';
import {
  folderOf,
  killAllIn,
  namespaceFile,
  namespaces,
  removeAll,
  removeLeftovers,
  uniquePrefix,
} from './namespaces.js';
import { createNetwork, enter, type Host, type Network } from './network.js';
import { Program, type ProgramOptions } from './program.js';
import type { Counters, Quality, Rules } from './switch/rules.js';
import { NO_FAULTS, SwitchControl } from './switch-control.js';

export interface TestbedOptions {
  /** Names of the hosts, or how many: `h1`, `h2` and so on. */
  readonly hosts: number | readonly string[];
}

/** Several hosts on this machine, and a network between them that does what a test wants. */
export class Testbed {
  /** Before the names of everything that this testbed made on the machine. */
  readonly prefix: string;
  readonly #network: Network;
  readonly #switch: SwitchControl;
  readonly #programs: Program[] = [];
  #ended: readonly Program[] = [];
  #rules = NO_FAULTS;

  private constructor(prefix: string, network: Network, control: SwitchControl) {
    this.prefix = prefix;
    this.#network = network;
    this.#switch = control;
  }

  /** Resolves when the hosts reach each other; ask `missingRequirement` first whether it can work. */
  static async create({ hosts }: TestbedOptions): Promise<Testbed> {
    await removeLeftovers();
    const prefix = uniquePrefix();
    try {
      await mkdir(folderOf(prefix));
      const network = await createNetwork(prefix, hostNames(hosts));
      return new Testbed(prefix, network, await SwitchControl.start(network, prefix));
    } catch (error) {
      await removeAll(prefix);
      throw error;
    }
  }

  /** For files that all hosts share; gone after `close`. */
  get folder(): string {
    return folderOf(this.prefix);
  }

  get hosts(): readonly string[] {
    return this.#network.hosts.map(({ name }) => name);
  }

  /** Its address in the testbed's network. */
  address(host: string): string {
    return this.#host(host).address;
  }

  /** For `nsenter`, by which a program of somebody else comes to a host. */
  namespaceFile(host: string): string {
    return namespaceFile(this.#host(host).namespace);
  }

  /** Starts a program on a host. */
  run(host: string, { label, argv, onLine }: ProgramOptions): Program {
    const program = new Program({ label, argv: enter(this.#host(host).namespace, argv), onLine });
    this.#programs.push(program);
    return program;
  }

  /** Hosts of different sides do not reach each other; those not named are a side of their own. */
  async partition(sides: ReadonlyArray<readonly string[]>): Promise<void> {
    const rest = this.hosts.filter((host) => !sides.flat().includes(host));
    const side = (host: string): number => [...sides, rest].findIndex((s) => s.includes(host));
    const pairs = this.hosts.flatMap((from) => this.hosts.map((to) => ({ from, to })));
    await this.#cut(pairs.filter(({ from, to }) => side(from) !== side(to)));
  }

  /** Nothing that `from` sends reaches `to` any more; what `to` sends still arrives. */
  async cut(direction: { readonly from: string; readonly to: string }): Promise<void> {
    await this.#cut([direction]);
  }

  /** So many of a hundred frames never arrive. */
  async loss(percent: number): Promise<void> {
    await this.#quality({ lossPercent: percent });
  }

  /** Every frame takes longer, each by up to `jitterMs` more or less than the others. */
  async delay({ ms, jitterMs = 0 }: { readonly ms: number; readonly jitterMs?: number }) {
    await this.#quality({ delayMs: ms, jitterMs });
  }

  /** So many of a hundred frames arrive twice. */
  async duplicate(percent: number): Promise<void> {
    await this.#quality({ duplicatePercent: percent });
  }

  /** So many of a hundred frames are overtaken by later ones. */
  async reorder(percent: number): Promise<void> {
    await this.#quality({ reorderPercent: percent });
  }

  /** The network is as it was at the beginning; paused processes stay paused. */
  async heal(): Promise<void> {
    await this.#apply(NO_FAULTS);
  }

  /** What the network has done to frames since the beginning. */
  async counters(): Promise<Counters> {
    return await this.#switch.counters();
  }

  /** Ends every process of a host, as if its power had failed. */
  async crash(host: string): Promise<void> {
    await killAllIn(this.#host(host).namespace);
  }

  /** Ends every process of every host and heals the network: ready for the next test. */
  async reset(): Promise<void> {
    const programs = this.#programs.splice(0);
    await Promise.all(programs.map((program) => program.kill()));
    if (programs.length > 0) this.#ended = programs;
    await this.heal();
  }

  /** What the programs printed, those that the last reset ended among them; for a failed test. */
  transcript(): string {
    return [...this.#ended, ...this.#programs].map((one) => one.transcript()).join('\n');
  }

  /** Ends every process and removes every namespace. */
  async close(): Promise<void> {
    await this.#switch.close();
    // Nothing is left of them, unless the switch had been killed.
    if (namespaces().some((name) => name.startsWith(this.prefix))) {
      await removeAll(this.prefix);
    }
    await Promise.all(this.#programs.map((program) => program.ended));
  }

  async #cut(more: ReadonlyArray<{ readonly from: string; readonly to: string }>): Promise<void> {
    const numbers = more.map(({ from, to }) => ({
      from: this.#host(from).number,
      to: this.#host(to).number,
    }));
    await this.#apply({ ...this.#rules, cuts: [...this.#rules.cuts, ...numbers] });
  }

  async #quality(change: Partial<Quality>): Promise<void> {
    await this.#apply({ ...this.#rules, quality: { ...this.#rules.quality, ...change } });
  }

  async #apply(rules: Rules): Promise<void> {
    this.#rules = rules;
    await this.#switch.apply(rules);
  }

  #host(name: string): Host {
    const host = this.#network.hosts.find((one) => one.name === name);
    if (host === undefined) throw new Error(`there is no host ${name} (${this.hosts.join(', ')})`);
    return host;
  }
}

function hostNames(hosts: number | readonly string[]): readonly string[] {
  if (typeof hosts !== 'number') return hosts;
  return Array.from({ length: hosts }, (_, index) => `h${index + 1}`);
}
