import { readdirSync, readFileSync } from 'node:fs';
import { format } from 'node:util';
import { startDomain, type TestDomain } from '@group-services/testing';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';

// Every listing of the cookbook is a program of its own: type-checked with this package, and run here
// against a domain in memory.

const cookbook = readFileSync(new URL('../../../docs/COOKBOOK.md', import.meta.url), 'utf8');
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const folder = new URL('./examples/', import.meta.url);
const names = readdirSync(folder);

let domain: TestDomain;
beforeAll(async () => {
  domain = await startDomain({ daemons: 2 });
});
afterAll(() => domain.stop());
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it.each(names)('shows %s, which runs to its end', async (name) => {
  const code = readFileSync(new URL(name, folder), 'utf8');
  expect(cookbook).toContain(`\`\`\`ts\n${code}\`\`\`\n`);
  vi.stubEnv('GROUP_SERVICES_ENDPOINT', domain.endpoint('n1'));
  const said: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...words) => void said.push(format(...words)));
  await import(new URL(name, folder).href);
  expect(said).not.toEqual([]);
  expect(said.join('\n')).not.toContain('undefined');
});

it('shows no code beside', () => {
  expect(cookbook.match(/```ts\n/g)).toHaveLength(names.length);
  const shown = [...readme.matchAll(/```ts\n([\s\S]*?)```\n/g)].map(([, code = '']) => code);
  expect(shown.filter((code) => !cookbook.includes(code))).toEqual([]);
});

it('is quoted by the first page', () => {
  const page = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const shown = [...page.matchAll(/```ts\n([\s\S]*?)```\n/g)].map(([, code = '']) => code);
  const quoted = shown.filter((code) => code.includes('@group-services/recipes'));
  expect(quoted.map((code) => cookbook.includes(code))).toEqual([true]);
});

it('names every recipe', async () => {
  const recipes = await import('../src/index.js');
  for (const name of Object.keys(recipes)) expect(cookbook).toContain(`\`${name}\``);
});
