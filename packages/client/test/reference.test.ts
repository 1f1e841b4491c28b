import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/**
 * The examples of the API reference stand in the comments of the source. Each is a file of its own,
 * too, so that it is type-checked here and run against real daemons (`apps/daemon/test`).
 */

const sources = new URL('../src/', import.meta.url);
const folder = new URL('./reference/', import.meta.url);

/** The code of every `@example` of a file. */
function examplesIn(source: string): string[] {
  const blocks = source.matchAll(/@example\n\s*\* ```ts\n([\s\S]*?)\n\s*\* ```\n/g);
  return [...blocks].map(([, lines = '']) => `${lines.replaceAll(/^\s*\* ?/gm, '')}\n`);
}

const texts = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(new URL(name, sources), 'utf8'));
const shown = texts.flatMap(examplesIn);

it.each(readdirSync(folder))('shows %s as it is type-checked', (name) => {
  expect(shown).toContain(readFileSync(new URL(name, folder), 'utf8'));
});

it('shows no example beside', () => {
  const tags = texts.join('\n').match(/@example/g);
  expect(tags).toHaveLength(readdirSync(folder).length);
});
