import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tcpAddresses, unixAddresses } from '@group-services/transport';

import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';

import { type LoadedConfig, loadConfig } from './load.js';
import { defineProgram, type OptionTable } from './program.js';
import { address, choice, count, duration, flag, size } from './values.js';

const program = defineProgram({
  name: 'gsx',
  version: '1.2.3',
  description: 'Serves as an example.',
  options: {
    nameServer: {
      schema: address([tcpAddresses]),
      repeatable: true,
      description: 'where a name server is',
      placeholder: 'ADDRESS',
    },
    client: {
      schema: address([tcpAddresses, unixAddresses]),
      repeatable: true,
      default: ['unix:///run/gsx.sock'],
      description: 'where clients connect',
      placeholder: 'ADDRESS',
    },
    heartbeat: { schema: duration(), default: '250ms', description: 'beat', placeholder: 'TIME' },
    suspectAfter: { schema: duration(), default: '1s', description: 'silence' },
    buffer: { schema: size(), default: '8MiB', description: 'queue', placeholder: 'SIZE' },
    window: { schema: count({ min: 1 }), default: '64', description: 'window' },
    quiesce: { schema: choice(['sync', 'convert']), default: 'sync', description: 'how' },
    advertise: { schema: address([tcpAddresses]), optional: true, description: 'told to others' },
    fresh: { schema: flag(), default: 'false', description: 'start anew' },
    endpoint: {
      schema: address([unixAddresses]),
      optional: true,
      description: 'the daemon',
      environment: 'GROUP_SERVICES_ENDPOINT',
    },
  },
  checks: [
    ({ heartbeat, suspectAfter }) =>
      suspectAfter > heartbeat
        ? []
        : [{ option: 'suspectAfter', message: 'must be longer than the heartbeat' }],
    ({ fresh, window }) =>
      fresh && window > 1000 ? [{ option: 'window', message: 'is too much with --fresh' }] : [],
  ],
});

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function configFile(content: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'gs-config-'));
  directories.push(directory);
  const file = join(directory, 'gsx.yaml');
  writeFileSync(file, content);
  return file;
}

const NEEDED = ['--name-server', 'tcp://ns:7400'];

function load(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return loadConfig(program, { argv, env });
}

function configFrom<Options extends OptionTable>(loaded: LoadedConfig<Options>) {
  if (!loaded.ok) throw new Error(loaded.text);
  return loaded.config;
}

/** The lines that list mistakes. */
function mistakesOf<Options extends OptionTable>(loaded: LoadedConfig<Options>): string[] {
  if (loaded.ok) throw new Error('there is no mistake');
  expect(loaded.exitCode).toBe(2);
  return loaded.text.split('\n').filter((line) => line.startsWith('  '));
}

