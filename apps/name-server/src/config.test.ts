import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadConfig, optionsPage } from '@group-services/runtime';
import { expect, it } from 'vitest';
import { program } from './config.js';

it('the page of options is that of this table; vitest -u writes it', async () => {
  const page = new URL('../../../docs/options/gsns.md', import.meta.url);
  await expect(optionsPage(program)).toMatchFileSnapshot(fileURLToPath(page));
});

it('the sample configuration has no mistakes', () => {
  const file = fileURLToPath(new URL('../../../deploy/config/gsns.yaml', import.meta.url));
  expect(readFileSync(file, 'utf8')).toContain('domain: default');
  const argv = ['--config', file, '--check-config'];
  expect(loadConfig(program, { argv, env: {} })).toMatchObject({ ok: false, exitCode: 0 });
});

it('--check-config tells all mistakes at once, those between options too', () => {
  const argv = ['--check-config', '--anew-after', '10s', '--store', 'disk'];
  const loaded = loadConfig(program, { argv, env: {} });
  expect(loaded).toMatchObject({ ok: false, exitCode: 2 });
  const places = loaded.ok ? [] : loaded.mistakes.map(({ place }) => place);
  expect(places.sort()).toEqual(['--anew-after', '--store']);
});

it.each(['deploy/kubernetes/gsns.yaml'])('%s starts gsns with options that exist', (path) => {
  const text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const argv = [...text.matchAll(/^ +- (--\S+)$/gmu)].map(([, option = '']) => option);
  expect(argv.length).toBeGreaterThan(1);
  expect(loadConfig(program, { argv, env: {} })).toMatchObject({ ok: true });
});
