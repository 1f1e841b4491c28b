import { loadConfig } from '@group-services/runtime';
import { describe, expect, it } from 'vitest';
import { phasesOf, program } from './command-line.js';

function help(): string {
  const loaded = loadConfig(program, { argv: ['--help'], env: {} });
  return loaded.ok ? '' : loaded.text;
}

describe('the options', () => {
  it('have the defaults of the client', () => {
    const loaded = loadConfig(program, { argv: ['status'], env: {} });
    expect(loaded).toMatchObject({
      ok: true,
      config: { endpoint: 'unix:///run/group-services/gsd.sock', json: false },
      operands: ['status'],
    });
  });

  it('take the endpoint from the environment of the client', () => {
    const env = { GROUP_SERVICES_ENDPOINT: 'tcp://127.0.0.1:7' };
    const loaded = loadConfig(program, { argv: ['--json', 'groups'], env });
    expect(loaded).toMatchObject({ config: { endpoint: 'tcp://127.0.0.1:7', json: true } });
  });

  it('name every command in the help', () => {
    for (const usage of ['status', 'votes NAME', 'state set NAME VALUE', 'expel NAME ID...']) {
      expect(help()).toContain(`  ${usage}`);
    }
    expect(help()).toContain('GROUP_SERVICES_ENDPOINT');
  });
});

describe('phases', () => {
  it.each([
    ['1', 1],
    ['voting', 'voting'],
    ['2', { exactly: 2 }],
  ] as const)('%s is what the client library takes', (written, phases) => {
    expect(phasesOf(written)).toEqual(phases);
  });

  it.each(['0', '-1', 'two', ''])('%j is a mistake', (written) => {
    const loaded = loadConfig(program, { argv: ['send', `--phases=${written}`], env: {} });
    expect(loaded).toMatchObject({ ok: false, exitCode: 2 });
  });
});
