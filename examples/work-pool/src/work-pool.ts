#!/usr/bin/env node
import { optionsOf, printVerdict, runProgram, withFolder } from '@group-services/example-harness';
import { WorkPoolRun } from './work-pool-run.js';

const USAGE = {
  before: `work-pool [options]
Processes that come one after the other, and go, share partitions of work; no partition ever has two
owners.

  --partitions N           how many partitions (6)
  --items N                items of each partition (40)
  --pause MS               work for each item (40)`,
  after: `                           (moments: work-0, in the middle of an item of partition 0, or work for any;
                           released-3, in phase 1 of a move among three processes; agreed-3, in phase 2)
`,
};

async function main(signal: AbortSignal): Promise<number> {
  const options = await optionsOf(USAGE, { partitions: '6', items: '40', pause: '40' });
  if (options === undefined) return 0;
  const { workers, endpoints, kills, others } = options;
  return await withFolder(undefined, 'work-pool', async (folder) => {
    const partitions = Number(others.partitions);
    const items = Number(others.items);
    const pause = Number(others.pause);
    const pool = { workers, partitions, items, pause, endpoints, folder, kills };
    const problems = await new WorkPoolRun(pool).run(signal);
    return printVerdict(problems, 'Every item is done once, and no partition had two owners.');
  });
}

await runProgram('work-pool', main);
