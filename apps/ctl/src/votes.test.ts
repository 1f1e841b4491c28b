import { describe, expect, it } from 'vitest';
import type { VotesAnswer } from './admin-answers.js';
import { votesPath, votesText } from './votes.js';

const answer: VotesAnswer = {
  group: 'billing',
  leader: 'n1',
  from: 'leader',
  voting: {
    protocol: '7.12',
    kind: 'state',
    phase: 2,
    defaultVote: 'reject',
    waitingFor: ['n2/b', 'n3/c'],
    waitedMs: 1234,
    timeLeftMs: 28_766,
  },
};

describe('votes', () => {
  it('says whom the group waits for, since when, and what happens otherwise', () => {
    expect(votesText(answer)).toBe(
      [
        'group         billing',
        'leader        n1',
        'protocol      state 7.12',
        'phase         2, for 1.2 s',
        'time left     28.8 s',
        'default vote  reject',
        'waiting for   n2/b, n3/c',
      ].join('\n'),
    );
  });

  it('says that nothing is being voted on', () => {
    expect(votesText({ ...answer, voting: null })).toMatch(/\n\nNothing is being voted on\.$/u);
  });

  it('says when the leader did not answer', () => {
    const note = 'the leader did not answer in time';
    expect(votesText({ ...answer, from: 'member', note })).toMatch(
      /Not the leader's answer \(the leader did not answer in time\): this is what/u,
    );
    expect(votesText({ ...answer, from: 'none', note, voting: null })).toMatch(/has no part/u);
  });

  it('asks for any name', () => {
    for (const name of ['a/b?', '..', '.', 'a&b=c', 'ü %2e']) {
      const url = new URL(votesPath(name), 'http://daemon');
      expect([url.pathname, url.searchParams.get('group')]).toEqual(['/api/votes', name]);
    }
  });
});