describe('loadConfig', () => {
  it('gives checked values with their types', () => {
    const config = configFrom(load(NEEDED));
    expect(config).toEqual({
      nameServer: ['tcp://ns:7400'],
      client: ['unix:///run/gsx.sock'],
      heartbeat: 250,
      suspectAfter: 1000,
      buffer: 8 * 1024 * 1024,
      window: 64,
      quiesce: 'sync',
      advertise: undefined,
      fresh: false,
      endpoint: undefined,
    });
    expectTypeOf(config.nameServer).toEqualTypeOf<readonly string[]>();
    expectTypeOf(config.quiesce).toEqualTypeOf<'sync' | 'convert'>();
    expectTypeOf(config.advertise).toEqualTypeOf<string | undefined>();
    expectTypeOf(config.fresh).toEqualTypeOf<boolean>();
  });

  it('lets the command line beat the environment, and the environment the file', () => {
    const file = configFile('heartbeat: 1ms\nbuffer: 1KiB\nwindow: 1\nquiesce: convert\n');
    const env = { GS_HEARTBEAT: '2ms', GS_BUFFER: '2KiB', GS_NAME_SERVER: 'tcp://a:1, tcp://b:2' };
    const config = configFrom(load(['--config', file, '--heartbeat', '3ms'], env));
    expect(config).toMatchObject({
      heartbeat: 3,
      buffer: 2048,
      window: 1,
      quiesce: 'convert',
      nameServer: ['tcp://a:1', 'tcp://b:2'],
    });
  });

  it('takes lists: repeated, comma-separated, or as YAML', () => {
    const file = configFile('client:\n  - tcp://c:1\n  - unix:///c\nname-server: tcp://f:1\n');
    const fromFile = configFrom(load([`--config=${file}`]));
    expect(fromFile.client).toEqual(['tcp://c:1', 'unix:///c']);
    expect(fromFile.nameServer).toEqual(['tcp://f:1']);
    const argv = [...NEEDED, '--client=tcp://a:1', '--client', 'tcp://b:2', '--config', file];
    expect(configFrom(load(argv)).client).toEqual(['tcp://a:1', 'tcp://b:2']);
  });

  it('finds the file by the environment, and variables of other names', () => {
    const file = configFile('window: 007\nfresh: true\n');
    const env = { GS_CONFIG: file, GROUP_SERVICES_ENDPOINT: 'unix:///e', GS_HEARTBEAT: '' };
    const config = configFrom(load(NEEDED, env));
    expect(config).toMatchObject({ window: 7, fresh: true, endpoint: 'unix:///e', heartbeat: 250 });
  });

  it('has switches that the command line can turn off again', () => {
    expect(configFrom(load([...NEEDED, '--fresh'])).fresh).toBe(true);
    expect(configFrom(load([...NEEDED, '--no-fresh'], { GS_FRESH: 'true' })).fresh).toBe(false);
  });

  it('lists every mistake with its place and what was expected', () => {
    const file = configFile('window: none\nheartbaet: 1s\nbuffer: [1KiB]\n"quiesce": fast\n');
    const argv = [
      '--config',
      file,
      '--heartbeat',
      'fast',
      '--nam-server',
      'tcp://x:1',
      '--advertise',
    ];
    const mistakes = mistakesOf(load(argv, { GS_SUSPECT_AFTER: '10', GS_CLIENT: 'tcp://a:1,b' }));
    expect(mistakes.map((line) => line.replaceAll(file, 'FILE'))).toMatchInlineSnapshot(`
      [
        "  --advertise: a value is missing",
        "  --nam-server: unknown option; did you mean --name-server?",
        "  FILE:2 (heartbaet): unknown key; did you mean heartbeat?",
        "  FILE:3 (buffer): expected one value",
        "  --name-server: is required; give --name-server ADDRESS, GS_NAME_SERVER, or name-server in the configuration file",
        "  GS_CLIENT: expected tcp://host:port or unix:///path, found "b"",
        "  --heartbeat: expected a duration such as 250ms, 3s or 2m, found "fast"",
        "  GS_SUSPECT_AFTER: expected a duration such as 250ms, 3s or 2m, found "10"",
        "  FILE:1 (window): expected a whole number of at least 1, found "none"",
        "  FILE:4 (quiesce): expected "sync" or "convert", found "fast"",
      ]
    `);
  });

  it('names one mistake as one', () => {
    const loaded = load([]);
    expect(loaded).toMatchObject({
      ok: false,
      exitCode: 2,
      text: expect.stringMatching(
        /^gsx: a mistake in the configuration\n.*\nTry gsx --help\.\n$/su,
      ),
    });
  });

  it('checks options against each other, at the place where one was written', () => {
    const lines = mistakesOf(load([...NEEDED, '--heartbeat', '2s'], { GS_SUSPECT_AFTER: '1s' }));
    expect(lines).toEqual(['  GS_SUSPECT_AFTER: must be longer than the heartbeat']);
    const byDefault = mistakesOf(load([...NEEDED, '--heartbeat', '2s']));
    expect(byDefault).toEqual(['  --suspect-after: must be longer than the heartbeat']);
  });

  it('lists conflicts together with other mistakes, unless it is one of their values', () => {
    const wrong = ['--heartbeat', '2s', '--window', 'many', '--fresh', '--nod', 'n1'];
    const lines = mistakesOf(load([...NEEDED, ...wrong])).join('\n');
    expect(lines).toContain('--suspect-after: must be longer than the heartbeat');
    expect(lines).toMatch(/--window: expected/u);
    expect(lines).toContain('--nod');
    expect(lines).not.toContain('too much with');
    const unreadable = configFile('heartbeat: [');
    const args = [...NEEDED, '--config', unreadable, '--suspect-after', '100ms'];
    expect(mistakesOf(load(args)).join('\n')).not.toContain('longer than');
  });

  it('refuses arguments that nobody reads, unless the program has operands', () => {
    expect(mistakesOf(load([...NEEDED, 'start']))).toEqual(['  start: unexpected argument']);
    const tool = defineProgram({ ...program, operands: { usage: 'COMMAND' } });
    const loaded = loadConfig(tool, { argv: [...NEEDED, 'group', 'g1'], env: {} });
    expect(loaded).toMatchObject({ ok: true, operands: ['group', 'g1'] });
  });

  it('takes what follows -- as it is, and says so where a name looks like an option', () => {
    const tool = defineProgram({ ...program, operands: { usage: 'COMMAND' } });
    const read = (...argv: string[]) => loadConfig(tool, { argv: [...NEEDED, ...argv], env: {} });
    expect(read('group', '--', '-x', '--fresh', '--')).toMatchObject({
      ok: true,
      operands: ['group', '-x', '--fresh', '--'],
      config: { fresh: false },
    });
    expect(mistakesOf(read('group', '-x'))).toEqual([
      '  -x: unknown option; a name or value that begins with - comes after --, and options before: gsx … -- -x',
    ]);
    expect(mistakesOf(load([...NEEDED, '--', 'x']))).toEqual(['  x: unexpected argument']);
  });

  it('warns of unknown variables that look like ours', () => {
    const loaded = load(NEEDED, { GS_HEARTBEET: '1s', GS_PORT: 'tcp://10.0.0.1:80', OTHER: 'x' });
    expect(loaded).toMatchObject({
      ok: true,
      warnings: [
        expect.stringContaining(
          'GS_HEARTBEET is not an option of this program and is ignored; did',
        ),
        expect.stringContaining('GS_PORT'),
      ],
    });
  });

  it('says what is wrong with a file as such', () => {
    const absent = mistakesOf(load([...NEEDED, '--config', '/nowhere/gsx.yaml']));
    expect(absent).toEqual([
      expect.stringMatching(/\/nowhere\/gsx\.yaml: cannot be read: ENOENT/u),
    ]);
    const cases: readonly (readonly [string, RegExp])[] = [
      ['a: [1\nb: 2', /gsx\.yaml:\d: not YAML/u],
      ['window: 1\nwindow: 2', /gsx\.yaml:2: not YAML: .*unique/u],
      ['- window', /expected a mapping/u],
      ['just text', /expected a mapping/u],
      ['window:', /gsx\.yaml:1 \(window\): expected one value/u],
      ['client: {a: b}', /\(client\): expected values or a list/u],
      ['window: &a 1\nbuffer: *a', /\(buffer\): expected one value/u],
      ['? [a, b]\n: c', /unknown key/u],
    ];
    for (const [content, expected] of cases) {
      const lines = mistakesOf(load([...NEEDED, '--config', configFile(content)]));
      expect(lines, content).toEqual([expect.stringMatching(expected)]);
    }
    expect(configFrom(load([...NEEDED, '--config', configFile('# nothing\n')])).window).toBe(64);
  });

  it('prints help with names, placeholders and defaults', () => {
    const loaded = load(['--help', '--bogus']);
    expect(loaded).toMatchObject({ ok: false, exitCode: 0 });
    expect(loaded.ok ? '' : loaded.text).toMatchInlineSnapshot(`
      "Usage: gsx [options]

      Serves as an example.

      Options:
        -V, --version             print the version
        --name-server ADDRESS     where a name server is (repeatable; required)
        --client ADDRESS          where clients connect (repeatable; default:
                                  unix:///run/gsx.sock)
        --heartbeat TIME          beat (default: 250ms)
        --suspect-after DURATION  silence (default: 1s)
        --buffer SIZE             queue (default: 8MiB)
        --window NUMBER           window (of at least 1; default: 64)
        --quiesce WORD            how (one of: sync, convert; default: sync)
        --advertise ADDRESS       told to others (default: none)
        --fresh                   start anew (default: false)
        --endpoint ADDRESS        the daemon (default: none; environment:
                                  GROUP_SERVICES_ENDPOINT)
        --config FILE             read options from this YAML file (same names)
        --check-config            only check the configuration: status 0, or 2 and all
                                  mistakes
        -h, --help                print this help

      Each option can also stand in the configuration file, under the same name, and in the
      environment (--name-server as GS_NAME_SERVER; repeatable ones comma-separated).
      The command line beats the environment, the environment beats the file.
      DURATION is written as 250ms, 3s, 2m or 1h, SIZE as 512B, 64KiB or 8MiB.
      "
    `);
  });

  it('prints its version', () => {
    expect(load(['--version'])).toEqual({ ok: false, exitCode: 0, text: '1.2.3\n', mistakes: [] });
  });
});
