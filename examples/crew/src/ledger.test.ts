import { expect, test } from 'vitest';
import { Ledger } from './ledger.js';

test('the shares of all ranks are all files, each once', () => {
  const ledger = new Ledger(10);
  const shares = [0, 1, 2].map((rank) => ledger.share(rank, 3));
  expect(shares.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(ledger.share(-1, 3)).toEqual([]);
});

test('what is done is nobody’s share any more', () => {
  const ledger = new Ledger(5);
  ledger.record([
    [0, 'a'],
    [3, 'b'],
  ]);
  expect(ledger.share(0, 1)).toEqual([1, 2, 4]);
  expect(ledger.done).toBe(2);
  expect(ledger.isComplete).toBe(false);
});

test('what is told twice, or of a file that is not listed, changes nothing', () => {
  const ledger = new Ledger(2);
  ledger.record([
    [1, 'first'],
    [1, 'second'],
    [2, 'beyond'],
  ]);
  expect(ledger.done).toBe(1);
  expect(ledger.entries()).toEqual([[1, 'first']]);
});

test('a newcomer that is told all entries knows all hashes', () => {
  const [old, fresh] = [new Ledger(2), new Ledger(2)];
  old.record([
    [1, 'b'],
    [0, 'a'],
  ]);
  fresh.record(old.entries());
  expect(fresh.isComplete).toBe(true);
  expect(fresh.hashes).toEqual(['a', 'b']);
});
