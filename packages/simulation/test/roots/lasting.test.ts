import { describe, expect, test } from 'vitest';
import { bothWays, type Cut } from '../../src/faults/partitions.js';
import { Stage } from './stage.js';

/** Faults that do not heal: what is not touched by them goes on within a bound. */

const ways: readonly { readonly way: string; readonly cuts: readonly Cut[] }[] = [
  { way: 'both ways', cuts: bothWays('n1', 'ns') },
  { way: 'to it', cuts: [['n1', 'ns']] },
  { way: 'from it', cuts: [['ns', 'n1']] },
];

describe.each(ways)('the leader alone cannot reach the name server: $way', ({ cuts }) => {
  test('another one leads; a daemon comes, one dies, and nobody else is removed', () => {
    const stage = new Stage({ daemons: 4 });
    const [a, b] = stage.members(3);
    for (const [from, to] of cuts) stage.cut([from], [to]);
    const d = stage.process('n4');
    const joined = d.join('g');
    stage.run(8_000);
    expect(d.answer(joined)).toBe('joined');
    stage.daemon('n3').crash('crashes');
    stage.run(3_000);
    expect([a?.list, b?.list, d.list]).toEqual(['n1 n2 n4', 'n1 n2 n4', 'n1 n2 n4']);
    const sent = a?.send('safe') ?? 0;
    stage.run(500);
    expect([a?.answer(sent), a?.removed]).toEqual(['message', undefined]);
    stage.daemon('n3').start();
    stage.rest();
  });

  test('with suspend it stands still, and the others go on without it', () => {
    const stage = new Stage({ daemons: 3, isolation: 'suspend' });
    const [a, b, c] = stage.members(3);
    for (const [from, to] of cuts) stage.cut([from], [to]);
    stage.run(8_000);
    const [sent, proposal] = [b?.send('safe') ?? 0, a?.setState() ?? 0];
    stage.run(8_000);
    expect([b?.answer(sent), a?.answer(proposal)]).toEqual(['message', undefined]);
    expect([b?.list, c?.list]).toEqual(['n2 n3', 'n2 n3']);
    stage.rest();
    expect(a?.removed).toBe('node-failure');
  });
});

test('a leader that nobody could stand in for keeps its group', () => {
  const stage = new Stage({ daemons: 2 });
  const [a, b] = stage.members(2);
  stage.part(['n1', 'n2'], ['ns']);
  stage.run(8_000);
  const sent = a?.send('safe') ?? 0;
  stage.run(500);
  expect([a?.answer(sent), b?.messages.length]).toEqual(['message', 1]);
  expect(stage.notes.accepted.size).toBeLessThan(5);
  stage.rest();
});
