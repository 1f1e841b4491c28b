import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { loadConfig } from '../config/load.js';
import { defineProgram } from '../config/program.js';
import { address } from '../config/values.js';
import { transportOption, transportsGiven, withTransports } from './transport-option.js';
import { loadTransports } from './transports.js';

let folder = '';

function shape(scheme: string): string {
  const never = "() => Promise.reject(new Error('none'))";
  const addresses = `scheme: '${scheme}', addressForm: '${scheme}://x', addressProblem: () => undefined`;
  return `{ ${addresses}, delivery: 'stream', listen: ${never}, dial: ${never} }`;
}

const FILES = {
  'good.mjs': `export const transport = ${shape('carrier')};`,
  'made.mjs': `export default async () => (${shape('pigeon')});`,
  'twice.mjs': `export const transport = () => (${shape('carrier')});`,
  'tcp.mjs': `export const transport = ${shape('tcp')};`,
  'other.mjs': 'export const webSocket = 1;',
  'half.mjs': "export const transport = { ...({ scheme: 'half' }) };",
  'throws.mjs': "export const transport = () => { throw new Error('no licence'); };",
  'broken.mjs': 'export const = 1;',
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gs-plugged-'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  const home = join(folder, 'node_modules', 'carried');
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({ name: 'carried', type: 'module', exports: { import: './a.js' } }),
  );
  writeFileSync(join(home, 'a.js'), FILES['made.mjs']);
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
});

afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);

it('loads files and packages, transports and what makes them', async () => {
  const url = pathToFileURL(at('good.mjs')).href;
  const { transports, problems } = await loadTransports([url, 'carried']);
  expect([...problems]).toEqual([]);
  expect(transports.map(({ scheme }) => scheme)).toEqual(['carrier', 'pigeon']);
});

it.each([
  ['none.mjs', /^cannot be loaded: there is no file .*none\.mjs$/u],
  ['tcp.mjs', /^its scheme tcp:\/\/ is taken/u],
  ['other.mjs', /as transport or as its default; it exports webSocket$/u],
  ['half.mjs', /^gives no transport: it lacks addressForm/u],
  ['throws.mjs', /^cannot make its transport: no licence$/u],
  ['broken.mjs', /^cannot be loaded: /u],
])('says why %s gives none', async (name, why) => {
  const { transports, problems } = await loadTransports([at(name)]);
  expect(transports).toEqual([]);
  expect(problems.get(at(name))).toMatch(why);
});

it('does not take two for one scheme', async () => {
  const { problems } = await loadTransports([at('good.mjs'), at('twice.mjs')]);
  expect([...problems.values()]).toEqual(['its scheme carrier:// is that of another --transport']);
});

it('says that there is no such package', async () => {
  const { problems } = await loadTransports(['not-installed']);
  expect(problems.get('not-installed')).toMatch(/^is not found as a package: /u);
});

const program = defineProgram({
  name: 'plugged',
  version: '0.0.0',
  description: 'Has an address.',
  options: {
    listen: { schema: address([]), description: 'where', placeholder: 'ADDRESS' },
    transport: transportOption(),
  },
});

async function load(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const sources = { argv, env };
  const plugged = await transportsGiven(program.options, sources);
  const listen = withTransports(program.options.listen, [], plugged.transports);
  const options = { listen, transport: transportOption(plugged) };
  return loadConfig({ ...program, options }, sources);
}

it('lets addresses be those of a transport, wherever it is named', async () => {
  const file = at('options.yaml');
  writeFileSync(file, `listen: carrier://coop\ntransport: ${at('good.mjs')}\n`);
  const listen = ['--listen', 'carrier://coop'];
  for (const loaded of [
    await load([...listen, '--transport', at('good.mjs')]),
    await load(listen, { GS_TRANSPORT: at('good.mjs') }),
    await load(['--config', file]),
  ]) {
    expect(loaded).toMatchObject({ ok: true, config: { listen: 'carrier://coop' } });
  }
});

it('tells what is wrong with a module among all other mistakes', async () => {
  const loaded = await load(['--listen', 'carrier://coop', '--transport', at('half.mjs'), '--huh']);
  const text = loaded.ok ? '' : loaded.text;
  expect(text).toMatch(/--transport: \S+half\.mjs gives no transport: it lacks/u);
  expect(text).toMatch(
    /--listen: .*a transport for carrier:\/\/ is brought by --transport MODULE/u,
  );
  expect(text).toMatch(/--huh: unknown option/u);
});
