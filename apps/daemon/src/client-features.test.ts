import type { FromClient, ToClient } from '@group-services/wire';
import { expect, it } from 'vitest';
import { heardWith, toldWith } from './client-features.js';

const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const asked: FromClient = {
  kind: 'propose',
  request: 1,
  handle: 1,
  phases: 1,
  proposed: { kind: 'barrier' },
  trace,
};
const answer: ToClient = {
  kind: 'approved',
  handle: 1,
  position: 3,
  protocol: { id: '1.3', kind: 'barrier' },
  phases: 0,
  trace,
};

it('a trace is heard and told only where both ends have agreed on it (B10)', () => {
  const both = new Set(['trace'] as const);
  const none = new Set<never>();
  expect(heardWith(both, asked)).toBe(asked);
  expect(toldWith(both, answer)).toBe(answer);
  expect(heardWith(none, asked)).toEqual({ ...asked, trace: undefined });
  expect(toldWith(none, answer)).toEqual({ ...answer, trace: undefined });
});

it('what names no trace is not copied', () => {
  const none = new Set<never>();
  const { trace: _, ...untraced } = answer;
  expect(toldWith(none, untraced)).toBe(untraced);
  const pong: FromClient = { kind: 'pong', n: 1, ok: true };
  expect(heardWith(none, pong)).toBe(pong);
});
