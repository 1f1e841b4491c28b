import { expect, it } from 'vitest';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';
import {
  activeAdmin,
  askNameServers,
  type NameServerStatus,
  nameServersReport,
} from './name-servers.js';

const common = { domain: 'default', version: '1' };
const etcd = { member: 'http://e1:2379', latencyMs: 3, trouble: null };
const since = '2030-01-01T00:00:00.000Z';
const active = { address: 'tcp://ns2:7400', admin: 'http://ns2:7490' };
const known: Readonly<Record<string, NameServerStatus>> = {
  'http://ns1:7490': { ...common, lead: { role: 'standby', since, active, etcd } },
  'http://ns2:7490': {
    ...common,
    groups: 4,
    nodesAlive: 3,
    lead: { role: 'active', since, active, etcd },
  },
  'http://alone:7490': { ...common, groups: 1, nodesAlive: 1 },
};

const ask = async (admin: string): Promise<NameServerStatus> => {
  const status = known[admin];
  if (status === undefined) throw new CommandFailure(EXIT_STATUS.unreachable, `${admin} is away`);
  return status;
};

it('asks the active one too, of which a standby says that it is', async () => {
  const answers = await askNameServers(['http://ns1:7490'], ask);
  expect(nameServersReport(answers).text).toMatchInlineSnapshot(`
    "ADMIN            ROLE     SINCE                     DOMAIN   GROUPS  NODES  ETCD
    http://ns1:7490  standby  2030-01-01T00:00:00.000Z  default  -       -      3 ms
    http://ns2:7490  active   2030-01-01T00:00:00.000Z  default  4       3      3 ms"
  `);
  expect(activeAdmin(answers)).toBe('http://ns2:7490');
});

it('takes one without others for the active one', async () => {
  const answers = await askNameServers(['http://alone:7490'], ask);
  expect(activeAdmin(answers)).toBe('http://alone:7490');
});

it('says who is not reached, and that nobody is active', async () => {
  const answers = await askNameServers(['http://ns3:7490'], ask);
  const { text } = nameServersReport(answers);
  expect(text).toContain('http://ns3:7490 is away');
  expect(text).toContain('none of them is active');
  expect(() => activeAdmin(answers)).toThrow(/no name server is active/u);
});
