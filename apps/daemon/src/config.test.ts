import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig, optionsPage } from '@group-services/runtime';
import { expect, it } from 'vitest';
import { program } from './config.js';

it('the page of options is that of this table; vitest -u writes it', async () => {
  const page = new URL('../../../docs/options/gsd.md', import.meta.url);
  await expect(optionsPage(program)).toMatchFileSnapshot(fileURLToPath(page));
});

it('the sample configuration has no mistakes', () => {
  const file = fileURLToPath(new URL('../../../deploy/config/gsd.yaml', import.meta.url));
  expect(readFileSync(file, 'utf8')).toContain('domain: default');
  const argv = ['--config', file, '--check-config'];
  expect(loadConfig(program, { argv, env: {} })).toMatchObject({ ok: false, exitCode: 0 });
});

it('--check-config tells all mistakes at once, those between options too', () => {
  const argv = ['--check-config', '--suspect-after', '300ms', '--quiesce', 'fast'];
  const loaded = loadConfig(program, { argv, env: {} });
  expect(loaded).toMatchObject({ ok: false, exitCode: 2 });
  const places = loaded.ok ? [] : loaded.mistakes.map(({ place }) => place);
  expect(places.sort()).toEqual(['--name-server', '--quiesce', '--suspect-after']);
});

it('--check-config looks into the files, and tells what is wrong with all of them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'check-config-'));
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const permissions = file('permissions.yaml', '- { principals: [a], allow: [fly] }\n');
  const token = file('admin.token', 'short');
  const argv = ['--check-config', '--name-server', 'tcp://h:1', '--admin-token-file', token];
  argv.push('--permissions', permissions, '--tokens', join(folder, 'none.yaml'));
  for (const name of ['cert', 'key', 'ca']) argv.push(`--tls-${name}`, file(name, 'no PEM'));
  const loaded = loadConfig(program, { argv, env: {} });
  expect(loaded).toMatchObject({ ok: false, exitCode: 2 });
  expect(loaded.ok ? '' : loaded.text).toMatch(/^gsd: 4 mistakes in the configuration$/mu);
  expect(loaded.ok ? '' : loaded.text).toContain(`--permissions: ${permissions}:1: allow`);
  const places = loaded.ok ? [] : loaded.mistakes.map(({ place }) => place);
  expect(places).toEqual(['files', '--admin-token-file', '--tokens', '--permissions']);

  file('permissions.yaml', '- { principals: [a], allow: [send] }\n');
  const good = ['--check-config', '--name-server', 'tcp://h:1', '--permissions', permissions];
  expect(loadConfig(program, { argv: good, env: {} })).toMatchObject({ ok: false, exitCode: 0 });
  rmSync(folder, { recursive: true });
});

it('a process must be able to take in one message', () => {
  const argv = '--name-server tcp://h:1 --max-unstable 64KiB --pressure-mark 64KiB'.split(' ');
  const load = (...more: string[]) => loadConfig(program, { argv: [...argv, ...more], env: {} });
  const little = load('--client-buffer', '256KiB');
  expect(little.ok ? '' : little.text).toMatch(
    /--client-buffer: must hold one message \(--max-message \+ 4KiB = 1052672 bytes\)/u,
  );
  expect(load('--client-buffer', '256KiB', '--max-message', '128KiB').ok).toBe(true);
  const larger = load('--max-message', '2MiB');
  expect(larger.ok ? '' : larger.text).toMatch(
    /--max-message: expected a size .* to 1536KiB, found "2MiB"/u,
  );
});
