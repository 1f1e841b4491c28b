import { expect, it } from 'vitest';
import { drainedText, isEmptied, outcomeText, wishText } from './wishes.js';

it('names what is lost and what has to be typed, and escapes what it asks for', () => {
  const reset = wishText({ kind: 'reset', group: 'a&b', providers: 1, stateBytes: 2_048 });
  expect(reset).toMatchObject({ name: 'a&b', path: 'api/reset?group=a%26b', isHarsh: true });
  expect(reset.happens.join(' ')).toContain('1 provider is removed');
  expect(reset.happens.join(' ')).toContain('2.0 KiB');
  const expel = wishText({ kind: 'expel', group: 'g', provider: 'n1/p', left: 0 });
  expect(expel).toMatchObject({ name: 'n1/p', path: 'api/expel?group=g&provider=n1%2Fp' });
  expect(expel.happens[0]).toContain('nobody is left');
  const drain = wishText({ kind: 'drain', node: 'n1', leads: ['g', 'h'] });
  expect(drain.happens[0]).toBe('Node n1 hands over the lead of g and h.');
  expect(wishText({ kind: 'undrain', node: 'n1' }).path).toBe('api/undrain?node=n1');
  expect(wishText({ kind: 'forget', node: 'n1' }).isHarsh).toBe(true);
});

it('says what became of it', () => {
  const expel = { kind: 'expel', group: 'g', provider: 'n1/p', left: 1 } as const;
  const done = { outcome: 'approved', position: 7, proposer: 'n2/$operator' } as const;
  expect(outcomeText(expel, done, 5)).toBe(
    'n1/p was removed at position 7, as proposed by n2/$operator.',
  );
  const causes = [{ provider: 'n1/q', code: 'voted' }];
  expect(outcomeText(expel, { outcome: 'rejected', causes }, 5)).toBe('It was rejected by n1/q.');
  expect(outcomeText(expel, { outcome: 'open' }, 8_000)).toContain('after 8.0 s');
});

it('counts what a drained node still has, until it is empty or in service again', () => {
  const report = {
    drained: true,
    leads: 1,
    processes: 1,
    providers: 2,
    subscriptions: 0,
    waitsFor: ['process api'],
  };
  expect(drainedText('n1', report)).toBe(
    'Still on n1: 1 group led, 2 providers, 0 subscriptions. process api',
  );
  expect(isEmptied(report)).toBe(false);
  expect(isEmptied({ ...report, leads: 0, providers: 0 })).toBe(true);
  expect(isEmptied({ ...report, drained: false })).toBe(true);
});
