import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { DATAGRAM, openDatagram } from '@group-services/udp-association';
import { afterEach, describe, expect, test } from 'vitest';

import { numbered, Recorder, sameBytes, turns } from '../src/compliance/harness.js';
import type { Link, Listener } from '../src/contract.js';
import { udp } from '../src/udp.js';
import { type Fate, Relay } from './udp-relay.js';

const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Station {
  readonly transport: ReturnType<typeof udp>;
  readonly listener: Listener;
  readonly events: Recorder;
  readonly links: Link[];
}

async function station(address = 'udp://127.0.0.1:0'): Promise<Station> {
  const transport = udp();
  const events = new Recorder();
  const links: Link[] = [];
  const listener = await transport.listen(address, (link) => {
    links.push(link);
    return events;
  });
  ends.push(async () => {
    await listener.close();
    for (const link of links) link.abort();
  });
  return { transport, listener, events, links };
}

async function through(fate: Fate): Promise<{
  readonly relay: Relay;
  readonly link: Link;
  readonly near: Recorder;
  readonly far: Station;
  readonly transport: ReturnType<typeof udp>;
}> {
  const far = await station();
  const relay = await Relay.to(far.listener.address);
  relay.fate = fate;
  const transport = udp();
  const near = new Recorder();
  const link = await transport.dial(relay.address, near);
  ends.push(() => relay.close());
  ends.push(() => link.abort());
  return { relay, link, near, far, transport };
}

/** Of a hundred datagrams thirty are lost, ten doubled, ten late: each run the same ones. */
function rough(): Fate {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const drawn = (state >>> 16) % 100;
    return drawn < 30 ? 'lose' : drawn < 40 ? 'double' : drawn < 50 ? 'late' : 'pass';
  };
}

describe('M35: a network that loses, doubles and reorders datagrams', () => {
  test('a link comes to stand, and reliable frames arrive once', async () => {
    const { link, near, far } = await through(rough());
    far.events.react = (back, frame) => void back.send({ head: frame, reliable: true });
    for (let number = 1; number <= 10; number += 1) {
      link.send({ head: numbered(number, 100 + number), reliable: true });
    }
    await near.framesReach(10);
    await turns(20);
    for (const { frames } of [far.events, near]) {
      expect(frames.map(({ length }) => length).sort()).toEqual(
        Array.from({ length: 10 }, (_, at) => 101 + at),
      );
    }
  });

  test('large frames are repaired', async () => {
    const { link, far, transport } = await through(rough());
    for (let number = 1; number <= 5; number += 1) {
      link.send({ head: numbered(number, 1024 * 1024) });
      await far.events.framesReach(number);
    }
    const { frames } = far.events;
    expect(frames.every((one, at) => sameBytes(one, numbered(at + 1, 1024 * 1024)))).toBe(true);
    expect(transport.counters.fragmentsResent).toBeGreaterThan(100);
  });

  test('small frames come whole or not at all, and the sender is never stuck', async () => {
    const { link, far } = await through(rough());
    const count = 5_000;
    for (let number = 0; number < count; number += 1) {
      link.send({ head: numbered(number, 40 + (number % 200)) });
    }
    link.send({ head: Uint8Array.of(1), reliable: true });
    await far.events.until(() => far.events.frames.some(({ length }) => length === 1));
    const others = far.events.frames.filter(({ length }) => length > 1);
    expect(others.length).toBeGreaterThan(count / 3);
    for (const frame of others) {
      const first = frame[0] ?? 0;
      expect(frame.every((byte, at) => byte === ((first + at) & 0xff))).toBe(true);
    }
    expect(link.bufferedBytes).toBeLessThan(1024);
  });

  test('an orderly end is told although the first words of it are lost', async () => {
    const { relay, link, near, far } = await through(() => 'pass');
    link.send({ head: Uint8Array.of(1), reliable: true });
    await far.events.framesReach(1);
    let lost = 0;
    relay.fate = (_count, bytes) => {
      if (bytes[3] !== DATAGRAM.bye || lost >= 2) return 'pass';
      lost += 1;
      return 'lose';
    };
    link.close();
    expect(await far.events.closed()).toEqual({ kind: 'ended' });
    expect(await near.closed()).toEqual({ kind: 'closed' });
  });

  test('a dialler without answer gives up in time', async () => {
    const far = await station();
    const relay = await Relay.to(far.listener.address);
    ends.push(() => relay.close());
    relay.fate = () => 'lose';
    const dialled = udp().dial(relay.address, new Recorder(), { timeoutMs: 100 });
    await expect(dialled).rejects.toMatchObject({ code: 'timeout' });
    expect(far.links).toEqual([]);
  });
});

describe('M35: datagrams of strangers', () => {
  test('are counted and change nothing', async () => {
    const { relay, link, far } = await through(() => 'pass');
    const { counters } = far.transport;
    for (let size = 0; size < 200; size += 1) {
      relay.inject(numbered(size, size), far.listener.address);
      const ours = Buffer.concat([Buffer.from([0x47, 0x53, 1, size % 20]), numbered(size, size)]);
      relay.inject(ours, far.listener.address);
    }
    link.send({ head: Uint8Array.of(7), reliable: true });
    await far.events.until(() => far.events.frames.some(({ length }) => length === 1));
    expect(far.events.frames).toHaveLength(1);
    expect(far.links).toHaveLength(1);
    expect(counters.malformed + counters.foreign).toBeGreaterThan(100);
  });

  test('an association of an earlier life ends, and its words reach no newer link', async () => {
    const first = await station();
    const near = new Recorder();
    const old = await udp().dial(first.listener.address, near);
    old.send({ head: Uint8Array.of(1), reliable: true });
    await first.events.framesReach(1);
    const relay = await Relay.to(first.listener.address);
    ends.push(() => relay.close());
    // The process is gone without a word, and another listens at its port.
    await first.listener.close();
    const words: Buffer[] = [];
    relay.fate = (_count, bytes) => {
      words.push(bytes);
      return 'lose';
    };
    first.links[0]?.abort();
    expect((await near.closed()).kind).toBe('failed');
    const second = await station(first.listener.address);
    const fresh = await udp().dial(second.listener.address, new Recorder());
    ends.push(() => fresh.abort());
    expect(second.links).toHaveLength(1);
    expect(second.events.frames).toEqual([]);
    expect(old.send({ head: Uint8Array.of(2) })).toBe(false);
  });

  test('who does not show that it receives where it sends from gets no association', async () => {
    const far = await station();
    const stranger = createSocket('udp4');
    ends.push(() => void stranger.close());
    stranger.bind(0, '127.0.0.1');
    await once(stranger, 'listening');
    const answers: number[] = [];
    stranger.on('message', (bytes) => answers.push(bytes[3] ?? 0));
    const port = Number(/:(\d+)$/u.exec(far.listener.address)?.[1]);
    for (let number = 0; number < 1_000; number += 1) {
      const id = Buffer.alloc(8);
      id.writeUInt32BE(number);
      const none = Buffer.alloc(8);
      stranger.send(openDatagram(id, { cookie: none, stream: none, window: 1 }), port, '127.0.0.1');
    }
    const link = await udp().dial(far.listener.address, new Recorder(), { timeoutMs: 5_000 });
    ends.push(() => link.abort());
    expect(far.links).toHaveLength(1);
    expect(answers.every((type) => type === DATAGRAM.cookie)).toBe(true);
  });
});
