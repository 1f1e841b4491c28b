import { Rng } from '@group-services/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawLibraryFaults } from '../../src/library/library-fault.js';
import { LibraryProcess } from '../../src/library/library-process.js';
import { playBarrier } from './barrier-play.js';
import { playElect, playSingleton } from './elect-play.js';
import { playKeepJoined } from './keep-joined-play.js';
import { playMap } from './map-play.js';
import { playMutex } from './mutex-play.js';
import { playOnce } from './once-play.js';
import { playPartition } from './partition-play.js';
import type { Scene } from './plays.js';
import { playPresence } from './presence-play.js';
import { playQueue } from './queue-play.js';
import { type Call, isLinearizable } from './register.js';
import { playReplicated } from './replicated-play.js';
import { playRollingRestart } from './rolling-restart-play.js';
import { playRollout } from './rollout-play.js';
import { playCountdown, playPhaser } from './rounds-play.js';
import { playRwlock } from './rwlock-play.js';
import { playScatter } from './scatter-play.js';
import { RUNS, scenes } from './scenes.js';
import { PERMITS, playSemaphore } from './semaphore-play.js';

// The client library and the recipes on virtual time: real code as processes of a simulated domain, while
// processes are killed and stopped, and daemons and the name server fail (docs/TESTING.md).

const PLAYS = [
  ['a mutex has one holder for each fence', playMutex],
  ['a map is linearizable', playMap],
  ['a replicated state is one log, and every answer its beginning', playReplicated],
  ['a queue loses no item and acknowledges none twice', playQueue],
  ['a partition gives no key to two owners, and moves as few as it can', playPartition],
  ['of candidates one leads for each fence', playElect],
  ['a singleton runs once at a time', playSingleton],
  ['a semaphore gives so many permits at a time', playSemaphore],
  ['readers share a lock, and a writer has it alone', playRwlock],
  ['a barrier lets nobody go on before all have come', playBarrier],
  ['a countdown is over when all are done', playCountdown],
  ['a phaser begins no phase before all are done with the last', playPhaser],
  ['a rolling restart takes one by one, and never too many', playRollingRestart],
  ['a rollout is in force everywhere or nowhere', playRollout],
  ['once is done once', playOnce],
  ['a presence lists the living', playPresence],
  ['a question is answered once by each who was asked', playScatter],
  ['keepJoined comes back, and every outcome that is told is true', playKeepJoined],
] as const;

describe.each(PLAYS)('%s', (_name, play) => {
  it('whatever fails', { timeout: 60_000 * RUNS }, async () => {
    const seed = Number(process.env['LIBRARY_SEED'] ?? 1);
    const plays = async (scene: Scene): Promise<void> => void (await play(scene));
    await fc.assert(fc.asyncProperty(scenes, plays), {
      numRuns: RUNS,
      seed,
      interruptAfterTimeLimit: 50_000 * RUNS,
    });
  });
});

it('a run of a rolling restart is not over with the one before it', async () => {
  // Whoever begins the next one may not have heard yet that the last one is over.
  const crash = { kind: 'crash', at: 0, which: 21, lasts: 0 } as const;
  await playRollingRestart({ seed: 2147482533, faults: [crash] });
});

it('plays a scene alike again', async () => {
  const scene = { seed: 7, faults: drawLibraryFaults(new Rng(7), 6) };
  const first = await playKeepJoined(scene);
  const second = await playKeepJoined(scene);
  expect(second.timeline.digest).toBe(first.timeline.digest);
  expect(first.timeline.count).toBeGreaterThan(1_000);
});

it('shows what recipes are for: locks are shared, values put into force, and deeds done once', async () => {
  const scene = { seed: 3, faults: [] };
  expect(await playSemaphore(scene)).toBe(PERMITS);
  expect(await playRwlock(scene)).toBeGreaterThan(1);
  expect(await playRollout(scene)).toBeGreaterThan(1);
  expect(await playOnce(scene)).toBeGreaterThan(2);
  expect(await playElect(scene)).toBeGreaterThan(14);
  expect(await playSingleton(scene)).toBeGreaterThan(4);
  expect(await playPhaser(scene)).toBeGreaterThan(4);
  expect(await playRollingRestart(scene)).toBeGreaterThan(7);
});

it('knows histories that are not linearizable', () => {
  const set: Call = { kind: 'set', value: 1, start: 1, end: 2 };
  expect(isLinearizable([set, { kind: 'get', answer: 1, start: 3, end: 4 }])).toBe(true);
  expect(isLinearizable([set, { kind: 'get', answer: undefined, start: 3, end: 4 }])).toBe(false);
  const lost: Call = { ...set, end: Number.POSITIVE_INFINITY };
  expect(isLinearizable([lost, { kind: 'get', answer: undefined, start: 3, end: 4 }])).toBe(true);
  const both = (answer: boolean): Call[] => [
    { kind: 'cas', expected: undefined, value: 1, answer: true, start: 1, end: 4 },
    { kind: 'cas', expected: undefined, value: 2, answer, start: 2, end: 3 },
  ];
  expect(isLinearizable(both(false))).toBe(true);
  expect(isLinearizable(both(true))).toBe(false);
});

it('stands still and goes on in the order in which things came', () => {
  const ran: string[] = [];
  const later: (() => void)[] = [];
  const process = new LibraryProcess('p');
  process.pause();
  process.perform(() => ran.push('first'));
  process.perform(() => ran.push('second'));
  expect(ran).toEqual([]);
  process.resume((task) => later.push(task));
  process.perform(() => ran.push('third'));
  for (const task of later) task();
  expect(ran).toEqual(['first', 'second', 'third']);
  process.kill();
  process.perform(() => ran.push('never'));
  expect(ran).toHaveLength(3);
});
