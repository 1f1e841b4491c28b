import { expect, test } from 'vitest';
import { brokenCitations, brokenLinks, featuresIn, ledger } from '../src/citations.js';
import { filesBelow, readText, workspaces } from '../src/repository.js';

const texts = workspaces()
  .map(({ path }) => path)
  .flatMap((path) => filesBelow(path, /\.(?:ts|mts|txt|md)$/))
  // These files have to write broken ones down to show that they are found.
  .filter((file) => !file.startsWith('tooling/tidy/'));
const documents = ['README.md', 'CONTRIBUTING.md', ...filesBelow('docs', /\.md$/)];
const all = [...documents, ...texts];

test('every cited document and section exists', () => {
  expect(all.flatMap((file) => brokenCitations(file))).toEqual([]);
});

test('every link in a document leads somewhere', () => {
  const markdown = all.filter((file) => file.endsWith('.md'));
  expect(markdown.flatMap((file) => brokenLinks(file))).toEqual([]);
});

test('every feature number stands in the ledger', () => {
  const known = ledger();
  const unknown = all.flatMap((file) =>
    featuresIn(readText(file))
      .filter((code) => !known.has(code))
      .map((code) => `${file}: ${code}`),
  );
  expect(unknown).toEqual([]);
});

test('the ledger counts without holes', () => {
  const numbers = (letter: string): readonly number[] =>
    [...ledger()].filter((code) => code.startsWith(letter)).map((code) => Number(code.slice(1)));
  expect(numbers('M')).toEqual(Array.from({ length: 35 }, (_, index) => index + 1));
  expect(numbers('B')).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
});

test('a citation that leads nowhere is found', () => {
  const file = 'packages/process-group/src/replica/replica.ts';
  const found = (text: string): readonly string[] => brokenCitations(file, text);
  expect(
    found('/** As `external-layer.md` §§3.4–3.8 and `client-api.md`, Proposals and Limits. */'),
  ).toEqual([]);
  expect(found('// As `internal-layer.md`\n// §8.5, and §3.11 here.')).toEqual([]);
  expect(found('// As in `nowhere.md`.')).toEqual([`${file}: nowhere.md, not there`]);
  expect(found('// As §3.99 says.')).toEqual([`${file}: external-layer.md §3.99`]);
  expect(found('// As `internal-layer.md` §3.14.')).toEqual([`${file}: internal-layer.md §3.14`]);
  expect(found('// `client-api.md`, Luck.')).toEqual([`${file}: client-api.md, Luck`]);
});

test('a link that leads nowhere is found', () => {
  const found = (text: string): readonly string[] => brokenLinks('docs/WIRE.md', text);
  expect(found('[a](GLOSSARY.md) [b](adr) [c](#frames) [d](../README.md#two-commands)')).toEqual(
    [],
  );
  expect(found('[a](GLOSARY.md) [b](#frame)')).toEqual([
    'docs/WIRE.md: GLOSARY.md',
    'docs/WIRE.md: #frame',
  ]);
});
