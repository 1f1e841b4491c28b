import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { text } from '@group-services/runtime';
import manifest from '../../package.json' with { type: 'json' };
import { accessOf } from '../access.js';
import { AdminClient } from '../admin-client.js';
import { defineCommand } from '../command/define.js';
import { dumpOf } from '../dump.js';
import { CommandFailure, EXIT_STATUS } from '../exit-status.js';
import { also } from './also.js';

export const dumpCommand = defineCommand({
  words: 'dump',
  description: 'write all that a report of a defect needs into one file (.json.gz)',
  details:
    'Of the daemon of --endpoint and of whatever else answers at --also: status, options, groups,\n' +
    'processes and metrics. State values, messages, tokens and keys are not in it.',
  operands: {},
  options: {
    out: {
      schema: text('the name of a file', (it) => it.length > 0),
      default: 'group-services-dump.json.gz',
      description: 'the file, which must not exist yet',
      placeholder: 'FILE',
    },
    also,
  },
  run: async ({ config, withDaemon, report }) => {
    const access = accessOf(config);
    const others = config.also.map((url) => new AdminClient(url, { access }));
    const programs = await withDaemon(({ api }) => Promise.all([api, ...others].map(dumpOf)));
    const dump = { time: new Date().toISOString(), gsctl: manifest.version, programs };
    const bytes = await promisify(gzip)(JSON.stringify(dump));
    await written(config.out, bytes);
    const json = { file: config.out, bytes: bytes.length, programs: programs.length };
    const size = `${bytes.length} bytes, ${programs.length} programs`;
    await report({ json, text: `Written to ${config.out} (${size}).` });
  },
});

/** Only for our eyes, and over nothing that is there. */
async function written(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(file, bytes, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(EXIT_STATUS.failed, `cannot write ${file}: ${why}`, { cause: error });
  }
}
