import { encodeOrdered, LIMITS } from '@group-services/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  CAUSES_MAX,
  evaluate,
  isLastPhase,
  type PhaseRule,
  type VoterAtEnd,
} from './evaluation.js';

const values = ['approve', 'continue', 'reject', 'default'] as const;
const defaults = ['approve', 'reject'] as const;

const vote = fc.record({
  value: fc.constantFrom(...values),
  defaultVote: fc.option(fc.constantFrom(...defaults), { nil: undefined }),
});
const voters = fc
  .array(fc.record({ vote: fc.option(vote, { nil: undefined }), hasFailed: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((all): VoterAtEnd[] => all.map((voter, index) => ({ id: `n/${index}`, ...voter })));
const rules: fc.Arbitrary<PhaseRule> = fc.record({
  phases: fc.oneof(
    fc.constant('voting' as const),
    fc.record({ exactly: fc.integer({ min: 1, max: 4 }) }),
  ),
  maxPhases: fc.nat(4),
  phase: fc.integer({ min: 1, max: 4 }),
  defaultVote: fc.constantFrom(...defaults),
});

const voter = (value: (typeof values)[number] | undefined, hasFailed = false): VoterAtEnd => ({
  id: `n/${value ?? 'silent'}`,
  vote: value === undefined ? undefined : { value },
  hasFailed,
});
const rule: PhaseRule = { phases: 'voting', maxPhases: 0, phase: 1, defaultVote: 'reject' };

test('M19: one REJECT rejects, else one CONTINUE continues, else it is approved', () => {
  fc.assert(
    fc.property(voters, rules, (all, given) => {
      const { outcome, defaultVote } = evaluate(all, given);
      const cast = all.map(({ vote: own }) =>
        own === undefined || own.value === 'default' ? defaultVote : own.value,
      );
      const isLast = isLastPhase(given);
      const rejects = cast.includes('reject') || (isLast && cast.includes('continue'));
      const goesOn = cast.includes('continue') || (given.phases !== 'voting' && !isLast);
      expect(outcome).toBe(rejects ? 'rejected' : goesOn ? 'continue' : 'approved');
    }),
  );
});

test('M19: causes are the votes that decided, one per provider', () => {
  fc.assert(
    fc.property(voters, rules, (all, given) => {
      const { outcome, causes } = evaluate(all, given);
      const wanted = { approved: 'approve', continue: 'continue', rejected: 'reject' }[outcome];
      expect(causes.every(({ value }) => value === wanted)).toBe(true);
      const named = causes.flatMap(({ provider }) => provider ?? []);
      expect(new Set(named).size).toBe(named.length);
      expect(causes.length - named.length).toBeLessThanOrEqual(1);
      if (outcome === 'rejected') expect(causes.length).toBeGreaterThan(0);
      if (outcome === 'approved') expect(causes.some(({ code }) => code === 'voted')).toBe(false);
    }),
  );
});

test('M19: the order in which votes arrive decides nothing', () => {
  fc.assert(
    fc.property(voters, rules, (all, given) => {
      const { outcome, defaultVote } = evaluate(all, given);
      expect(evaluate([...all].reverse(), given)).toMatchObject({ outcome, defaultVote });
    }),
  );
});

test('M21: how a missing vote came about is told', () => {
  const all = [voter(undefined), { ...voter(undefined, true), id: 'n/gone' }, voter('default')];
  expect(evaluate(all, { ...rule, defaultVote: 'approve' })).toEqual({
    outcome: 'approved',
    causes: [
      { code: 'time-limit', value: 'approve', provider: 'n/silent' },
      { code: 'provider-failed', value: 'approve', provider: 'n/gone' },
      { code: 'default-vote', value: 'approve', provider: 'n/default' },
    ],
    defaultVote: 'approve',
  });
});

test('M20: of contradicting default-vote riders REJECT wins, for this phase already', () => {
  const rider = (defaultVote: 'approve' | 'reject'): VoterAtEnd => ({
    id: `n/${defaultVote}`,
    vote: { value: 'continue', defaultVote },
    hasFailed: false,
  });
  const before = { ...rule, defaultVote: 'approve' } as const;
  const both = [rider('approve'), rider('reject')];
  expect(evaluate(both, before)).toMatchObject({ outcome: 'continue', defaultVote: 'reject' });
  expect(evaluate([...both, voter(undefined)], before).outcome).toBe('rejected');
  expect(evaluate([rider('approve'), voter(undefined)], rule).outcome).toBe('continue');
});

test('M18: votes to continue in the last phase are one cause without a provider', () => {
  const all = [voter('continue'), voter('reject'), { ...voter('continue'), id: 'n/2' }];
  const causes = [
    { code: 'max-phases', value: 'reject' },
    { code: 'voted', value: 'reject', provider: 'n/reject' },
  ];
  for (const last of [{ maxPhases: 1 }, { phases: { exactly: 1 } }]) {
    expect(evaluate(all, { ...rule, ...last })).toMatchObject({ outcome: 'rejected', causes });
  }
});

test.each(['reject', 'continue', undefined] as const)(
  'the causes of very many votes (%s) fit a frame, and the outcome is that of all of them',
  (value) => {
    // The longest names there can be.
    const id = (number: number): string => `${'n'.repeat(64)}/${`${number}`.padEnd(64, 'i')}`;
    const silent = { ...rule, defaultVote: 'approve' as const };
    const many = Array.from({ length: 20_000 }, (_, number) => ({
      ...voter(value),
      id: id(number),
    }));
    const last = { ...voter('reject'), id: id(many.length) };
    const { outcome, causes, defaultVote } = evaluate(many, silent);
    const expected = { reject: 'rejected', continue: 'continue', none: 'approved' } as const;
    expect(outcome).toBe(expected[value ?? 'none']);
    expect(causes.map(({ provider }) => provider)).toEqual(
      many.slice(0, CAUSES_MAX).map((each) => each.id),
    );
    const result = { protocol: 1, phase: 1, outcome, causes, riders: [], defaultVote };
    const { byteLength } = encodeOrdered({ kind: 'result', ...result });
    expect(byteLength).toBeLessThan(LIMITS.frame / 2);
    // Also who is not named has its vote counted.
    expect(evaluate([...many, last], silent).outcome).toBe('rejected');
  },
);
