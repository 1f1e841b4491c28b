import { describe, expect, test } from 'vitest';
import type { Checker } from '../src/checkers/checker.js';
import { Violation } from '../src/checkers/violation.js';
import type { Profile } from '../src/profile/profile.js';
import { explain, relevant } from '../src/run/explain.js';
import { minimise } from '../src/run/minimise.js';
import { runSeed } from '../src/run/run-seed.js';

/** Objects at the first view of `g1`, but only where daemons may crash. */
function planted(profile: Profile): readonly Checker[] {
  return [
    {
      name: 'planted',
      internal: ({ group, membership, fact }) => {
        if (profile.faults.daemonCrash === undefined || group !== 'g1') return;
        if (fact.kind !== 'installed') return;
        throw new Violation('planted', `${membership} has a view of g1`);
      },
    },
  ];
}

/** The first seed that the planted checker objects to and that has more in it than crashes. */
function failing(): number {
  for (let seed = 1; seed < 100; seed += 1) {
    const { failure, profile } = runSeed({ seed, checkers: planted });
    const others = profile.faults.partition !== undefined && profile.network.loss > 0;
    if (failure !== undefined && others && profile.daemons > 2) return seed;
  }
  throw new Error('no seed fails as planted');
}

describe('a planted failure', () => {
  const seed = failing();

  test('is made smaller until only what it needs is left', () => {
    const { profile, without, reruns } = minimise({ seed, checkers: planted });
    expect(profile.faults.daemonCrash).toBeDefined();
    expect(profile.faults.partition).toBeUndefined();
    expect(profile.network.loss).toBe(0);
    expect(profile).toMatchObject({ daemons: 1, groups: 1, clients: 1 });
    expect(without).toContain('faults: partition');
    expect(reruns).toBeLessThanOrEqual(60);
    const again = runSeed({ seed, checkers: planted, reshape: () => profile });
    expect(again.failure?.checker).toBe('planted');
  });

  test('is made smaller within a number of runs', () => {
    expect(minimise({ seed, checkers: planted }, 3).reruns).toBe(3);
  });

  test('is told in few lines and short names', () => {
    const { text, lines } = explain({ seed, checkers: planted });
    expect(text).toMatch(/^planted: n\d+a\.\d+ has a view of g1$/);
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.length).toBeLessThanOrEqual(80);
    expect(lines.at(-1)).toContain('installed');
    expect(lines.join('\n')).not.toMatch(/n\d+\.\d{10}/);
    expect(lines.join('\n')).not.toContain('heartbeat');
  });

  test('keeps its lines although ordinary runs keep none', () => {
    const { failure } = runSeed({ seed, checkers: planted });
    expect(failure?.timeline.at(-1)).toContain('installed');
  });
});

test('the story is about what the statement names, and about faults', () => {
  const lines = [
    '  1.0 n1           starts as n1.1700000000001',
    '  2.0 n1           < n2.1700000000002 {"group":"g2"}',
    '  3.0 n1           < ns {"group":"g1","membership":"n1.1700000000001.7"}',
    '  4.0 n1           n1.1700000000001.7 delivered',
    '  5.0 n1           n1.1700000000001.71 delivered',
    '  6.0 network      is cut n1>n2',
  ];
  const told = relevant(lines, 'g1: somebody lacks something');
  expect(told.map((line) => line.trim().slice(0, 1))).toEqual(['1', '3', '4', '6']);
});
