import { linkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Watcher,
  type Workshop,
  workshopFixture,
} from '@group-services/example-harness/workshop';
import { expect, test as plain } from 'vitest';

type Moment = Parameters<NonNullable<Watcher['onMoment']>>[0];

const test = plain.extend(workshopFixture);
const program = new URL('../dist/work-pool.js', import.meta.url);
const RIGHT = 'Every item is done once, and no partition had two owners.';

/** Four workers; the last is started when 3/8 of 72 items are done. */
const size = ['--workers', '4', '--partitions', '6', '--items', '12', '--pause', '1'];
const ENOUGH_FOR_THE_LAST = 36;
const LAST = 3;

/** Lets nobody finish the work before the last worker has its part of it. */
class Gate {
  readonly #open: Promise<void>;
  #opened: () => void = () => {};
  #items = 0;

  constructor() {
    this.#open = new Promise((resolve) => {
      this.#opened = resolve;
    });
  }

  async pass({ name, worker }: Moment): Promise<void> {
    if (name.startsWith('work-')) this.#items += 1;
    if (!name.startsWith('next-')) return;
    if (worker === LAST) this.#opened();
    else if (this.#items >= ENOUGH_FOR_THE_LAST) await this.#open;
  }
}

function run(
  workshop: Workshop,
  args: readonly string[],
  onMoment: (moment: Moment) => Promise<void> = () => Promise.resolve(),
) {
  const gate = new Gate();
  return workshop.example(program, [...size, ...args], {
    onMoment: async (moment) => {
      await onMoment(moment);
      await gate.pass(moment);
    },
  });
}

test('M15 M18 M29: partitions move to those who come, one owner at a time', async ({
  workshop,
}) => {
  const pool = run(workshop, []);
  const ending = await pool.ended;
  expect(pool.output).toContain('partitions are to go to: n0/w0 6');
  expect(pool.output).toContain('partitions are to go to: n0/w0 3, n1/w1 3');
  expect(pool.output).toMatch(/partition \d: .*n1\/w3/);
  expect(pool.output).not.toContain('lost');
  expect(pool.output).not.toContain('fenced');
  expect(pool.output).toContain(RIGHT);
  expect(ending.status).toBe(0);
  expect(pool.leftSomethingBehind).toBe(false);
  expect(workshop.scraps).toEqual([]);
});

test('an owner is killed in the middle of an item: another does it', async ({ workshop }) => {
  const pool = run(workshop, ['--kill', '1@work', '--kill', '2@agreed']);
  const ending = await pool.ended;
  expect(pool.output).toMatch(/killing worker 1 with SIGKILL at work-\d/);
  expect(pool.output).toMatch(/killing worker 2 with SIGKILL at agreed-\d/);
  expect(pool.output).toContain('n1/w1 is lost');
  expect(pool.output).toMatch(/partition \d: .*n1\/w1 -> /);
  expect(pool.output).toContain(RIGHT);
  expect(ending.status).toBe(0);
});

test('the proposer is killed when it has stopped working and not yet voted', async ({
  workshop,
}) => {
  const pool = run(workshop, ['--kill', '0@released-3']);
  const ending = await pool.ended;
  expect(pool.output).toContain('killing worker 0 with SIGKILL at released-3');
  expect(pool.output).toMatch(/partitions are to go to: n1\/w1 3, n0\/w2 3/);
  expect(pool.output).toContain(RIGHT);
  expect(ending.status).toBe(0);
});

test('M32: a worker that outlives its daemon is kept out by its fencing token', async ({
  workshop,
}) => {
  let hand: string | undefined;
  let tookOver: () => void = () => {};
  const pool = run(workshop, [], async ({ name, worker }) => {
    if (name === hand && worker !== LAST) tookOver();
    if (hand !== undefined || worker !== LAST || !name.startsWith('work-')) return;
    hand = name;
    const taken = new Promise<void>((resolve) => {
      tookOver = resolve;
    });
    await workshop.killDaemon(1);
    await taken;
  });
  const ending = await pool.ended;
  expect(pool.output).toContain('n1/w3 is out: connection-lost');
  expect(pool.output).toContain(`n1/w3 is fenced out of partition ${hand?.replace('work-', '')}`);
  expect(pool.output).toContain(RIGHT);
  expect(ending.status).toBe(0);
  expect(pool.leftSomethingBehind).toBe(false);
});

test('a second owner is found out', async ({ workshop }) => {
  const pool = run(workshop, [], ({ name, worker }) => {
    if (name === 'work-0' && worker === 0) intrude(workshop);
    return Promise.resolve();
  });
  const ending = await pool.ended;
  expect(pool.output).toMatch(/WRONG: partition 0: somebody started while n0\/w0 was working/);
  expect(ending.status).toBe(1);
});

/** Begins a tenure of its own in partition 0, under the token of the present one. */
function intrude(workshop: Workshop): void {
  const [scratch = ''] = workshop.scraps;
  const folder = join(workshop.scratch, scratch, 'partition-0');
  const draft = join(workshop.folder('intruder'), 'draft');
  writeFileSync(draft, JSON.stringify({ kind: 'start', owner: 'somebody', fence: '' }));
  for (let index = 0; ; index += 1) {
    try {
      linkSync(draft, join(folder, String(index)));
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}
