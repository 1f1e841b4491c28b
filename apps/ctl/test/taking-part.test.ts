import { approve } from '@group-services/client';
import { describe, expect } from 'vitest';
import { bytes, gsctl, joined, jsonOf, ran, test } from './support.js';

describe('a state value', () => {
  test('is proposed and read', async ({ domain }) => {
    const endpoint = domain.endpoint('n1');
    const provider = await joined(endpoint, 'valued', 'a');
    const none = await ran(['state', 'get', 'valued', '--endpoint', endpoint]);
    expect(none).toEqual({ status: 0, output: '', errors: 'Group valued has no state value yet.' });

    const args = ['state', 'set', 'valued', '{"total":7}', '--endpoint', domain.endpoint('n2')];
    const { status, output } = await ran(args);
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(output).toMatch(/^state approved without a vote at position \d+$/mu);
    expect(output).toMatch(/^Proposed as n2\/\$operator, which is in no list\.$/mu);
    expect(provider.stateValue).toEqual(bytes('{"total":7}'));

    const got = await ran(['state', 'get', 'valued', '--endpoint', endpoint]);
    expect(got).toEqual({ status: 0, output: '{"total":7}', errors: '' });
    const json = await jsonOf(['state', 'get', 'valued', '--endpoint', endpoint]);
    expect(json).toMatchObject({ group: 'valued', stateValue: { text: '{"total":7}' } });
  });

  test('comes from standard input', async ({ domain }) => {
    const endpoint = domain.endpoint('n1');
    const provider = await joined(endpoint, 'piped', 'a');
    const child = gsctl(['state', 'set', 'piped', '-', '--endpoint', endpoint]);
    child.type('from a pipe');
    child.endInput();
    expect((await child.ended).status).toBe(0);
    expect(provider.stateValue).toEqual(bytes('from a pipe'));
  });

  test('is voted on, and a rejection is exit status 1', async ({ domain }) => {
    const endpoint = domain.endpoint('n1');
    await joined(endpoint, 'vetoed', 'a', { vote: () => 'reject' });
    const args = ['state', 'set', 'vetoed', 'x', '--phases', 'voting', '--endpoint', endpoint];
    const { status, output, errors } = await ran(args);
    expect({ status, output }).toEqual({ status: 1, output: '' });
    expect(errors).toMatch(
      /^gsctl: state rejected after 1 voting phase at position \d+; decided by n1\/a \(reject\)\nProposed as n1\/\$operator, which is in no list\.$/u,
    );
  });

  test('of a group that nobody provides is not begun', async ({ domain }) => {
    const endpoint = domain.endpoint('n1');
    const { status, errors } = await ran(['state', 'set', 'nowhere', 'x', '--endpoint', endpoint]);
    expect(status).toBe(1);
    expect(errors).toMatch(/nowhere/u);
  });
});

describe('others', () => {
  test('get a message', async ({ domain }) => {
    const endpoint = domain.endpoint('n1');
    const provider = await joined(endpoint, 'told', 'a');
    const came = new Promise((resolve) => provider.on('message', resolve));
    const lists: unknown[] = [];
    provider.on('membership', (it) => lists.push(it.view.providers));
    const { status } = await ran(['send', 'told', 'go', '--endpoint', endpoint]);
    expect(status).toBe(0);
    expect(await came).toMatchObject({ message: bytes('go'), from: 'n1/$operator' });
    // Nobody came and went for it.
    expect(lists).toEqual([]);
  });

  test('are expelled, with a reason', async ({ domain }) => {
    const endpoint = domain.endpoint('n1');
    await joined(endpoint, 'cleaned', 'stays');
    const provider = await joined(domain.endpoint('n2'), 'cleaned', 'goes');
    const gone = new Promise((resolve) => provider.on('removed', resolve));
    const why = ['--reason', 'out of order', '--endpoint', endpoint];
    expect((await ran(['expel', 'cleaned', 'n2/goes', ...why])).status).toBe(0);
    expect(await gone).toMatchObject({ reason: 'expel', detail: 'out of order' });
    const again = await ran(['expel', 'cleaned', 'n2/goes', ...why]);
    expect(again.status).toBe(1);
    expect(again.errors).toMatch(/^gsctl: not in the group: n2\/goes; .*$/u);
    const json = await jsonOf(['send', 'cleaned', 'anybody?', '--endpoint', endpoint]);
    expect(json).toMatchObject({ outcome: 'approved', proposer: 'n1/$operator' });
  });
});

