import type { SendOptions } from '@group-services/client';
import { expect } from 'vitest';
import { eventually } from './harness/eventually.js';
import { Stream } from './harness/stream.js';
import { test } from './harness/test.js';
import { bytes, join, listsAre } from './harness/watched.js';

const deliveries: readonly SendOptions['delivery'][] = ['agreed', 'safe'];

for (const delivery of deliveries) {
  test(`M9 M25 B3: concurrent senders, ${delivery}: one order everywhere`, async ({ domain }) => {
    const group = `order-${delivery}`;
    const members = [
      await join(await domain.connect('n1'), group),
      await join(await domain.connect('n2'), group),
      await join(await domain.connect('n3'), group),
      await join(await domain.connect('n3'), group),
    ];
    await listsAre(
      members,
      members.map(({ handle }) => handle.id),
    );
    const streams = members.map(({ handle }) => new Stream(handle, { delivery }));
    await Promise.all(streams.map((stream) => stream.progress(200)));
    await Promise.all(streams.map((stream) => stream.stop()));
    const sent = streams.flatMap((stream) => stream.sent);
    for (const stream of streams) expect(stream.acknowledged).toEqual(stream.sent);
    for (const member of members) {
      await eventually('all messages are here', () => member.texts.length >= sent.length);
      expect(member.messages).toEqual(members[0]?.messages);
      // In the order of each sender: everything, and nothing twice.
      for (const stream of streams) {
        const [first = ''] = stream.sent;
        const sender = first.slice(0, first.indexOf(' ') + 1);
        expect(member.texts.filter((text) => text.startsWith(sender))).toEqual(stream.sent);
      }
    }
  });
}

test('B4: a burst of large messages disconnects nobody who reads', async ({ domain }) => {
  const members = [
    await join(await domain.connect('n1'), 'burst'),
    await join(await domain.connect('n2'), 'burst'),
  ];
  for (const { handle } of members) {
    const large = Array.from({ length: 24 }, () => new Uint8Array(1024 * 1024));
    const results = await Promise.all(large.map((message) => handle.send(message)));
    expect(results.map(({ outcome }) => outcome)).toEqual(large.map(() => 'approved'));
  }
  for (const member of members) {
    await eventually('all messages are here', () => member.messages.length === 48);
  }
});

test('M16 M17: a result has the position of its event', async ({ domain }) => {
  const one = await join(await domain.connect('n1'), 'positions');
  const two = await join(await domain.connect('n2'), 'positions');
  const results = [
    await two.handle.send(bytes('first')),
    await one.handle.changeState(bytes('second')),
    await two.handle.send(bytes('third'), { delivery: 'safe' }),
  ];
  expect(results.map(({ outcome, kind, phases }) => [outcome, kind, phases])).toEqual([
    ['approved', 'message', 0],
    ['approved', 'state', 0],
    ['approved', 'message', 0],
  ]);
  const positions = results.map(({ position }) => position);
  expect(positions).toEqual([...positions].sort((a, b) => a - b));
  for (const member of [one, two]) {
    const last = await member.next('message', ({ position }) => position === positions[2]);
    const events = member.events.slice(-3);
    expect(events.map(({ type }) => type)).toEqual(['message', 'state', 'message']);
    expect(events.map(({ position }) => position)).toEqual(positions);
    expect(last.protocol).toMatchObject({ kind: 'message', proposer: two.handle.id });
  }
});

test('M10: groups do not share a sequence', async ({ domain }) => {
  const services = await domain.connect('n1');
  const [busy, quiet] = [await join(services, 'busy'), await join(services, 'quiet')];
  const stream = new Stream(busy.handle);
  await stream.progress(300);
  await stream.stop();
  const { position } = await quiet.handle.send(bytes('one'));
  expect(position).toBeLessThan(300);
});

test('M25: a message of the largest size arrives everywhere', async ({ domain }) => {
  const members = [
    await join(await domain.connect('n1'), 'large'),
    await join(await domain.connect('n2'), 'large'),
    await join(await domain.connect('n3'), 'large'),
  ];
  const largest = new Uint8Array(1024 * 1024).map((_, index) => index % 251);
  await members[1]?.handle.send(largest);
  for (const member of members) {
    const { message } = await member.next('message');
    expect(Buffer.compare(message, largest)).toBe(0);
  }
  const larger = members[0]?.handle.send(new Uint8Array(1024 * 1024 + 1));
  await expect(larger).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', limit: 'message' });
});

/** A process may lag by little, and what a group has under way fits into that. */
const LITTLE_ROOM =
  '--client-buffer 256KiB --max-unstable 64KiB --pressure-mark 64KiB --max-message 128KiB'.split(
    ' ',
  );

test('B4: a process that does not read is removed and stalls nobody', async ({ startDomain }) => {
  const domain = await startDomain({ daemon: LITTLE_ROOM });
  const sleeper = await domain.member('n2', 'slow', { join: { instance: 'sleeper' } });
  const one = await join(await domain.connect('n1'), 'slow', { instance: 'a' });
  const two = await join(await domain.connect('n2'), 'slow', { instance: 'b' });
  await listsAre([one, two], [sleeper.id, 'n1/a', 'n2/b']);
  const larger = one.handle.send(new Uint8Array(128 * 1024 + 1));
  await expect(larger).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', limit: 'message' });
  sleeper.pause();
  const message = new Uint8Array(64 * 1024);
  const left = one.next('membership', (event) => event.left.length > 0);
  const isGone = (): boolean => one.of('membership').some((event) => event.left.length > 0);
  while (!isGone()) await one.handle.send(message);
  expect((await left).left).toEqual([
    { provider: sleeper.id, reason: 'process-failure', detail: 'overloaded' },
  ]);
  const { position } = await one.handle.send(bytes('on we go'));
  await two.next('message', (event) => event.position === position);
  expect(two.texts).toEqual(one.texts);
});
