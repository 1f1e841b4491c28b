import { describe, expect, it } from 'vitest';
import { sampleGroup } from '../test/sample-group.js';
import { type StatusFindings, statusText } from './status.js';

const found: StatusFindings = {
  endpoint: 'unix:///run/gsd.sock',
  admin: 'http://127.0.0.1:7491',
  node: 'n1',
  domain: 'default',
  version: '0.1.0',
  startedAt: '2031-02-03T04:05:06.789Z',
  incarnation: 10,
  address: 'tcp://127.0.0.1:7401',
  stopping: false,
  nameServer: { connected: true, address: 'tcp://ns1:7400', epoch: 1700 },
  peers: [
    { daemon: 'n2.20', suspected: null, heardMsAgo: 12, hearsUsMsAgo: 15 },
    { daemon: 'n3.30', suspected: 'silent', heardMsAgo: 2000, hearsUsMsAgo: 2000 },
  ],
  groups: [sampleGroup],
  clients: [
    {
      client: 3,
      name: 'billing\n42',
      handles: 2,
      memberships: [],
      queuedBytes: 0,
      pressing: [],
    },
  ],
};

describe('the status of a daemon', () => {
  it('has all that it knows without asking', () => {
    expect(statusText(found)).toBe(`node           n1
domain         default
state          serving
name server    connected to tcp://ns1:7400, epoch 1700
peers          2, 1 suspected
gsd            0.1.0, started 2031-02-03T04:05:06.789Z, incarnation 10
for daemons    tcp://127.0.0.1:7401
for processes  unix:///run/gsd.sock
for operators  http://127.0.0.1:7491

groups on this node:
  GROUP    ROLE    LEADER  PROVIDERS  STATE  RETAINED
  billing  leader  n1      2          12 B   2 (1.5 KiB)

processes on this node:
  NUMBER  NAME         MEMBERSHIPS
  3       billing\\n42  2`);
  });

  it('says when the name server is missing', () => {
    const never = { ...found, nameServer: { connected: false } };
    expect(statusText(never)).toContain('name server    not connected yet');
    const lost = { ...found, nameServer: { connected: false, epoch: 1700 } };
    expect(statusText(lost)).toContain('name server    not connected, last epoch 1700');
  });

  it('says when nothing is there', () => {
    const idle = { ...found, stopping: true, peers: [], groups: [], clients: [] };
    expect(statusText(idle)).toContain('state          stopping');
    expect(statusText(idle)).toContain('peers          0\n');
    expect(statusText(idle)).toContain('groups on this node: none\n\nprocesses on this node: none');
  });
});
