import { expect, test } from 'vitest';
import { violations } from './checks.js';
import { PerfectMetagroup } from './perfect-metagroup.js';
import { bytesOf, Process } from './processes.js';

interface Run {
  readonly metagroup: PerfectMetagroup;
  readonly processes: readonly Process[];
}

/** Three daemons with a provider each, and one of every kind of protocol on its way. */
function begin(): Run {
  const metagroup = new PerfectMetagroup();
  const [a, b, c] = ['a', 'b', 'c'].map((node) => new Process(metagroup, metagroup.start(node), 1));
  if (a === undefined || b === undefined || c === undefined) throw new Error('three processes');
  for (const process of [a, b, c]) {
    process.join({ instance: 'x' });
    metagroup.settle();
  }
  const d = new Process(metagroup, b.daemon, 2);
  const e = new Process(metagroup, c.daemon, 2);
  const subscriber = new Process(metagroup, b.daemon, 3);
  subscriber.subscribe({ persistent: true });
  metagroup.settle();
  b.send(1, '1:1');
  c.propose(1, { kind: 'state', value: bytesOf('v') });
  d.join({ instance: 'y' });
  b.send(1, '1:2', true);
  e.join({ instance: 'y' });
  b.propose(1, { kind: 'expel', providers: ['a/x'] });
  c.propose(1, { kind: 'leave' });
  b.propose(1, { kind: 'attributes', attributes: { contention: 'drop' } });
  e.die();
  return { metagroup, processes: [a, b, c, d, e, subscriber] };
}

/** Steps in turns of all daemons, not one daemon after the other. */
function advance({ metagroup }: Run, count: number): number {
  for (let i = 0; i < count; i += 1) {
    const steps = metagroup.steps();
    const step = steps[i % Math.max(1, steps.length)];
    if (step === undefined) return i;
    step.run();
  }
  return count;
}

test('M14 M17: the leader may die at any point, with any tail of its multicasts lost', () => {
  const length = advance(begin(), 10_000);
  expect(length).toBeGreaterThan(30);
  for (let point = 0; point <= length; point += 1) {
    for (const lost of [0, 99]) {
      const run = begin();
      advance(run, point);
      const { leader } = run.metagroup;
      if (leader !== undefined) run.metagroup.kill(leader, lost);
      run.metagroup.settle();
      const wrong = violations(run.metagroup, run.processes);
      expect(wrong, `killed at step ${point}, ${lost} lost`).toEqual([]);
      const b = run.processes[1]?.heard.flatMap((it) => (it.kind === 'message' ? [it] : []));
      expect(b?.map(({ request }) => request)).toEqual([2, 3]);
    }
  }
});
