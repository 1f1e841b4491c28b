import { daemonId, type NodeName } from '@group-services/core';
import { expect, it } from 'vitest';
import { Traffic } from './traffic.js';

it('counts by node, over its incarnations, and sums what would be too many lines', () => {
  const traffic = new Traffic();
  const frame = { head: new Uint8Array(3), tail: new Uint8Array(4) };
  for (const incarnation of [1, 2]) traffic.sent(daemonId('n1' as NodeName, incarnation), frame);
  traffic.received(daemonId('n1' as NodeName, 2), new Uint8Array(5));
  expect(traffic.bytes()).toEqual([
    { labels: { peer: 'n1', direction: 'sent' }, value: 14 },
    { labels: { peer: 'n1', direction: 'received' }, value: 5 },
  ]);
  for (let n = 2; n < 2_000; n += 1) traffic.sent(daemonId(`n${n}` as NodeName, 1), frame);
  expect(traffic.frames()).toHaveLength(2 * 257);
  const others = traffic.frames().find(({ labels }) => labels?.['peer'] === '_other');
  expect(others?.value).toBe(2_000 - 1 - 256);
});
