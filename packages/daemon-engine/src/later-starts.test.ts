import type { DaemonId } from '@group-services/core';
import { expect, it } from 'vitest';
import { LaterStarts } from './later-starts.js';

const start = (incarnation: number, node = 'a'): DaemonId => `${node}.${incarnation}` as DaemonId;

it('nobody is told of starts that come in their order', () => {
  const starts = new LaterStarts();
  starts.met(start(1));
  starts.listed(start(1));
  starts.replaced(start(1));
  starts.met(start(2));
  starts.listed(start(2));
  starts.met(start(2));
  expect(starts.toTell()).toEqual([]);
});

it('who meets an earlier start than it knows of says so, until it has begun again', () => {
  const starts = new LaterStarts();
  starts.listed(start(5));
  starts.met(start(3));
  expect(starts.toTell()).toEqual([{ node: 'a', incarnation: 5 }]);
  starts.listed(start(7));
  expect(starts.toTell()).toEqual([]);
});

it('an earlier one on a list is met, too', () => {
  const starts = new LaterStarts();
  starts.listed(start(5));
  starts.listed(start(3));
  expect(starts.toTell()).toEqual([{ node: 'a', incarnation: 5 }]);
});

it('one in whose place another answered is over', () => {
  const starts = new LaterStarts();
  starts.replaced(start(5));
  starts.met(start(5));
  expect(starts.toTell()).toEqual([{ node: 'a', incarnation: 6 }]);
});

it('what is remembered and what is told has a bound', () => {
  const starts = new LaterStarts();
  for (let index = 0; index < 3000; index += 1) {
    starts.listed(start(2, `n${index}`));
    starts.met(start(1, `n${index}`));
  }
  expect(starts.toTell().length).toBeLessThanOrEqual(64);
  starts.met(start(1, 'n0'));
  expect(starts.toTell().map(({ node }) => node)).not.toContain('n0');
});
