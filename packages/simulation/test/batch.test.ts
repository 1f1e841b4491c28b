import { Rng } from '@group-services/core';
import { describe, expect, test } from 'vitest';
import { Counters } from '../src/counters.js';
import {
  type BatchOptions,
  type Chunk,
  type ChunkResult,
  runBatch,
  runChunk,
  type Totals,
} from '../src/run/batch.js';
import { drawProfile } from '../src/run/draw-profile.js';
import type { SeedResult } from '../src/run/run-seed.js';
import { neverReached, TRANSITIONS } from '../src/run/transitions.js';

/** A seed that costs nothing; those that are a multiple of 17 fail. */
function made(seed: number): SeedResult {
  const counters = new Counters();
  counters.count(seed % 2 === 0 ? 'even' : 'odd');
  const failure =
    seed % 17 === 0 ? { checker: 'toy', text: `seventeen in ${seed}`, timeline: [] } : undefined;
  const digest = seed.toString(16).padStart(16, '0');
  const profile = drawProfile(new Rng(seed), new Rng(seed));
  return { seed, profile, virtualMs: seed / 3, digest, counters, failure };
}

function batch(jobs: number, afterFailure: BatchOptions['afterFailure']) {
  const handed: Chunk[] = [];
  const run = async (chunk: Chunk, job: number) => {
    handed.push(chunk);
    // Jobs of unequal speed finish their chunks in another order.
    for (let i = 0; i < job * 3; i += 1) await Promise.resolve();
    return runChunk(chunk, made);
  };
  return runBatch({ from: 1, seeds: 95, jobs, afterFailure, run }).then((totals) => ({
    totals,
    handed,
  }));
}

describe('many seeds', () => {
  test('come to the same, whatever the number of jobs', async () => {
    const { totals: alone } = await batch(1, 'keep-going');
    const { totals: together } = await batch(3, 'keep-going');
    expect(together).toEqual(alone);
    expect(alone.seeds).toBe(95);
    expect(alone.failures.map(({ seed }) => seed)).toEqual([17, 34, 51, 68, 85]);
    expect(alone.counters.get('odd')).toBe(48);
  });

  test('end at the first failure, which is the same, whatever the number of jobs', async () => {
    const { totals: alone, handed } = await batch(1, 'stop');
    const { totals: together } = await batch(4, 'stop');
    expect(handed.map(({ from }) => from)).toEqual([1, 11]);
    expect(together).toEqual(alone);
    expect(together.failures.map(({ seed }) => seed)).toEqual([17]);
  });

  test('are added up as they come, each once and in order', async () => {
    const seen: number[] = [];
    const finish = new Map<number, () => void>();
    const run = (chunk: Chunk): Promise<ChunkResult> =>
      new Promise((resolve) => {
        finish.set(chunk.from, () => resolve(runChunk(chunk, made)));
      });
    const progressed = ({ seeds }: Totals): void => {
      seen.push(seeds);
    };
    const options = { from: 1, seeds: 40, jobs: 4, run, progressed } as const;
    const ended = runBatch({ ...options, afterFailure: 'keep-going' });
    for (const from of [31, 11, 1, 21]) {
      finish.get(from)?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    // What overtook the first chunk waits for it.
    expect(seen).toEqual([0, 0, 20, 40]);
    expect((await ended).counters.get('odd')).toBe(20);
  });
});

describe('what has to be reached', () => {
  test('is reported when a large run never reached it, and only then', () => {
    const counters = new Counters();
    for (const { counters: names } of TRANSITIONS.slice(1)) counters.count(names[0] ?? '');
    expect(neverReached(counters, 100_000)).toEqual([TRANSITIONS[0]?.name]);
    expect(neverReached(counters, 1)).toEqual([]);
  });

  test('has a name of its own each', () => {
    const names = TRANSITIONS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
