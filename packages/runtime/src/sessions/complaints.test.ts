import { expect, it } from 'vitest';

import { createLogger } from '../logger.js';
import { Complaints } from './complaints.js';

function complaints() {
  const said: string[] = [];
  let now = 0;
  const destination = { write: (line: string) => void said.push(String(JSON.parse(line).msg)) };
  const logger = createLogger({ name: 'gsx', pretty: false, destination });
  const pass = (ms: number): void => {
    now += ms;
  };
  return { said, pass, of: new Complaints(logger, () => now) };
}

const peer = { peer: 'n2' };

it('says the first failure at once and goes on ever more rarely', () => {
  const { said, pass, of } = complaints();
  for (let second = 0; second < 3600; second += 1) {
    of.failed(peer, 'refused');
    pass(1000);
  }
  expect(said.length).toBeGreaterThan(10);
  expect(said.length).toBeLessThan(25);
});

it('says at once that the reason is another one, or that it is over', () => {
  const { said, of } = complaints();
  of.failed(peer, 'refused');
  of.failed(peer, 'refused');
  of.failed(peer, 'no such host');
  of.worked(peer, 'reached');
  of.worked(peer, 'reached');
  expect(said).toEqual(['refused', 'no such host', 'reached']);
});

it('keeps things apart, and remembers only so many', () => {
  const { said, of } = complaints();
  for (let one = 0; one < 1025; one += 1) of.failed({ peer: `n${one}` }, 'refused');
  expect(said).toHaveLength(1025);
  expect(of.forget({ peer: 'n0' })).toBe(false);
  expect(of.forget({ peer: 'n1' })).toBe(true);
});