describe('votes', () => {
  test.for(['n1', 'n2'] as const)('are told by %s, and watched', async (node, { domain }) => {
    const group = `slow by ${node}`;
    let cast = (): void => {};
    const provider = await joined(domain.endpoint('n1'), group, 'a', {
      vote: () =>
        new Promise((resolve) => {
          cast = () => resolve(approve());
        }),
    });
    const args = ['votes', group, '--endpoint', domain.endpoint(node)];
    expect((await ran(args)).output).toMatch(/Nothing is being voted on\.$/u);

    const watch = gsctl(['watch', group, '--endpoint', domain.endpoint(node)]);
    await watch.line(/ snapshot /u);
    const outcome = provider.changeState(bytes('x'), { phases: 'voting' });
    await watch.line(/voting phase 1: waiting for n1\/a, [\d.]+ s left {2}\[state /u);
    const { status, output } = await ran(args);
    expect(status).toBe(0);
    expect(output).toMatch(/^leader +n1$/mu);
    expect(output).toMatch(/^phase +1, for \d+\.\d s$/mu);
    expect(output).toMatch(/^time left +[\d.]+ s$/mu);
    expect(output).toMatch(/^default vote +reject$/mu);
    expect(output).toMatch(/^waiting for +n1\/a$/mu);
    cast();
    expect((await outcome).outcome).toBe('approved');
    await watch.line(/voting over in phase 1 {2}\[state /u);
    watch.signal('SIGTERM');
    expect((await watch.ended).status).toBe(0);
  });

  test('of a group that nobody provides are refused', async ({ domain }) => {
    const { status, errors } = await ran(['votes', 'nobody', '--endpoint', domain.endpoint('n1')]);
    expect({ status, errors }).toEqual({
      status: 1,
      errors: 'gsctl: nobody provides group nobody; gsctl groups lists all',
    });
  });
});

describe('an interactive provider', () => {
  test('sees ballots, votes by key and leaves', async ({ domain }) => {
    const endpoint = domain.endpoint('n1');
    const provider = await joined(endpoint, 'manned', 'a');
    const child = gsctl(['join', 'manned', '--endpoint', endpoint]);
    await child.line(/ snapshot .*n1\/a, n1\/gsctl-/u);
    const outcome = provider.changeState(bytes('x'), { phases: 'voting' });
    await child.line(/BALLOT phase 1: state \S+ by n1\/a; state "x"; [\d.]+ s left, then reject/u);
    child.type('c\n');
    await child.line(/BALLOT phase 2: .*goes on; decided by n1\/gsctl-\d+ \(continue\)/u);
    child.type('a\n');
    expect(await outcome).toMatchObject({ outcome: 'approved', phases: 2 });
    await child.line(/ state {7}"x"/u);
    child.type('a\n');
    await child.line(/^No ballot is open\.$/u);
    child.type('q\n');
    const { status, errors } = await child.ended;
    expect(status).toBe(0);
    expect(errors).toMatch(/^Voted approve in 2 of state /mu);
    expect(errors).toMatch(/^n1\/gsctl-\d+ has said goodbye\.$/mu);
  });

  test('votes on its own join, and may be refused', async ({ domain }) => {
    const endpoint = domain.endpoint('n1');
    await joined(endpoint, 'closed', 'a', {
      attributes: { joinPhases: 'voting' },
      vote: () => 'reject',
    });
    const child = gsctl(['join', 'closed', '--json', '--endpoint', endpoint]);
    const ballot: unknown = JSON.parse(await child.line(/"type":"ballot"/u));
    expect(ballot).toMatchObject({ phase: 1, protocol: { kind: 'join' }, stateValue: null });
    child.type('a\n');
    const { status, errors } = await child.ended;
    expect(status).toBe(1);
    expect(errors).toMatch(/group closed did not let gsctl in: join rejected/u);
  });
});
