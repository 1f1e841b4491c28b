import type { ToClient } from '@group-services/wire';
import { describe, expect, test } from 'vitest';
import { Ballots } from '../../src/checkers/ballots.js';
import { EventOrder } from '../../src/checkers/event-order.js';
import { Refusals } from '../../src/checkers/refusals.js';
import { Visibility } from '../../src/checkers/visibility.js';
import { writePayload } from '../../src/payload.js';
import { RULES, riderOf, VIEW, VotingScene } from './scene.js';

describe('ballots', () => {
  const scene = (): VotingScene => new VotingScene(new Ballots());

  test('a phase left out, one that comes again, and another protocol before the end', () => {
    expect(() => scene().ballot('a', 2)).toThrow(/phase 2 after 0/);
    expect(() => scene().ballot('a', 1).ballot('a', 1)).toThrow(/phase 1 after 1/);
    const protocol = { id: '5.8', kind: 'barrier' as const };
    const other = scene().ballot('a', 1);
    expect(() => other.ballot('a', 1, { protocol })).toThrow(/before the end of 5\.5/);
    expect(() => scene().ballot('a', 1).approved('a', 2)).toThrow(/was asked in 1/);
  });

  test('a list or a value that is not the one last seen', () => {
    const fence = VIEW.fence.replace('5-', '6-');
    expect(() => scene().ballot('a', 1, { fence })).toThrow(
      /about list 0+6-0+3, and knows 0+5-0+3/,
    );
    const group = { view: VIEW, stateValue: null };
    expect(() => scene().ballot('a', 1, { group })).toThrow(
      /is shown the group by 5.5 as a provider/,
    );
    expect(() => scene().joining('c').ballot('c', 1)).toThrow(/and knows none/);
  });

  test('a joiner that finds another group than its ballot showed', () => {
    const view = {
      ...VIEW,
      version: 4,
      providers: [...VIEW.providers, 'n1/c'],
      numbers: [1, 2, 3],
    };
    const protocol = { id: '5.5', kind: 'join' as const };
    const joins = (stateValue: Uint8Array | null, version: number): VotingScene =>
      scene()
        .joining('c')
        .ballot('c', 1, { group: { view: VIEW, stateValue: null } })
        .joined('c', {
          snapshot: { view: { ...view, version }, stateValue, position: 9, protocol },
        });
    joins(null, 4);
    expect(() => joins(riderOf('a', 1), 4)).toThrow(/begins with the value .*, was shown none/);
    expect(() => joins(null, 5)).toThrow(/begins with list 5, after 3/);
  });
});

describe('visibility', () => {
  const scene = (): VotingScene => new VotingScene(new Visibility());
  const failed = { provider: 'n1/b', reason: 'process-failure' as const };

  test('what is for providers alone, told to a subscriber', () => {
    expect(() => scene().subscribed('s').ballot('s', 1)).toThrow(
      /is a subscriber and hears ballot/,
    );
    expect(() => scene().subscribed('s').rejected('s', 1)).toThrow(/hears rejected/);
    const causes = [{ code: 'time-limit', value: 'approve' } as const];
    expect(() => scene().subscribed('s').approved('s', 1, { causes })).toThrow(/for providers/);
  });

  test('a process that is told of its own silence', () => {
    const code = 'unresponsive' as const;
    const frame: ToClient = {
      kind: 'announcement',
      handle: 1,
      position: 9,
      code,
      providers: ['n1/a'],
    };
    scene().hears('b', frame);
    expect(() => scene().hears('a', frame)).toThrow(/itself unresponsive/);
  });

  test('joins with departures, and votes that keep who has failed', () => {
    const mixed = { joining: ['n1/c'], leaving: [failed] };
    expect(() => scene().ballot('a', 1, mixed)).toThrow(/a mixture/);
    const protocol = { id: '5.5', kind: 'failure' as const };
    const kept = { protocol, leaving: [failed] };
    expect(() => scene().rejected('a', 1, kept)).toThrow(/keep n1\/b, who has failed/);
    expect(() => scene().rejected('a', 1, { protocol })).toThrow(/keep the list/);
    const change = { version: 4, fence: VIEW.fence, joined: [], numbers: [] };
    const membership = { ...change, left: [failed] };
    expect(() => scene().approved('a', 1, { membership })).toThrow(/departures by barrier/);
  });
});

describe('refusals', () => {
  const value = writePayload({ sender: 'a#1', number: 1, safe: true }, 0);
  const scene = (contention: 'queue' | 'drop' = 'queue'): VotingScene =>
    new VotingScene(new Refusals(RULES), {}, ['b'])
      .joining('a', { attributes: { contention } })
      .joined('a')
      .says('a', {
        kind: 'propose',
        request: 2,
        handle: 1,
        phases: 1,
        proposed: { kind: 'state', value, ifState: value },
      });
  const refused = (code: 'COLLISION' | 'STATE_CHANGED' | 'INVALID_ARGUMENT'): ToClient => ({
    kind: 'refused',
    request: 2,
    code,
    text: '',
    stateValue: value,
  });

  test('a collision where nothing is dropped, and a changed state that is the expected one', () => {
    expect(() => scene().hears('a', refused('COLLISION'))).toThrow(/propose \(2\) as COLLISION/);
    expect(() => scene().hears('a', refused('STATE_CHANGED'))).toThrow(/as STATE_CHANGED/);
    expect(() => scene().hears('a', refused('INVALID_ARGUMENT'))).toThrow(/as INVALID_ARGUMENT/);
    scene('drop').hears('a', refused('COLLISION'));
  });

  test('what was refused and is run all the same', () => {
    const protocol = { id: '5.5', kind: 'state' as const, proposer: 'n1/a' };
    const run = { protocol, state: { value } };
    const after = scene('drop').hears('a', refused('COLLISION'));
    expect(() => after.approved('b', 0, run)).toThrow(/b#1 sees a#1:1, which was refused/);
    const before = scene('drop').approved('b', 0, run);
    expect(() => before.hears('a', refused('COLLISION'))).toThrow(/which was run/);
  });
});

test('event-order: only what riders of its own join brought stands beside a snapshot', () => {
  const protocol = { id: '5.3', kind: 'join' as const, proposer: 'n1/c' };
  const snapshot = { view: VIEW, stateValue: null, position: 10, protocol };
  const scene = (): VotingScene =>
    new VotingScene(new EventOrder(RULES)).joining('c').joined('c', { snapshot });
  const brought = scene().approved('c', 1, { protocol });
  expect(() => brought.approved('c', 1, { protocol })).toThrow(/approved at 10 after 5\.10/);
  expect(() => scene().approved('c', 1)).toThrow(/approved at 10 after 5\.10/);
});
