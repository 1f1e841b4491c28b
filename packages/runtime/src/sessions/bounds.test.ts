import type { Link } from '@group-services/transport';
import { expect, it } from 'vitest';

import { HalfOpenLinks } from './half-open-links.js';
import { HandshakeRate } from './handshake-rate.js';

it('lets the oldest link go that has not said HELLO when there are too many', () => {
  const gone: number[] = [];
  const link = (number: number) => ({ abort: () => void gone.push(number) }) as unknown as Link;
  const links = new HalfOpenLinks(() => 3);
  const all = [0, 1, 2, 3, 4].map(link);
  for (const one of all.slice(0, 3)) links.add(one);
  links.delete(all[1] ?? link(9));
  for (const one of all.slice(3)) links.add(one);
  expect(gone).toEqual([0]);
  expect(links.size).toBe(3);
});

it('takes handshakes of an address at a rate, and many at once after a pause', () => {
  let now = 0;
  const rate = new HandshakeRate(10, () => now);
  const from = (remote: string, count: number): number => {
    const taken = Array.from({ length: count }, () => rate.problem(remote));
    return taken.filter((problem) => problem === undefined).length;
  };
  expect(from('tls://10.0.0.1:1', 100)).toBe(50);
  expect(rate.problem('tcp://10.0.0.1:2')).toMatch(/from 10\.0\.0\.1: 10 per second/u);
  expect(from('tls://10.0.0.2:1', 50)).toBe(50);
  expect(from('unix:///run/gsd.sock#1', 500)).toBe(500);
  now += 1_000;
  expect(from('tls://10.0.0.1:1', 100)).toBe(10);
  now += 60_000;
  expect(from('tls://10.0.0.1:1', 100)).toBe(50);
});
