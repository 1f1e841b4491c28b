import { startDomain, type TestDomain } from '@group-services/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { queue } from '../src/index.js';

let domain: TestDomain;
beforeAll(async () => {
  domain = await startDomain({ daemons: 2 });
});
afterAll(() => domain.stop());

it('hands items out in order, each to one member, in the order of asking', async () => {
  await using one = await queue<{ n: number }>(await domain.connect('n1'), 'jobs');
  await using two = await queue<{ n: number }>(await domain.connect('n2'), 'jobs');
  const waiting = two.take();
  await one.push({ n: 1 });
  await one.push({ n: 2 });
  const first = await waiting;
  expect(first.item).toEqual({ n: 1 });
  expect(first.attempt).toBe(1);
  const second = await one.take();
  expect(second.item).toEqual({ n: 2 });
  await first.nack();
  const again = await one.take();
  expect([again.item, again.attempt]).toEqual([{ n: 1 }, 2]);
  expect(again.fence > second.fence && second.fence > first.fence).toBe(true);
  await again.ack();
  await expect(again.ack()).rejects.toMatchObject({ code: 'REMOVED' });
  await expect(first.ack()).rejects.toMatchObject({ code: 'REMOVED' });
  await second.ack();
  await expect(one.take({ timeout: 1 })).rejects.toMatchObject({ code: 'TIMEOUT' });
});

it('hands an item out again when its holder dies, before those behind it', async () => {
  const dying = await domain.connect('n1');
  const gone = await queue<string>(dying, 'death');
  await using heir = await queue<string>(await domain.connect('n2'), 'death');
  await gone.push('first');
  await gone.push('second');
  const held = await gone.take();
  domain.disconnect(dying);
  await dying.closed;
  let delivery = await heir.take();
  // The death may not be told yet.
  if (delivery.item === 'second') {
    const other = await heir.take();
    await delivery.ack();
    delivery = other;
  }
  expect([delivery.item, delivery.attempt]).toEqual(['first', 2]);
  expect(delivery.fence > held.fence).toBe(true);
  expect(held.signal.aborted).toBe(true);
  await expect(held.ack()).rejects.toMatchObject({ code: 'REMOVED' });
});

it('is full at its capacity, which all mean alike', async () => {
  const services = await domain.connect('n1');
  await using small = await queue<number>(services, 'small', { capacity: 1 });
  await small.push(1);
  await expect(small.push(2)).rejects.toMatchObject({ code: 'OVERLOADED', limit: 'capacity' });
  await (await small.take()).ack();
  await small.push(2);
  await expect(queue(services, 'small')).rejects.toMatchObject({ code: 'ATTRIBUTE_MISMATCH' });
});

it('gives back what comes for a take that was given up', async () => {
  await using one = await queue<string>(await domain.connect('n1'), 'given-up');
  const stop = new AbortController();
  const given = one.take({ signal: stop.signal });
  const pushed = one.push('item');
  stop.abort();
  await pushed;
  const outcome = await given.then(
    (delivery) => delivery,
    () => undefined,
  );
  await outcome?.nack();
  expect((await one.take()).item).toBe('item');
});
