import { Rng } from '@group-services/core';
import { expect, test } from 'vitest';
import { drawLibraryFaults } from '../../src/library/library-fault.js';
import { LIBRARY_MUTATIONS, type LibraryMutation } from '../../src/mutations/index.js';
import { loadProgram } from '../../src/mutations/load-program.js';
import type { playBarrier } from '../library/barrier-play.js';
import type { playElect, playSingleton } from '../library/elect-play.js';
import type { playKeepJoined } from '../library/keep-joined-play.js';
import type { playMap } from '../library/map-play.js';
import type { playMutex } from '../library/mutex-play.js';
import type { playOnce } from '../library/once-play.js';
import type { playPartition } from '../library/partition-play.js';
import type { Scene } from '../library/plays.js';
import type { playPresence } from '../library/presence-play.js';
import type { playQueue } from '../library/queue-play.js';
import type { playReplicated } from '../library/replicated-play.js';
import type { playRollingRestart } from '../library/rolling-restart-play.js';
import type { playRollout } from '../library/rollout-play.js';
import type { playCountdown, playPhaser } from '../library/rounds-play.js';
import type { playRwlock } from '../library/rwlock-play.js';
import type { playScatter } from '../library/scatter-play.js';
import type { playSemaphore } from '../library/semaphore-play.js';

// Each defect of the client library or of a recipe makes a play fail. Looked for from the seed that was the
// first to notice it; when what a seed draws has changed, the next ones are tried.

interface Plays {
  readonly playMutex: typeof playMutex;
  readonly playMap: typeof playMap;
  readonly playReplicated: typeof playReplicated;
  readonly playQueue: typeof playQueue;
  readonly playPartition: typeof playPartition;
  readonly playElect: typeof playElect;
  readonly playSingleton: typeof playSingleton;
  readonly playCountdown: typeof playCountdown;
  readonly playPhaser: typeof playPhaser;
  readonly playRollingRestart: typeof playRollingRestart;
  readonly playSemaphore: typeof playSemaphore;
  readonly playRwlock: typeof playRwlock;
  readonly playBarrier: typeof playBarrier;
  readonly playRollout: typeof playRollout;
  readonly playOnce: typeof playOnce;
  readonly playPresence: typeof playPresence;
  readonly playScatter: typeof playScatter;
  readonly playKeepJoined: typeof playKeepJoined;
}

const FILES: Readonly<Record<keyof Plays, string>> = {
  playMutex: 'mutex',
  playMap: 'map',
  playReplicated: 'replicated',
  playQueue: 'queue',
  playPartition: 'partition',
  playElect: 'elect',
  playSingleton: 'elect',
  playCountdown: 'rounds',
  playPhaser: 'rounds',
  playRollingRestart: 'rolling-restart',
  playSemaphore: 'semaphore',
  playRwlock: 'rwlock',
  playBarrier: 'barrier',
  playRollout: 'rollout',
  playOnce: 'once',
  playPresence: 'presence',
  playScatter: 'scatter',
  playKeepJoined: 'keep-joined',
};
const SEEDS = 60;
const FAULTS = 6;

interface Notice {
  readonly play: keyof Plays;
  readonly seed: number;
  readonly as: RegExp;
}

const NOTICED: Readonly<Record<LibraryMutation, Notice>> = {
  'fresh-read-is-local': { play: 'playMap', seed: 5, as: /linearizable/ },
  'two-places-for-one': { play: 'playMutex', seed: 1, as: /alone/ },
  'claims-die-with-their-holder': { play: 'playQueue', seed: 2, as: /no-item-lost/ },
  'let-go-by-word': { play: 'playPartition', seed: 1, as: /one-owner/ },
  'behind-forgotten': { play: 'playReplicated', seed: 1, as: /right-behind|one-order|real-time/ },
  'keys-move-with-the-number': { play: 'playPartition', seed: 6, as: /least-movement/ },
  'two-lead': { play: 'playElect', seed: 2, as: /alone/ },
  'failed-quietly': { play: 'playSingleton', seed: 1, as: /told/ },
  'done-when-asked': { play: 'playCountdown', seed: 1, as: /all-done/ },
  'done-for-ever': { play: 'playPhaser', seed: 1, as: /all-done/ },
  'restarts-below-the-minimum': { play: 'playRollingRestart', seed: 2, as: /minimum/ },
  'one-permit-more': { play: 'playSemaphore', seed: 3, as: /permits/ },
  'reads-past-writers': { play: 'playRwlock', seed: 3, as: /alone/ },
  'votes-before-it-meets': { play: 'playBarrier', seed: 1, as: /all-meet/ },
  'too-few-meet': { play: 'playBarrier', seed: 2, as: /parties/ },
  'one-step-rollout': { play: 'playRollout', seed: 1, as: /all-or-nothing/ },
  'nothing-taken-back': { play: 'playRollout', seed: 1, as: /half done/ },
  'everybody-does-it-once': { play: 'playOnce', seed: 1, as: /once: .* beside/ },
  'listed-by-their-words': { play: 'playPresence', seed: 1, as: /only-living/ },
  'waits-for-the-gone': { play: 'playScatter', seed: 2, as: /served/ },
  'head-of-another': { play: 'playKeepJoined', seed: 1, as: /one-answer/ },
  'dispatched-agreed': { play: 'playMap', seed: 10, as: /linearizable/ },
};

async function firstObjection(
  play: (scene: Scene) => Promise<unknown>,
  from: number,
): Promise<string | undefined> {
  for (let seed = from; seed < from + SEEDS; seed += 1) {
    try {
      await play({ seed, faults: drawLibraryFaults(new Rng(seed), FAULTS) });
    } catch (error) {
      return error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
    }
  }
  return undefined;
}

test.each(Object.keys(LIBRARY_MUTATIONS) as LibraryMutation[])(
  'a play notices the defect %s',
  {
    timeout: 240_000,
  },
  async (name) => {
    const { play, seed, as } = NOTICED[name];
    const files = [`packages/simulation/test/library/${FILES[play]}-play.ts`];
    const mutant = await loadProgram<Plays>({ files }, name);
    expect(await firstObjection(mutant[play], seed)).toMatch(as);
  },
);

test('without a defect nobody objects', async () => {
  for (const play of ['playMap', 'playKeepJoined'] as const) {
    const files = [`packages/simulation/test/library/${FILES[play]}-play.ts`];
    const plain = await loadProgram<Plays>({ files });
    await plain[play]({ seed: 6, faults: drawLibraryFaults(new Rng(6), FAULTS) });
  }
});
