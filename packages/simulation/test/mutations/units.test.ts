import { describe, expect, test } from 'vitest';
import type { MutationName } from '../../src/mutations/index.js';
import { loadProgram } from '../../src/mutations/load-program.js';
import { SmallVitest } from './small-vitest.js';
import { IN_UNITS } from './units.js';

async function testsOf(file: string, defect?: MutationName): Promise<SmallVitest> {
  const vitest = new SmallVitest();
  const libraries = { vitest: vitest.library };
  await loadProgram({ files: [`packages/${file}`], libraries }, defect);
  return vitest;
}

describe('a test of a part fails when a protection is missing, and passes when it is there', () => {
  // The keys of the table are names.
  test.each(Object.entries(IN_UNITS) as [MutationName, string][])('%s', async (name, file) => {
    const failed = await (await testsOf(file, name)).firstFailure();
    expect(failed, `${file} does not notice it`).toBeDefined();
    expect(await (await testsOf(file)).passes(failed ?? '')).toBe(true);
  });
});
