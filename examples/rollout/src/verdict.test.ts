import { expect, test } from 'vitest';
import { type MemberRecord, problemsOf } from './verdict.js';

const one = { version: 1, maxConnections: 80 };
const two = { version: 2, maxConnections: 500 };
const three = { version: 3, maxConnections: 90 };
const plan = [one, two, three];
const veto = { version: 2, by: 'n1/w1', reason: 'too much' };

function record(changes: Partial<MemberRecord>): MemberRecord {
  return {
    id: 'n0/w0',
    lost: false,
    connectionsMax: 1_000,
    applied: [
      { position: 10, configuration: one },
      { position: 20, configuration: three },
    ],
    inForce: three,
    vetoes: [veto],
    ...changes,
  };
}

const other = record({ id: 'n1/w1', connectionsMax: 100 });

test('the same everywhere, and a beginning of it at the lost ones, is right', () => {
  const lost = record({ lost: true, applied: record({}).applied.slice(0, 1), vetoes: [] });
  expect(problemsOf(plan, [record({}), other, lost])).toEqual([]);
});

test('the same configuration at another position is not the same', () => {
  const applied = [
    { position: 10, configuration: one },
    { position: 21, configuration: three },
  ];
  expect(problemsOf(plan, [record({}), { ...other, applied }])).toEqual([
    'n1/w1 did not apply what n0/w0 did',
  ]);
});

test('a lost member must not have applied what was vetoed', () => {
  const applied = [
    { position: 10, configuration: one },
    { position: 15, configuration: two },
  ];
  expect(problemsOf(plan, [record({}), record({ id: 'n1/w2', lost: true, applied })])).toEqual([
    'n1/w2 did not apply what n0/w0 did',
    'n1/w2 applied version 2, vetoed',
  ]);
});

test('nobody may put into force what its host cannot take', () => {
  const applied = [
    { position: 10, configuration: one },
    { position: 15, configuration: two },
    { position: 20, configuration: three },
  ];
  const records = [record({}), other].map((each) => ({ ...each, applied, vetoes: [] }));
  expect(problemsOf(plan, records)).toEqual(['n1/w1 cannot take version 2']);
});

test('every configuration comes to an end, and the newest is in force', () => {
  const applied = record({}).applied.slice(0, 1);
  expect(problemsOf(plan, [record({ applied })])).toEqual([
    'the configuration of n0/w0 is not the newest of its record',
    'version 3 came to no end',
  ]);
});

test('different vetoes, and nobody left', () => {
  expect(problemsOf(plan, [record({}), { ...other, vetoes: [{ ...veto, by: 'n1/w3' }] }])).toEqual([
    'n1/w1 and n0/w0 saw different vetoes',
  ]);
  expect(problemsOf(plan, [record({ lost: true })])).toEqual(['nobody was there to the end']);
});
