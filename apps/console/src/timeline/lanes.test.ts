import { expect, it } from 'vitest';
import type { Protocol } from '../model/history.js';
import { groupScene, providerScene } from './lanes.js';

function protocol(what: string, at: number, provider: string, over: object = {}): Protocol {
  const subjects = [{ provider }];
  const base = { id: `1.${at}`, group: 'g', voters: [], outcome: 'approved', startedAt: at };
  return { ...base, what, subjects, endedAt: at, ...over } as unknown as Protocol;
}

it('has a lane for each provider, those of the present list first, with when they were there', () => {
  const protocols = [
    protocol('failure', 5, 'n1/old'),
    protocol('join', 10, 'n2/b'),
    protocol('leave', 20, 'n2/b'),
    protocol('join', 30, 'n3/c'),
    protocol('join', 40, 'n4/no', { outcome: 'rejected' }),
  ];
  const { lanes } = providerScene(protocols, [], ['n1/a', 'n3/c']);
  expect(lanes).toEqual([
    { name: 'n1/a', presence: [{ from: undefined, to: undefined }] },
    { name: 'n3/c', presence: [{ from: 30, to: undefined }] },
    { name: 'n1/old', presence: [{ from: undefined, to: 5 }] },
    { name: 'n2/b', presence: [{ from: 10, to: 20 }] },
    { name: 'n4/no', presence: [] },
  ]);
});

it('has a lane for each group when all are looked at', () => {
  const protocols = [protocol('join', 1, 'x', { group: 'b' }), protocol('join', 2, 'y')];
  expect(groupScene(protocols, []).lanes.map(({ name }) => name)).toEqual(['b', 'g']);
});
