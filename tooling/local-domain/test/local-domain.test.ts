import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test as plain } from 'vitest';

const program = fileURLToPath(new URL('../dist/local-domain.js', import.meta.url));
const FILES = 60;

/** One run, in a process group and a folder for temporary files that nobody else uses. */
class Run {
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #scratch: string;
  readonly #waiting = new Set<() => void>();

  constructor(args: readonly string[], scratch: string) {
    this.#scratch = scratch;
    mkdirSync(scratch);
    this.#child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, TMPDIR: scratch },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.#lines.push(line);
        for (const look of this.#waiting) look();
      });
    }
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (status) => {
        resolve(status);
        for (const look of this.#waiting) look();
      });
    });
  }

  get output(): string {
    return this.#lines.join('\n');
  }

  /** Waits for a line, or for the end. */
  async line(pattern: RegExp): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.#child.exitCode === null && !this.#lines.some((line) => pattern.test(line)))
          return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
    expect(this.output).toMatch(pattern);
  }

  /** As `kill` of its process id alone would do. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Files that it left, and whether a process of its group is still there. */
  get leftovers(): { readonly files: readonly string[]; readonly processes: boolean } {
    return { files: readdirSync(this.#scratch), processes: this.#hasProcesses };
  }

  get #hasProcesses(): boolean {
    try {
      process.kill(-(this.#child.pid ?? 0), 0);
      return true;
    } catch {
      // There is no such process group any more.
      return false;
    }
  }

  async destroy(): Promise<void> {
    if (this.#hasProcesses) process.kill(-(this.#child.pid ?? 0), 'SIGKILL');
    await this.ended;
  }
}

const nothing = { files: [], processes: false };

interface Fixtures {
  /** Starts the local domain over a small tree of files. */
  readonly start: (...args: readonly string[]) => Run;
}

const test = plain.extend<Fixtures>({
  start: async ({ onTestFailed }, use) => {
    const folder = await mkdtemp('/tmp/gs-');
    const tree = join(folder, 'tree');
    mkdirSync(tree);
    for (let file = 0; file < FILES; file += 1) writeFileSync(join(tree, `${file}`), `${file}\n`);
    const runs: Run[] = [];
    onTestFailed(() => {
      for (const { output } of runs) process.stderr.write(`\n${output}\n`);
    });
    try {
      await use((...args) => {
        const run = new Run([tree, ...args], join(folder, `${runs.length}`));
        runs.push(run);
        return run;
      });
    } finally {
      await Promise.all(runs.map((run) => run.destroy()));
      await rm(folder, { recursive: true, force: true });
    }
  },
});

test('--once: kills in the middle, the right result, nothing left; twice at the same time', async ({
  start,
}) => {
  const runs = [start('--once'), start('--once')];
  for (const run of runs) {
    expect(await run.ended).toBe(0);
    expect(run.output).toMatch(/crew .*\| killing worker/);
    expect(run.output).toMatch(/start .*\| killing daemon n3/);
    expect(run.output).toContain('The results are equal.');
    expect(run.output).toContain('The example came to the right result.');
    // What there was to see, in the end.
    expect(run.output).toMatch(/What was shown, in .* one group of 6 processes on 3 daemons/);
    expect(run.output).toMatch(
      /\* n[123]\/\S+ was killed; the others (heard of it \d+ ms later|went on)/,
    );
    expect(run.output).toMatch(/\* The daemon n3 was killed/);
    expect(run.leftovers).toEqual(nothing);
  }
});

test('it goes on until SIGTERM, says what to try, and leaves nothing', async ({ start }) => {
  const run = start();
  await run.line(/The domain goes on until Ctrl-C/);
  await run.line(/GROUP_SERVICES_ENDPOINT=unix:\/\//);
  for (const node of ['n1', 'n2', 'n3']) {
    expect(run.output).toMatch(new RegExp(`socket of ${node}: unix://`));
  }
  run.signal('SIGTERM');
  expect(await run.ended).toBe(0);
  expect(run.leftovers).toEqual(nothing);
});

const moments: readonly (readonly [string, RegExp])[] = [
  ['while the daemons start', /^gsns .*ready at/m],
  ['when some daemons have started', /^n1 .*ready at/m],
  ['while the example runs', /^crew .*\/60 files/m],
  ['while a daemon is down', /killing daemon/],
];

for (const [moment, pattern] of moments) {
  test(`an interrupt ${moment} leaves nothing`, async ({ start }) => {
    const run = start('--once');
    await run.line(pattern);
    run.signal('SIGINT');
    await run.ended;
    expect(run.output).toContain('stopping everything');
    expect(run.leftovers).toEqual(nothing);
  });
}
