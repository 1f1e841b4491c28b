import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MUTATIONS } from '../src/mutations/index.js';

/** `docs/CORRECTNESS.md` names checkers and planted defects: each exists, and no checker is left out. */
const page = readFileSync(join(import.meta.dirname, '../../../docs/CORRECTNESS.md'), 'utf8');
const sources = join(import.meta.dirname, '../src');

/** The rows of its tables of promises: a checker and a defect each. */
const rows = [...page.matchAll(/^\| [^|]+ \| `([a-z-]+)` \| ([a-z-]+|–) \|$/gm)].map(
  ([, checker = '', defect = '']) => ({ checker, defect }),
);

/** Given to a checker as its name, or thrown as one. */
function checkersOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const named = text.matchAll(/(?:readonly name = |new Violation\()'([a-z-]+)'/g);
      return [...named].map(([, name = '']) => name);
    });
}

/** They watch the run itself, or belong to the row of another. */
const OF_THE_RUN = ['storm', 'client-frames', 'no-duplicate', 'stories'];

test('every promise has a checker, and every checker a promise', () => {
  const promised = new Set(rows.map(({ checker }) => checker));
  const there = new Set(checkersOf(sources).filter((name) => !OF_THE_RUN.includes(name)));
  expect([...promised].sort()).toEqual([...there].sort());
});

test('every planted defect that it names exists', () => {
  const unknown = rows.filter(({ defect }) => defect !== '–' && !Object.hasOwn(MUTATIONS, defect));
  expect(unknown).toEqual([]);
  expect(rows.length).toBeGreaterThan(25);
});
