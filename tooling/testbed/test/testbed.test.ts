import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test as plain } from 'vitest';
import { eventually, namespaces, Program, Testbed } from '../src/index.js';
import { ip, removeLeftovers } from '../src/namespaces.js';
import { cannotRun } from './harness/test.js';

const greeter = fileURLToPath(new URL('programs/greeter.mjs', import.meta.url));
const stand = fileURLToPath(new URL('../dist/stand.js', import.meta.url));
const GROUP = '239.77.0.1';
const HOSTS = ['h1', 'h2', 'h3'] as const;

const test = plain.extend<{ readonly bed: Testbed; readonly greeters: Greeters }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs from this pattern.
  bed: async ({}, use) => {
    const bed = await Testbed.create({ hosts: HOSTS.length });
    try {
      await use(bed);
    } finally {
      await bed.close();
    }
  },
  greeters: async ({ bed }, use) => use(await Greeters.start(bed)),
});

/** A program on each host that says which datagrams reach it. */
class Greeters {
  readonly #bed: Testbed;
  readonly #programs = new Map<string, Program>();
  readonly #heard = new Map<string, string[]>();
  #texts = 0;

  private constructor(bed: Testbed) {
    this.#bed = bed;
  }

  static async start(bed: Testbed): Promise<Greeters> {
    const greeters = new Greeters(bed);
    await Promise.all(HOSTS.map((host) => greeters.#start(host)));
    return greeters;
  }

  program(host: string): Program {
    const program = this.#programs.get(host);
    if (program === undefined) throw new Error(`no greeter on ${host}`);
    return program;
  }

  /** How often one datagram from a host arrives at each host it is sent to, or at the members of a group. */
  async hears(from: string, to: readonly string[], expected: number): Promise<readonly string[]> {
    this.#texts += 1;
    const text = `greeting${this.#texts}`;
    this.program(from).tell(`${text} ${to.map((one) => this.#target(one)).join(' ')}`);
    const wanted = `${text} from ${this.#bed.address(from)}`;
    const where = (): readonly string[] =>
      HOSTS.flatMap((host) =>
        (this.#heard.get(host) ?? []).filter((l) => l === wanted).map(() => host),
      );
    await eventually(
      () => `${expected} of ${text} arrive (${where().join(' ')})`,
      () => where().length >= expected,
    );
    return where();
  }

  #target(to: string): string {
    return to === GROUP ? GROUP : this.#bed.address(to);
  }

  async #start(host: string): Promise<void> {
    const lines: string[] = [];
    this.#heard.set(host, lines);
    const program = this.#bed.run(host, {
      label: host,
      argv: [process.execPath, greeter, this.#bed.address(host), GROUP],
      onLine: (line) => lines.push(line),
    });
    this.#programs.set(host, program);
    await program.firstLine();
  }
}

describe.skipIf(cannotRun)('a testbed', () => {
  test('hosts reach each other, alone and by multicast', async ({ greeters }) => {
    expect(await greeters.hears('h1', ['h2', 'h3'], 2)).toEqual(['h2', 'h3']);
    expect(await greeters.hears('h2', [GROUP], 3)).toEqual(['h1', 'h2', 'h3']);
  });

  test('a partition keeps sides apart until it is healed', async ({ bed, greeters }) => {
    await greeters.hears('h1', ['h2', 'h3'], 2);
    await bed.partition([['h1', 'h2']]);
    const before = await bed.counters();
    // What goes to h3 is sent first, so it would have arrived first.
    expect(await greeters.hears('h1', ['h3', 'h2'], 1)).toEqual(['h2']);
    expect((await bed.counters()).cut).toBeGreaterThan(before.cut);
    expect(await greeters.hears('h3', ['h1', 'h3'], 1)).toEqual(['h3']);
    await bed.heal();
    expect(await greeters.hears('h3', ['h1', 'h2'], 2)).toEqual(['h1', 'h2']);
  });

  test('a cut works in one direction', async ({ bed, greeters }) => {
    await greeters.hears('h1', ['h2', 'h3'], 2);
    await bed.cut({ from: 'h1', to: 'h2' });
    expect(await greeters.hears('h1', ['h2', 'h3'], 1)).toEqual(['h3']);
    expect(await greeters.hears('h2', ['h1'], 1)).toEqual(['h1']);
  });

  test('what is to be doubled or lost is', async ({ bed, greeters }) => {
    await greeters.hears('h1', ['h2'], 1);
    await bed.duplicate(100);
    expect(await greeters.hears('h1', ['h2'], 2)).toEqual(['h2', 'h2']);
    await bed.loss(100);
    expect(await greeters.hears('h1', ['h2', 'h1'], 1)).toEqual(['h1']);
    expect(await bed.counters()).toMatchObject({ lost: expect.toSatisfy((n) => n > 0) });
  });

  test('a host that crashes takes its programs with it', async ({ bed, greeters }) => {
    greeters.program('h1').pause();
    await bed.crash('h1');
    expect(await greeters.program('h1').ended).toEqual({ status: null, signal: 'SIGKILL' });
    expect(greeters.program('h2').isRunning).toBe(true);
  });

  test('closing leaves nothing', async ({ bed, greeters }) => {
    const programs = HOSTS.map((host) => greeters.program(host));
    greeters.program('h3').pause();
    await bed.close();
    expect(namespaces().filter((name) => name.startsWith(bed.prefix))).toEqual([]);
    expect(existsSync(bed.folder)).toBe(false);
    expect(programs.map(({ isRunning }) => isRunning)).toEqual([false, false, false]);
  });

  test('whose process is killed is removed by its switch', async () => {
    const owner = new Program({ label: 'stand', argv: [process.execPath, stand, '2'] });
    const line = await owner.firstLine();
    const prefix = /gsbed-\d+-\d+-\d+-/.exec(line)?.[0] ?? line;
    const left = () => namespaces().filter((name) => name.startsWith(prefix));
    expect(left()).toHaveLength(4);
    await owner.kill();
    await eventually(
      () => `nothing is left of ${prefix}`,
      () => left().length === 0,
    );
  });

  test('leftovers of a run that was killed are removed, those of others are not', async ({
    bed,
  }) => {
    // No process has this number: it is above what the kernel gives.
    const name = 'gsbed-4194305-1-1-host-h1';
    await ip([`netns add ${name}`]);
    expect(await removeLeftovers()).toBe(1);
    expect(namespaces()).not.toContain(name);
    expect(namespaces().filter((one) => one.startsWith(bed.prefix))).not.toEqual([]);
  });
});
