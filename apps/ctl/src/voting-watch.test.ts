import { describe, expect, it } from 'vitest';
import type { VotesAnswer } from './admin-answers.js';
import { VotingWatch, votingJson, votingLine } from './voting-watch.js';

const AT = new Date('2031-02-03T04:05:06.789Z');

type Voting = NonNullable<VotesAnswer['voting']>;

function phase(protocol: string, number: number): Voting {
  const rest = { kind: 'state', defaultVote: 'reject', waitingFor: ['n2/b'], waitedMs: 0 };
  return { protocol, phase: number, ...rest, timeLeftMs: 500 };
}

function answer(voting: Voting | null, from = 'leader'): VotesAnswer {
  return { group: 'g', leader: 'n1', from, voting };
}

/** Asks once for each answer; undefined stands for a question that fails. */
async function seen(answers: readonly (VotesAnswer | undefined)[]): Promise<string[]> {
  const left = [...answers];
  const find = async (): Promise<never> => {
    const next = left.shift();
    if (next === undefined) throw new Error('no answer');
    return next as never; // The answers are of the schema that is asked for.
  };
  const watch = new VotingWatch({ find }, 'g');
  const lines: string[] = [];
  for (const _ of answers) {
    for (const { type, voting } of await watch.ask()) {
      lines.push(`${type} ${voting.protocol} phase ${voting.phase}`);
    }
  }
  return lines;
}

describe('the watch over votes', () => {
  it('tells each phase once, and the end', async () => {
    const first = answer(phase('7.1', 1));
    const second = answer(phase('7.1', 2));
    expect(await seen([answer(null), first, first, second, answer(null)])).toEqual([
      'voting 7.1 phase 1',
      'voting 7.1 phase 2',
      'voting-over 7.1 phase 2',
    ]);
  });

  it('tells that the next protocol has come', async () => {
    expect(await seen([answer(phase('7.1', 1)), answer(phase('7.4', 1))])).toEqual([
      'voting 7.1 phase 1',
      'voting-over 7.1 phase 1',
      'voting 7.4 phase 1',
    ]);
  });

  it('takes no answer, and none of the leader, for no change', async () => {
    const first = answer(phase('7.1', 1));
    expect(await seen([first, undefined, answer(null, 'member'), first])).toEqual([
      'voting 7.1 phase 1',
    ]);
  });
});

describe('a change', () => {
  const change = { type: 'voting', group: 'g', voting: phase('7.1', 1) } as const;

  it('is a line for people', () => {
    expect(votingLine(change, AT)).toBe(
      '04:05:06.789  voting phase 1: waiting for n2/b, 0.5 s left  [state 7.1]',
    );
    expect(votingLine({ ...change, type: 'voting-over' }, AT)).toBe(
      '04:05:06.789  voting over in phase 1  [state 7.1]',
    );
  });

  it('is a line for programs', () => {
    expect(JSON.parse(votingJson(change, AT))).toEqual({
      time: '2031-02-03T04:05:06.789Z',
      ...change,
    });
  });
});
