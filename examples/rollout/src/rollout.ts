#!/usr/bin/env node
import { optionsOf, printVerdict, runProgram, withFolder } from '@group-services/example-harness';
import { plan, Rollout } from './rollout-run.js';
import { problemsOf } from './verdict.js';

const USAGE = {
  before: `rollout [options]
Rolls three configurations out over a group of processes by votes in two phases. The last process
cannot take the second one and vetoes it.
`,
  after: `                           (moments: prepare-1, approve-1, apply-1, prepare-2 …; worker 0 proposes first)
`,
};

async function main(signal: AbortSignal): Promise<number> {
  const options = await optionsOf(USAGE, {});
  if (options === undefined) return 0;
  const { workers: members, endpoints, kills } = options;
  return await withFolder(undefined, 'rollout', async (folder) => {
    const records = await new Rollout({ members, endpoints, folder, kills }).run(signal);
    for (const { id, lost, applied } of records) {
      const versions = applied.map(
        ({ position, configuration }) => `version ${configuration.version} at ${position}`,
      );
      process.stdout.write(`${id} applied ${versions.join(', ')}${lost ? '; then lost' : ''}\n`);
    }
    return printVerdict(problemsOf(plan, records), 'Every member went through the same.');
  });
}

await runProgram('rollout', main);
