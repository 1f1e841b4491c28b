import { describe, expect, it } from 'vitest';
import type { News } from '../api/answers.js';
import { History, KEPT_MS } from './history.js';

const vote = { voters: ['n1/a', 'n2/b'], voterCount: 2, defaultVote: 'reject', timeLimitMs: 5_000 };

function started(at: number, protocol: string, over: object = {}): News {
  const base = { kind: 'start', group: 'g', what: 'barrier', proposer: 'n1/a', subjects: [], vote };
  return { ...base, at, protocol, ...over } as unknown as News;
}

function voted(at: number, phase: number, provider: string, value: string): News {
  const votes = [{ provider, value }];
  return {
    kind: 'votes',
    group: 'g',
    protocol: '1.5',
    at,
    phase,
    votes,
    more: 0,
  } as unknown as News;
}

function ended(at: number, phase: number, outcome: string, causes: readonly object[] = []): News {
  return {
    kind: 'result',
    group: 'g',
    protocol: '1.5',
    at,
    phase,
    outcome,
    causes,
  } as unknown as News;
}

describe('History', () => {
  it('follows a protocol from START through its phases to its RESULT', () => {
    const history = new History();
    history.take([started(100, '1.5'), voted(110, 1, 'n1/a', 'continue')]);
    expect(history.find('g', '1.5')?.phases.map(({ number, to }) => [number, to])).toEqual([
      [1, undefined],
    ]);
    history.take([ended(120, 1, 'continue'), voted(130, 2, 'n1/a', 'approve')]);
    const late = { code: 'time-limit', value: 'reject', provider: 'n2/b' };
    history.take([ended(150, 2, 'rejected', [late])]);
    const protocol = history.find('g', '1.5');
    expect(protocol).toMatchObject({ outcome: 'rejected', startedAt: 100, endedAt: 150 });
    expect(protocol?.phases.map(({ from, to }) => [from, to])).toEqual([
      [100, 120],
      [120, 150],
    ]);
    expect([...(protocol?.phases[1]?.votes ?? [])]).toEqual([
      ['n1/a', { value: 'approve', at: 130 }],
      ['n2/b', { value: 'default', at: 150 }],
    ]);
  });

  it('ends at once what nobody votes on, and marks failures', () => {
    const history = new History();
    const subjects = [{ provider: 'n2/b', reason: 'process-failure' }];
    history.take([started(7, '1.6', { what: 'failure', subjects, vote: null })]);
    expect(history.protocols[0]).toMatchObject({ endedAt: 7, outcome: 'approved', isVoted: false });
    expect(history.marks).toEqual([
      { at: 7, kind: 'failure', group: 'g', text: 'lost n2/b (its process died)' },
    ]);
  });

  it('takes an event that comes again, or whose START is not known, without harm', () => {
    const history = new History();
    history.take([voted(1, 1, 'n1/a', 'approve'), ended(2, 1, 'approved')]);
    history.take([started(3, '1.5'), started(4, '1.5')]);
    expect(history.protocols.map(({ startedAt }) => startedAt)).toEqual([3]);
  });

  it('forgets what is older than ten minutes, but not what still runs', () => {
    const history = new History();
    history.take([started(1, 'old', { vote: null }), started(2, '1.5')]);
    history.take([started(KEPT_MS + 100, 'new', { vote: null })]);
    expect(history.protocols.map(({ id }) => id)).toEqual(['1.5', 'new']);
    expect(history.find('g', 'old')).toBeUndefined();
  });
});
