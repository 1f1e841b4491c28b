import { httpAddress } from '@group-services/runtime';
import * as z from 'zod';
import { accessOf } from '../access.js';
import { AdminClient } from '../admin-client.js';
import { defineCommand, type GlobalConfig } from '../command/define.js';
import { CommandFailure, EXIT_STATUS } from '../exit-status.js';
import {
  activeAdmin,
  askNameServers,
  nameServerStatus,
  nameServersReport,
} from '../name-servers.js';

const options = {
  admin: {
    schema: httpAddress(),
    default: ['http://127.0.0.1:7490'],
    repeatable: true,
    description: 'where a name server serves operators (repeatable)',
    placeholder: 'URL',
  },
} as const;

const steppedDown = z.object({ done: z.boolean(), why: z.string().optional() });

export const nameServerStatusCommand = defineCommand({
  words: 'name-server status',
  description: 'which name server is active, since when, and how its etcd is',
  details: 'Asks the name servers themselves, and the active one of which they know.',
  operands: {},
  options,
  run: async ({ config, report }) => {
    const answers = await askNameServers(config.admin, asking(config));
    await report(nameServersReport(answers));
    if (answers.some((it) => 'status' in it)) return;
    throw new CommandFailure(EXIT_STATUS.unreachable, 'no name server answers');
  },
});

export const nameServerStepDownCommand = defineCommand({
  words: 'name-server step-down',
  description: 'let another name server on the same etcd take over',
  details: 'Any of them may be asked: the active one is found. Running groups notice nothing.',
  operands: {},
  options,
  run: async ({ config, report }) => {
    const admin = activeAdmin(await askNameServers(config.admin, asking(config)));
    const { done, why } = await client(admin, config).post('/api/step-down', steppedDown);
    if (!done) throw new CommandFailure(EXIT_STATUS.failed, why ?? 'it does not step down');
    await report({ json: { admin }, text: `The name server at ${admin} has stepped down.` });
  },
});

function asking(config: GlobalConfig) {
  return (admin: string) => client(admin, config).get('/api/status', nameServerStatus);
}

function client(admin: string, config: GlobalConfig): AdminClient {
  return new AdminClient(admin, { access: accessOf(config), whose: 'name server' });
}
