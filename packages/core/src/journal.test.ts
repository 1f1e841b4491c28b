import { describe, expect, it } from 'vitest';
import { Journal } from './journal.js';

const BOUNDS = { entriesMax: 100, weightMax: 1_000, keepMs: 10_000 };

function newsOf(journal: Journal<string>, since = 0, max = 1_000): readonly string[] {
  return journal.since(since, max).map(({ number, news }) => `${number} ${news}`);
}

describe('Journal', () => {
  it('gives what is behind the number that a reader knows, oldest first', () => {
    const journal = new Journal<string>(BOUNDS);
    expect([journal.last, journal.since(0, 10)]).toEqual([0, []]);
    for (const news of ['a', 'b', 'c']) journal.add(news, 1);
    expect(newsOf(journal)).toEqual(['1 a', '2 b', '3 c']);
    expect(newsOf(journal, 1)).toEqual(['2 b', '3 c']);
    expect(newsOf(journal, 0, 2)).toEqual(['1 a', '2 b']);
    expect(newsOf(journal, 3)).toEqual([]);
    expect(newsOf(journal, 99)).toEqual([]);
  });

  it('keeps numbers while it forgets the oldest, by count, by weight and by age', () => {
    const counted = new Journal<string>({ ...BOUNDS, entriesMax: 3 });
    for (let at = 1; at <= 500; at += 1) counted.add(String(at), 1);
    expect(newsOf(counted)).toEqual(['498 498', '499 499', '500 500']);
    expect([counted.first, counted.length]).toEqual([498, 3]);

    const weighed = new Journal<string>({ ...BOUNDS, weightMax: 10 });
    for (const news of ['a', 'b', 'c']) weighed.add(news, 1, 4);
    expect(newsOf(weighed)).toEqual(['2 b', '3 c']);
    weighed.add('larger than all that is kept', 1, 99);
    expect(newsOf(weighed)).toEqual(['4 larger than all that is kept']);

    const aged = new Journal<string>({ ...BOUNDS, keepMs: 50 });
    aged.add('old', 0);
    aged.add('young', 40);
    aged.add('new', 60);
    expect(newsOf(aged)).toEqual(['2 young', '3 new']);
  });

  it('merges what belongs together until somebody has read it, or time has passed', () => {
    const journal = new Journal<string>(BOUNDS, (last, next) =>
      last[0] === next[0] ? last + next : undefined,
    );
    journal.add('a', 0);
    journal.add('a', 1);
    journal.add('b', 2);
    expect(newsOf(journal)).toEqual(['1 aa', '2 b']);
    journal.add('b', 3);
    expect(newsOf(journal, 2)).toEqual(['3 b']);
    journal.add('c', 4);
    journal.add('c', 500);
    expect(newsOf(journal, 3)).toEqual(['4 c', '5 c']);
  });

  it('counts what was merged into the weight', () => {
    const journal = new Journal<string>({ ...BOUNDS, weightMax: 5 }, (last, next) =>
      last === next ? last : undefined,
    );
    journal.add('first', 0);
    for (let n = 0; n < 5; n += 1) journal.add('votes', 0);
    expect(newsOf(journal)).toEqual(['2 votes']);
  });
});
