import { expect, it } from 'vitest';
import { durationText, kindText, namesText, sizeText, waitsFor } from './words.js';

it('writes durations and sizes for people', () => {
  expect([0.2, 12.4, 1_500, 59_400, 90_000, 7_260_000].map(durationText)).toEqual([
    '< 1 ms',
    '12 ms',
    '1.5 s',
    '59 s',
    '1 min 30 s',
    '2 h 1 min',
  ]);
  expect([12, 2_048, 3_145_728].map(sizeText)).toEqual(['12 B', '2.0 KiB', '3.0 MiB']);
});

it('names some and counts the rest', () => {
  expect(namesText(['a'])).toBe('a');
  expect(namesText(['a', 'b', 'c'])).toBe('a, b and c');
  expect(namesText(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 others');
});

it('tells who has failed from who has lost its source', () => {
  const castOut = { reason: 'cast-out' };
  expect(kindText('join')).toBe('join');
  expect(kindText('failure')).toBe('removal of failed providers');
  expect(kindText('failure', [castOut, { reason: 'node-failure' }])).toBe(
    'removal of failed providers',
  );
  expect(kindText('failure', [castOut])).toBe('removal of providers without their source');
});

it('says whom a vote waits for, until when, and what happens then', () => {
  const voting = { waitingFor: ['n2/b'], defaultVote: 'reject' } as const;
  const many = { ...voting, waitingFor: ['n2/b', 'n3/c'] };
  expect(waitsFor({ ...voting, waitingFor: [] }, 100)).toMatch(/^All votes are in/u);
  expect(waitsFor(voting, undefined)).toBe('Waits for n2/b. There is no time limit.');
  expect(waitsFor(voting, 4_200)).toBe(
    'Waits for n2/b. In 4.2 s the default vote “reject” counts for it.',
  );
  expect(waitsFor(many, 0)).toBe(
    'Waits for n2/b and n3/c. The time is over: the default vote “reject” counts for them.',
  );
});
