import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const BUILT = fileURLToPath(new URL('../../../apps/console/dist/console/', import.meta.url));
const MOST_BYTES = 200 * 1024;

test('the page and all that it loads are small, and come from the program itself', () => {
  const files = readdirSync(BUILT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  expect(files.length).toBeGreaterThan(2);
  const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
  expect(bytes).toBeLessThan(MOST_BYTES);
});

test('the licences of all that the page is made with come along', () => {
  const text = readFileSync(join(BUILT, 'licences.txt'), 'utf8');
  const manifest = new URL('../../../apps/console/package.json', import.meta.url);
  const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  const foreign = Object.keys(dependencies).filter((name) => !name.startsWith('@group-services/'));
  expect(foreign.length).toBeGreaterThan(2);
  // By their headings: a name may be part of another.
  const titles = [...text.matchAll(/^## (\S+)/gmu)].map(([, name]) => name);
  expect(titles).toEqual(expect.arrayContaining(foreign));
  expect(text).toMatch(/MIT License|The MIT License|Permission is hereby granted/u);
});
