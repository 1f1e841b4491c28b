import { describe, expect, it } from 'vitest';
import { readRequest } from './requests.js';

describe('a request', () => {
  it.each(['status', 'nodes', 'groups'])('%s stands alone', (command) => {
    expect(readRequest([command])).toEqual({ ok: true, request: { command } });
    expect(readRequest([command, 'x'])).toEqual({
      ok: false,
      problem: `unexpected argument "x"; the form is: gsctl ${command}`,
    });
  });

  it.each(['group', 'votes', 'watch', 'join'])('%s has the name of a group', (command) => {
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

  it.each(['doctor', 'toString'])('%s is unknown here', (command) => {
    expect(readRequest([command])).toEqual({
      ok: false,
      problem:
        `unknown command "${command}"; there are status, nodes, nodes forget, groups, group, group reset, votes, watch, ` +
        'join, state get, state set, send, expel',
    });
  });

  it('reads and proposes state values', () => {
    expect(readRequest(['state', 'get', 'g'])).toEqual({
      ok: true,
      request: { command: 'state get', group: 'g' },
    });
    expect(readRequest(['state', 'set', 'g', '{"a":1}'])).toEqual({
      ok: true,
      request: { command: 'state set', group: 'g', value: '{"a":1}' },
    });
    expect(readRequest(['state', 'set', 'g'])).toEqual({
      ok: false,
      problem: 'the value is missing; the form is: gsctl state set NAME VALUE',
    });
    expect(readRequest(['state', 'get', 'g', 'x'])).toMatchObject({ ok: false });
    expect(readRequest(['state', 'put', 'g'])).toMatchObject({ ok: false });
    expect(readRequest(['state'])).toMatchObject({ ok: false });
  });

  it('sends one message', () => {
    expect(readRequest(['send', 'g', ''])).toEqual({
      ok: true,
      request: { command: 'send', group: 'g', value: '' },
    });
    expect(readRequest(['send', 'g', 'a', 'b'])).toMatchObject({ ok: false });
  });

  it('expels one or more', () => {
    expect(readRequest(['expel', 'g', 'n1/a', 'n2/b'])).toEqual({
      ok: true,
      request: { command: 'expel', group: 'g', providers: ['n1/a', 'n2/b'] },
    });
    expect(readRequest(['expel', 'g'])).toEqual({
      ok: false,
      problem: 'the id of a provider is missing; the form is: gsctl expel NAME ID...',
    });
  });

  it('forgets one node', () => {
    expect(readRequest(['nodes', 'forget', 'n.1'])).toEqual({
      ok: true,
      request: { command: 'nodes forget', node: 'n.1' },
    });
    expect(readRequest(['nodes', 'forget'])).toEqual({
      ok: false,
      problem: 'the name of a node is missing; the form is: gsctl nodes forget NODE',
    });
    expect(readRequest(['nodes', 'forget', 'a b'])).toMatchObject({ ok: false });
    expect(readRequest(['nodes', 'forget', 'a', 'b'])).toMatchObject({ ok: false });
  });

  it('has a command', () => {
    expect(readRequest([])).toMatchObject({ ok: false });
  });
});
