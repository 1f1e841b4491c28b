import { expect, test } from 'vitest';
import { loadProgram, type Program } from '../../src/mutations/load-program.js';
import { Stage } from '../roots/stage.js';

/**
 * Deliberate defects that are too rare for seeds, or that processes of a seed could not tell from bad luck: each
 * has a course of its own in a whole domain, with all checkers looking on.
 */
const STAGE: Program = { files: ['packages/simulation/test/roots/stage.ts'] };

async function expectNoticed(
  defect: Parameters<typeof loadProgram>[1],
  course: (On: typeof Stage) => void,
  what: RegExp,
): Promise<void> {
  expect(() => course(Stage)).not.toThrow();
  const mutant = await loadProgram<{ readonly Stage: typeof Stage }>(STAGE, defect);
  expect(() => course(mutant.Stage)).toThrow(what);
}

/** The leader has to be cut off with a list that only its own processes see. */
test('a leader that goes on alone notices the defect agreed-lists', async () => {
  const course = (On: typeof Stage): void => {
    const stage = new On({ daemons: 3 });
    const [a] = stage.members(3, { delivery: 'agreed' });
    stage.part(['n1'], ['n2', 'n3', 'ns']);
    a?.send('agreed');
    stage.process('n1').join('g');
    stage.run(10_000);
    stage.rest();
  };
  await expectNoticed('agreed-lists', course, /view-sequence/);
});

/** The change is lost with the leader, but not the refusal that rests on it. */
test('a change that nobody else has seen notices the defect refusal-one-early', async () => {
  const course = (On: typeof Stage): void => {
    const stage = new On({ daemons: 3 });
    const [a, , c] = stage.members(3);
    stage.cut(['n1'], ['n2', 'n3']);
    a?.setState();
    stage.run(2);
    c?.setState({ ifState: null });
    stage.run(1);
    stage.mend();
    stage.run(3);
    stage.daemon('n1').crash('dies');
    stage.run(3000);
    c?.send('safe');
    stage.run(3000);
    stage.daemon('n1').start();
    stage.rest();
  };
  await expectNoticed('refusal-one-early', course, /shown-values/);
});

/** One takeover is given up for the next, and what a member said of the first comes late. */
test('a takeover that begins anew notices the defect aborted-state-counted', async () => {
  const course = (On: typeof Stage): void => {
    const stage = new On({ daemons: 4 });
    const [, b] = stage.members(4);
    let takeovers = 0;
    const counts = (): void => {
      takeovers += 1;
      if (takeovers === 1) stage.atBranch('n2', 'takeover', counts);
      else stage.cut(['n2'], ['n3']);
    };
    stage.atBranch('n2', 'takeover', counts);
    stage.part(['n4'], ['n1', 'n2', 'n3', 'ns']);
    stage.run(500);
    stage.daemon('n1').crash('dies');
    b?.send('safe');
    for (let i = 0; i < 100 && takeovers === 0; i += 1) stage.run(10);
    stage.run(50);
    stage.stall('n3', 'n2', 800);
    for (let i = 0; i < 100 && takeovers === 1; i += 1) stage.run(10);
    stage.run(600);
    stage.mend();
    stage.run(1000);
    stage.daemon('n1').start();
    stage.rest();
    if (takeovers < 2) throw new Error(`${takeovers} takeovers`);
  };
  await expectNoticed('aborted-state-counted', course, /takeover-by-all/);
});

/** SYNC makes up for it, but later: what is missing is here before the first one comes. */
test('a question that is lost notices the defect nack-once', async () => {
  const course = (On: typeof Stage): void => {
    const stage = new On({ daemons: 3, timing: { idleSyncMs: 1000 } });
    const [a, , c] = stage.members(3);
    stage.run(3000);
    stage.cut(['n1'], ['n3']);
    a?.send('agreed');
    stage.run(3);
    stage.mend();
    stage.cut(['n3'], ['n1']);
    a?.send('agreed');
    stage.run(20);
    stage.mend();
    stage.run(400);
    if (c?.messages.length !== 2) throw new Error(`${c?.messages.length} of 2 messages`);
    stage.rest();
  };
  await expectNoticed('nack-once', course, /0 of 2 messages/);
});

/** A withdrawal that comes too late would look the same: here the batch waits for long. */
test('a leave that is taken back in its batch notices the defect withdrawal-skips-leaves', async () => {
  const course = (On: typeof Stage): void => {
    const stage = new On({ daemons: 3 });
    const [, b] = stage.members(3, { batch: 'departures', batchWindow: 2000 });
    const leave = b?.leave() ?? 0;
    stage.run(100);
    b?.withdraw(leave);
    stage.run(5000);
    if (b?.answer(leave) !== 'refused ABORTED') throw new Error(`heard ${b?.answer(leave)}`);
    stage.rest();
  };
  await expectNoticed('withdrawal-skips-leaves', course, /heard removed/);
});
