import { loadConfig } from '@group-services/runtime';
import { describe, expect, it } from 'vitest';
import { program, readRequest } from './command-line.js';

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
    for (const usage of ['status', 'nodes', 'groups', 'group NAME', 'watch NAME']) {
      expect(help()).toContain(`  ${usage}`);
    }
    expect(help()).toContain('GROUP_SERVICES_ENDPOINT');
  });
});

describe('a request', () => {
  it.each(['status', 'nodes', 'groups'])('%s stands alone', (command) => {
    expect(readRequest([command])).toEqual({ ok: true, request: { command } });
    expect(readRequest([command, 'x'])).toEqual({
      ok: false,
      problem: `unexpected argument "x"; the form is: gsctl ${command}`,
    });
  });

  it.each(['group', 'watch'])('%s has the name of a group', (command) => {
    expect(readRequest([command, 'a b'])).toEqual({
      ok: true,
      request: { command, group: 'a b' },
    });
    expect(readRequest([command])).toEqual({
      ok: false,
      problem: `the name of a group is missing; the form is: gsctl ${command} NAME`,
    });
    expect(readRequest([command, 'x', 'y'])).toMatchObject({ ok: false });
  });

  it.each(['', 'a\nb', 'ü'.repeat(128)])('names no group by %j', (name) => {
    expect(readRequest(['group', name])).toMatchObject({ ok: false });
  });

  it.each(['votes', 'doctor', 'state', 'toString'])('%s is unknown here', (command) => {
    expect(readRequest([command])).toEqual({
      ok: false,
      problem: `unknown command "${command}"; there are status, nodes, groups, group, group reset, watch`,
    });
  });

  it('has a command', () => {
    expect(readRequest([])).toMatchObject({ ok: false });
  });
});
