import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { numbered, Recorder, sameBytes } from '../src/compliance/harness.js';
import { type ComplianceOptions, transportCompliance } from '../src/compliance.js';
import type { Link, Listener } from '../src/contract.js';
import type { TransportError } from '../src/errors.js';
import { udp } from '../src/udp.js';

/** A group that is heard on the loopback interface, if there is such a thing here. */
async function usableGroup(): Promise<string | undefined> {
  const host = `239.254.${process.pid % 251}.${1 + (Date.now() % 250)}`;
  const incoming = createSocket({ type: 'udp4', reuseAddr: true });
  const outgoing = createSocket('udp4');
  try {
    incoming.bind(0, '0.0.0.0');
    outgoing.bind(0, '127.0.0.1');
    await Promise.all([once(incoming, 'listening'), once(outgoing, 'listening')]);
    incoming.addMembership(host, '127.0.0.1');
    outgoing.setMulticastInterface('127.0.0.1');
    const { port } = incoming.address();
    const heard = once(incoming, 'message', { signal: AbortSignal.timeout(1000) });
    outgoing.send('x', port, host);
    await heard;
    return `${host}:${port}`;
  } catch {
    return undefined;
  } finally {
    incoming.close();
    outgoing.close();
  }
}

const group = await usableGroup();
const why = 'this host does not loop multicast back';
const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

// The links of an address with a group keep the same contract.
if (group !== undefined) {
  const options: ComplianceOptions = {
    name: 'udp with multicast',
    delivery: 'datagram',
    create: () => {
      const freshAddress = (): string => `udp://127.0.0.1:0?multicast=${group}`;
      return { here: udp(), there: udp(), freshAddress };
    },
  };
  transportCompliance(options, test);
}

interface Station {
  readonly transport: ReturnType<typeof udp>;
  readonly listener: Listener;
  readonly events: Recorder;
  readonly errors: TransportError[];
}

async function station(address: string): Promise<Station> {
  const transport = udp();
  const events = new Recorder();
  const errors: TransportError[] = [];
  const links: Link[] = [];
  const accept = (link: Link): Recorder => {
    links.push(link);
    return events;
  };
  const onError = (error: TransportError): void => void errors.push(error);
  const listener = await transport.listen(address, accept, { onError });
  ends.push(async () => {
    await listener.close();
    for (const link of links) link.abort();
  });
  return { transport, listener, events, errors };
}

/** Dials, and waits until the peer has answered a beacon. */
async function reached(from: Station, to: Station): Promise<Link> {
  const events = new Recorder();
  const link = await from.transport.dial(to.listener.address, events);
  ends.push(() => link.abort());
  while (link.cast === undefined) await new Promise((resolve) => setImmediate(resolve));
  return link;
}

test('M35: what goes to several leaves once, and reaches those alone that are meant', async ({
  skip,
}) => {
  skip(group === undefined, why);
  const address = `udp://127.0.0.1:0?multicast=${group}`;
  const [a, b, c, d] = await Promise.all([address, address, address, address].map(station));
  if (a === undefined || b === undefined || c === undefined || d === undefined) return;
  expect(a.listener.address).toMatch(/^udp:\/\/127\.0\.0\.1:\d+\?multicast=239/u);
  const links = [await reached(a, b), await reached(a, c), await reached(a, d)];
  const meant = links.slice(0, 2);
  const cast = links[0]?.cast;
  expect(links.every((link) => link.cast === cast)).toBe(true);
  const sentBefore = a.transport.counters.datagramsSent;
  for (let number = 0; number < 1_000; number += 1) {
    cast?.send(meant, { head: numbered(number, 1_000) });
    if (number % 50 === 49)
      await Promise.all([b, c].map(({ events }) => events.framesReach(number + 1)));
  }
  const large = numbered(5, 512 * 1024);
  cast?.send(meant, { head: large.subarray(0, 7), tail: large.subarray(7) });
  await Promise.all([b, c].map(({ events }) => events.framesReach(1_001)));
  for (const { frames } of [b.events, c.events]) {
    expect(frames.every((one, n) => sameBytes(one, n < 1000 ? numbered(n, 1000) : large))).toBe(
      true,
    );
  }
  expect(d.events.frames).toEqual([]);
  // A datagram for each small frame, some four hundred for the large one, repairs on a busy machine, and
  // what keeps links up; to each receiver alone it would be twice as many.
  expect(a.transport.counters.datagramsSent - sentBefore).toBeLessThan(2_200);
});

test('M35: who is not in the group is reached by its link alone', async ({ skip }) => {
  skip(group === undefined, why);
  const a = await station(`udp://127.0.0.1:0?multicast=${group}`);
  const b = await station('udp://127.0.0.1:0');
  const link = await a.transport.dial(b.listener.address, new Recorder());
  ends.push(() => link.abort());
  link.send({ head: Uint8Array.of(1), reliable: true });
  await b.events.framesReach(1);
  expect(link.cast).toBeUndefined();
});

test('M35: a group that cannot be joined costs a warning, not the daemon', async () => {
  const a = await station('udp://127.0.0.1:0?multicast=239.1.2.3:7402&interface=203.0.113.77');
  expect(a.errors).toHaveLength(1);
  expect(a.errors[0]?.message).toMatch(/cannot join the multicast group 239\.1\.2\.3:7402/u);
  expect(a.listener.address).toMatch(/^udp:\/\/127\.0\.0\.1:\d+$/u);
});
