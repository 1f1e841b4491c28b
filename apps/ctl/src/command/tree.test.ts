import { commanderOption, loadConfig } from '@group-services/runtime';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../commands/all.js';
import { phasesOf } from '../commands/proposals.js';
import { GLOBAL_OPTIONS } from './define.js';
import { formOf } from './help-text.js';
import { readTree } from './tree.js';

const read = (...argv: string[]) => readTree(COMMANDS, '1.2.3', argv);

function called(...argv: string[]) {
  const asked = read(...argv);
  if (asked.kind !== 'call') throw new Error(JSON.stringify(asked));
  const { command, operands, options } = asked;
  return { words: command.words, operands, options };
}

function helpOf(...argv: string[]): string {
  const asked = read(...argv);
  return asked.kind === 'text' ? asked.text : JSON.stringify(asked);
}

describe('a command', () => {
  it('is found by its words, with options anywhere', () => {
    expect(called('--json', 'state', 'set', '--endpoint', 'tcp://a:1', 'g', 'v')).toEqual({
      words: 'state set',
      operands: ['g', 'v'],
      options: ['--json', '--endpoint=tcp://a:1'],
    });
    expect(called('expel', 'g', 'n1/a', '--reason=why', 'n2/b', '--config', 'f')).toEqual({
      words: 'expel',
      operands: ['g', 'n1/a', 'n2/b'],
      options: ['--config=f', '--reason=why'],
    });
  });

  it('takes what follows -- as it is', () => {
    expect(called('group', '--json', '--', '-x')).toMatchObject({
      words: 'group',
      operands: ['-x'],
    });
    expect(called('send', '--', 'g', '--json')).toMatchObject({
      operands: ['g', '--json'],
      options: [],
    });
  });

  it('with words below it is also one by itself', () => {
    expect(called('group', 'g').words).toBe('group');
    expect(called('group', 'reset', 'g')).toMatchObject({ words: 'group reset', operands: ['g'] });
    expect(called('nodes', 'forget').words).toBe('nodes forget');
  });

  it('shows a group that is called as a command below it', () => {
    expect(called('group', 'reset')).toMatchObject({ words: 'group', operands: ['reset'] });
  });
});

describe('misuse', () => {
  it.each([
    [[], /^a command is missing; there are status, clients, nodes, /u],
    [['grops'], /^unknown command "grops"; did you mean groups\?$/u],
    [['toString'], /^unknown command "toString"; there are status, /u],
    [['state'], /^a command is missing after state; there are get, set$/u],
    [['state', 'sett', 'g'], /^unknown command "sett" after state; did you mean set\?$/u],
    [
      ['status', '--jsn'],
      /^unknown option '--jsn'; Did you mean --json\?; a name .* comes after --/u,
    ],
    [['help', 'state', 'put'], /^unknown command "put" after state; there are get, set$/u],
  ])('%j is told', (argv, problem) => {
    expect(read(...argv)).toMatchObject({
      kind: 'misuse',
      problem: expect.stringMatching(problem),
    });
  });
});

describe('the help', () => {
  it('lists every command, and each has its own', () => {
    for (const command of COMMANDS) {
      expect(helpOf('--help')).toContain(`  ${formOf(command).slice('gsctl '.length)}`);
      const own = helpOf(...command.words.split(' '), '--help');
      expect(own).toMatch(new RegExp(`^Usage: gsctl ${command.words} \\[options\\]`, 'u'));
      expect(helpOf('help', ...command.words.split(' '))).toBe(own);
      for (const line of own.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    }
    expect(helpOf('help', 'state')).toContain('state set NAME VALUE');
    expect(helpOf('--help')).toContain('GROUP_SERVICES_ENDPOINT');
  });
});

it('every option says what is written, and by what it is left out', () => {
  for (const { words, options } of [{ words: '', options: GLOBAL_OPTIONS }, ...COMMANDS]) {
    for (const [key, spec] of Object.entries(options)) {
      const { flags, description } = commanderOption(key, spec);
      const found = `${words} ${flags} ${description}`;
      expect(found).not.toContain('VALUE');
      expect(found).toMatch(/required|default: \S/u);
    }
  }
});

describe('phases', () => {
  const program = {
    name: 'gsctl',
    version: '1',
    description: '',
    options: COMMANDS.find((one) => one.words === 'send')?.options ?? {},
  };

  it.each([
    ['1', 1],
    ['voting', 'voting'],
    ['2', { exactly: 2 }],
  ] as const)('%s is what the client library takes', (written, phases) => {
    expect(phasesOf(written)).toEqual(phases);
    expect(loadConfig(program, { argv: [`--phases=${written}`], env: {} }).ok).toBe(true);
  });

  it.each(['0', '-1', 'two', ''])('%j is a mistake', (written) => {
    const loaded = loadConfig(program, { argv: [`--phases=${written}`], env: {} });
    expect(loaded).toMatchObject({ ok: false, exitCode: 2 });
  });
});
