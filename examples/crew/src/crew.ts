#!/usr/bin/env node
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkDaemons, endpointsOf, runProgram, withFolder } from '@group-services/example-harness';
import { Crew } from './crew-run.js';
import { hashFile, listFiles, treeDigest } from './files.js';

const USAGE = `crew [DIRECTORY] [options]
Hashes every file below DIRECTORY (default: the current one) with a crew of processes.

  --workers N        how many processes (6)
  --endpoint ADDR    a daemon's client socket; give several, workers are spread over them
                     (default: $GROUP_SERVICES_ENDPOINT, else unix:///run/group-services/gsd.sock)
  --pause MS         wait between two files, to leave time for killing somebody (0)
  --kill-worker PCT  kill one worker when so much is done
`;

async function main(signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      workers: { type: 'string', default: '6' },
      endpoint: { type: 'string', multiple: true },
      pause: { type: 'string', default: '0' },
      'kill-worker': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const root = resolve(positionals[0] ?? '.');
  const endpoints = endpointsOf(values.endpoint);
  await checkDaemons(endpoints);
  const files = await listFiles(root);
  return await withFolder(undefined, 'crew', async (scratch) => {
    const list = join(scratch, 'files');
    await writeFile(list, files.map((file) => `${file}\n`).join(''));
    const crew = new Crew({
      workers: Number(values.workers),
      endpoints,
      root,
      list,
      files: files.length,
      pause: Number(values.pause),
      killWorkerAt: Number(values['kill-worker'] ?? Number.NaN) / 100,
    });
    const digest = await crew.run(signal);
    const hashes: string[] = [];
    for (const file of files) {
      signal.throwIfAborted();
      hashes.push(await hashFile(root, file));
    }
    const expected = treeDigest(files, hashes);
    const right = digest === expected;
    crew.display.say(`crew of processes: ${digest}`);
    crew.display.say(`one process alone: ${expected}`);
    crew.display.say(right ? 'The results are equal.' : 'THE RESULTS DIFFER.');
    return right ? 0 : 1;
  });
}

await runProgram('crew', main);
