import type { GroupServices } from '@group-services/client';
import { startDomain, type TestDomain } from '@group-services/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countdown, phaser } from '../src/index.js';

let domain: TestDomain;
let one: GroupServices;
let two: GroupServices;

beforeAll(async () => {
  domain = await startDomain({ daemons: 2 });
  one = await domain.connect('n1');
  two = await domain.connect('n2');
});
afterAll(() => domain.stop());

it('is over when all are done, and stays over for newcomers', async () => {
  await using mine = await countdown(one, 'start', { parties: 2 });
  const waiting = mine.wait();
  await using theirs = await countdown(two, 'start', { parties: 2 });
  await two.groups();
  expect([mine.isOver, theirs.isOver]).toEqual([false, false]);
  theirs.countDown();
  expect((await waiting).present).toHaveLength(2);
  await theirs.wait();
  expect([mine.isOver, theirs.isOver]).toEqual([true, true]);
  await using late = await countdown(two, 'start', { parties: 2 });
  expect(late.isOver).toBe(true);
  await late.wait();
});

it('counts down for those who die, and gives up waiting', async () => {
  const dying = await domain.connect('n2');
  await using mine = await countdown(one, 'death');
  const theirs = await countdown(dying, 'death');
  await expect(mine.wait({ timeout: 1 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  const waiting = mine.wait();
  domain.disconnect(dying);
  await waiting;
  await expect(theirs.wait()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
});

it('goes through phases together, with newcomers in the phase of the others', async () => {
  await using mine = await phaser(one, 'steps');
  await using theirs = await phaser(two, 'steps');
  for (let phase = 1; phase <= 3; phase += 1) {
    theirs.arrive();
    const [met, also] = await Promise.all([mine.next(), theirs.next()]);
    expect([met.phase, also.phase]).toEqual([phase, phase]);
  }
  const dying = await domain.connect('n2');
  const third = await phaser(dying, 'steps');
  expect(third.phase).toBe(3);
  const waiting = Promise.all([mine.next(), theirs.next()]);
  domain.disconnect(dying);
  for (const { phase } of await waiting) expect(phase).toBe(4);
  await expect(third.next()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
});

it('knows the phase after the loss of its daemon', async () => {
  const apart = await startDomain({ daemons: 2 });
  await using mine = await phaser(await apart.connect('n1'), 'steps');
  await using theirs = await phaser({ endpoint: apart.endpoint('n2') }, 'steps');
  await Promise.all([mine.next(), theirs.next()]);
  const waiting = theirs.next();
  await apart.killDaemon('n2');
  const met = await mine.next();
  await apart.restartDaemon('n2');
  expect((await waiting).phase).toBe(met.phase);
  await apart.stop();
});
