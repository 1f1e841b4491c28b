#!/usr/bin/env node
import { optionsOf, printVerdict, runProgram, withFolder } from '@group-services/example-harness';
import { CheckpointRun } from './checkpoint-run.js';

const USAGE = {
  before: `checkpoint [options]
Processes that send amounts to each other take coordinated checkpoints of it, and start again from the
last one when one of them is gone.

  --checkpoints N          the run ends with this one (4)
  --folder FOLDER          where the checkpoints are; one with checkpoints is gone on with
                           (default: a temporary one)`,
  after: `                           (moments: write-1, written-1, agree-1, approved-1, write-2 …)
`,
};

async function main(signal: AbortSignal): Promise<number> {
  const options = await optionsOf(USAGE, { checkpoints: '4', folder: '' });
  if (options === undefined) return 0;
  const { workers: processes, endpoints, kills, others } = options;
  const given = others.folder === '' ? undefined : others.folder;
  return await withFolder(given, 'checkpoint', async (folder) => {
    const checkpoints = Number(others.checkpoints);
    const run = new CheckpointRun({ processes, checkpoints, endpoints, folder, kills });
    return printVerdict(await run.run(signal), 'Every checkpoint was complete.');
  });
}

await runProgram('checkpoint', main);
