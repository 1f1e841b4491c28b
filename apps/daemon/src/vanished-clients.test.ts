import type { Link } from '@group-services/transport';
import { expect, it } from 'vitest';
import { SILENCE_MS, VanishedClients } from './vanished-clients.js';
import { connectionKey, unansweredConnections, unansweredIn } from './vanished-hosts.js';

const LOCAL = 'tcp://10.0.0.1:7500';

/** As much of a link as is looked at. */
function link(remote: string): Link & { receivedBytes: number } {
  return { local: LOCAL, remote, receivedBytes: 0 } as Link & { receivedBytes: number };
}

const key = ({ local, remote }: Link): string => connectionKey(local, remote);

it('finds who is silent and whose host acknowledges nothing, and nobody else', async () => {
  const gone = link('tcp://10.0.0.2:1');
  const standsStill = link('tcp://10.0.0.3:1');
  const talks = link('tcp://10.0.0.4:1');
  const local = link('unix:///run/gsd.sock#1');
  const loopback = link('tcp://127.0.0.1:1');
  const all = [gone, standsStill, talks, local, loopback];
  let asked = 0;
  const vanished = new VanishedClients(async () => {
    asked += 1;
    return new Set([gone, talks, local, loopback].map(key));
  });
  for (const each of all) vanished.add(each, 0);
  expect(await vanished.find(SILENCE_MS - 1)).toEqual([]);
  expect(asked).toBe(0);
  talks.receivedBytes = 1;
  expect(await vanished.find(SILENCE_MS)).toEqual([gone]);
  vanished.remove(gone);
  expect(await vanished.find(SILENCE_MS)).toEqual([]);
});

it('forgets who closed while the system was asked', async () => {
  const gone = link('tcp://10.0.0.2:1');
  const vanished = new VanishedClients(async () => {
    vanished.remove(gone);
    return new Set([key(gone)]);
  });
  vanished.add(gone, 0);
  expect(await vanished.find(SILENCE_MS)).toEqual([]);
});

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

it('reads the connections whose repetitions are not answered', () => {
  const rest = '     0        0 22366 1 00000000551fa45b 100 0 0 10 0';
  const table = [
    HEAD,
    // Listening; established with all acknowledged; repeated once; repeated five times.
    `   0: 0100000A:1D4C 00000000:0000 0A 00000000:00000000 00:00000000 00000000${rest}`,
    `   1: 0100000A:1D4C 0200000A:0001 01 00000000:00000000 02:00000000 00000000${rest}`,
    `   2: 0100000A:1D4C 0200000A:0002 01 00000010:00000000 01:00000000 00000001${rest}`,
    `   3: 0100000A:1D4C 0200000A:0003 01 00000010:00000000 01:00000000 00000005${rest}`,
    '',
  ].join('\n');
  expect(unansweredIn(table)).toEqual([`${LOCAL} tcp://10.0.0.2:3`]);
});

it('writes IPv6 ends as sockets name them', () => {
  const mapped = '0000000000000000FFFF00000100000A:1D4C';
  const long = 'B80D0120000000000000000001000000:0001';
  const line = `0: ${mapped} ${long} 01 00000010:00000000 01:00000000 00000005 0 0 1`;
  expect(unansweredIn(line)).toEqual(['tcp://[::ffff:10.0.0.1]:7500 tcp://[2001:db8::1]:1']);
});

it('can read the tables of this system, if it has them', async () => {
  expect(await unansweredConnections()).toBeInstanceOf(Set);
});
