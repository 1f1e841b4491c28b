import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { expect, test } from 'vitest';
// Not used: whoever changes an engine is told by `npm run test:changed`, which runs what imports it.
import '../../src/run/run-seed.js';
import { MUTATION_NAMES, MUTATIONS } from '../../src/mutations/index.js';
import { edited } from '../../src/mutations/mutation.js';

const root = join(import.meta.dirname, '../../../..');

test.each(MUTATION_NAMES)('the sources have the place where %s is planted', async (name) => {
  const { edits } = MUTATIONS[name];
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const text = readFileSync(join(root, file), 'utf8');
    const here = edits.filter((edit) => edit.file === file);
    const planted = edited(file, text, here);
    expect(planted).not.toBe(text);
    // What it says instead is still TypeScript, and names no field that has another name by now.
    await transform(planted, { loader: 'ts', format: 'cjs', sourcefile: file });
  }
});

test('a place that is there twice, or not at all, is refused', () => {
  const edit = { file: 'a.ts', find: 'return 1;', replace: 'return 2;' };
  expect(edited('a.ts', '{ return 1; }', [edit])).toBe('{ return 2; }');
  expect(() => edited('a.ts', '{ return 0; }', [edit])).toThrow(/a\.ts: renew .* is not there/);
  expect(() => edited('a.ts', 'return 1; return 1;', [edit])).toThrow(/is there 2 times/);
});

test('production code knows nothing of defects', () => {
  const mentions = readdirSync(join(root, 'packages'))
    .filter((folder) => folder !== 'simulation')
    .flatMap((folder) => sources(`packages/${folder}/src`))
    .filter((file) =>
      /mutat(ed|ion)|deliberate defect/i.test(readFileSync(join(root, file), 'utf8')),
    );
  expect(mentions).toEqual([]);
});

function sources(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}
