#!/usr/bin/env node
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { connect, GroupServicesError } from '@group-services/client';
import { Crew, CrewError } from './crew-run.js';
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
  const byDefault = process.env['GROUP_SERVICES_ENDPOINT'] ?? 'unix:///run/group-services/gsd.sock';
  const endpoints = values.endpoint ?? [byDefault];
  await checkDaemons(endpoints);
  const files = await listFiles(root);
  const scratch = await mkdtemp(join(tmpdir(), 'crew-'));
  try {
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
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The workers would wait for their daemons for as long as it takes; a wrong address is told at once. */
async function checkDaemons(endpoints: readonly string[]): Promise<void> {
  for (const endpoint of new Set(endpoints)) await (await connect({ endpoint })).close();
}

/** What the user can do something about is one line. */
function explained(error: unknown): string | undefined {
  if (error instanceof GroupServicesError || error instanceof CrewError) return error.message;
  return undefined;
}

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => stopping.abort(new CrewError(`stopped by ${name}`)));
}
try {
  process.exitCode = await main(stopping.signal);
} catch (error) {
  const line = explained(error);
  if (line === undefined) throw error;
  process.stderr.write(`crew: ${line}\n`);
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
