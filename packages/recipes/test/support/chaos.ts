import type { ConnectOptions } from '@group-services/client';
import { startDomain, type TestDomain } from '@group-services/testing';
import fc from 'fast-check';

/** Few, to be quick; a soak sets more. */
export const RUNS = Number(process.env['RECIPES_RUNS'] ?? 4);

/** A fault, after so many calls have come to their end. */
export interface Fault {
  readonly after: number;
  readonly kind: 'disconnect' | 'kill' | 'stop';
  /** Which process or which daemon. */
  readonly which: number;
}

export const faults = (
  calls: number,
  machine: readonly ('kill' | 'stop')[] = ['kill', 'stop'],
): fc.Arbitrary<readonly Fault[]> =>
  fc.array(
    fc.record({
      after: fc.nat(calls),
      // A process is lost much more often than a machine.
      kind: fc.constantFrom('disconnect' as const, 'disconnect' as const, ...machine),
      which: fc.nat(7),
    }),
    { maxLength: 4 },
  );

const PROCESSES_MAX = 9;
const NODES = ['n1', 'n2', 'n3'] as const;
/** Its daemon is spared, and so are the processes there: a state lives as long as somebody has it. */
const SPARED = 'n3';

/** One domain for many runs; each run has groups of its own. */
export class Chaos implements AsyncDisposable {
  readonly domain: TestDomain;
  /** Told of each process that is about to lose its connection. */
  onLoss: (index: number) => void = () => {};
  #runs = 0;
  #calls = 0;
  #wake: (() => void)[] = [];

  private constructor(domain: TestDomain) {
    this.domain = domain;
  }

  static async start(): Promise<Chaos> {
    return new Chaos(await startDomain({ daemons: NODES }));
  }

  /** A name of its own for the next run. */
  begin(): string {
    this.#runs += 1;
    this.#calls = 0;
    this.onLoss = () => {};
    return `run-${this.#runs}`;
  }

  /** How process `index` connects: the last node is spared, the others are spread over the rest. */
  where(index: number): ConnectOptions {
    const node = this.node(index);
    return { endpoint: this.domain.endpoint(node, `p${index}`), connectTimeout: 20_000 };
  }

  node(index: number): string {
    return NODES[index % NODES.length] ?? SPARED;
  }

  /** To be told by the run whenever a call has come to its end. */
  called(): void {
    this.#calls += 1;
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }

  /** Lets the faults happen, each at its time; resolves when all daemons run again. */
  async strike(plan: readonly Fault[], isOver: () => boolean): Promise<void> {
    for (const fault of [...plan].sort((a, b) => a.after - b.after)) {
      while (this.#calls < fault.after && !isOver()) {
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      }
      // Everybody has taken what came before.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#strike(fault);
    }
  }

  async #strike({ kind, which }: Fault): Promise<void> {
    if (kind === 'disconnect') {
      if (this.node(which) === SPARED) return;
      this.onLoss(which);
      this.domain.disconnect(`p${which}`);
      return;
    }
    const node = NODES[which % 2] ?? SPARED;
    for (let index = which % 2; index < PROCESSES_MAX; index += NODES.length) this.onLoss(index);
    if (kind === 'kill') await this.domain.killDaemon(node);
    else await this.domain.stopDaemon(node);
    await this.domain.restartDaemon(node);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.domain.stop();
  }
}
