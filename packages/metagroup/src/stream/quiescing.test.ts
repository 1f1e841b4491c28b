import { describe, expect, test } from 'vitest';
import { AckWindow, anticipates, type QuiesceMode, repeatsTheLast } from './quiescing.js';

/** How ten messages go out with window 5; `!` is one that is AckRequired by itself. */
function asked(mode: QuiesceMode, messages = '..........'): string {
  const window = new AckWindow(mode, 5);
  const signs = { nothing: '.', 'ack-required': 'A', 'sync-behind': 'S' };
  return [...messages].map((message) => signs[window.place(message === '!')]).join('');
}

describe('M11 M13: what a full window brings about', () => {
  test.each([
    { mode: 'sync', expected: '....S....S' },
    { mode: 'ack-required', expected: '.....A....' },
    { mode: 'convert', expected: '....A....A' },
    { mode: 'anticipate', expected: '....A....A' },
  ] as const)('$mode', ({ mode, expected }) => {
    expect(asked(mode)).toBe(expected);
  });

  test.each([
    { mode: 'sync', expected: '...A....S.' },
    { mode: 'ack-required', expected: '...A.....A' },
    { mode: 'convert', expected: '...A....A.' },
  ] as const)('$mode counts anew after a message that is AckRequired by itself', (row) => {
    expect(asked(row.mode, '...!......')).toBe(row.expected);
  });

  test('a window of one asks at every message, or at every other one', () => {
    const four = (mode: QuiesceMode) => {
      const window = new AckWindow(mode, 1);
      return [1, 2, 3, 4].map(() => window.place(false) !== 'nothing');
    };
    expect(four('convert')).toEqual([true, true, true, true]);
    expect(four('sync')).toEqual([true, true, true, true]);
    expect(four('ack-required')).toEqual([false, true, false, true]);
  });
});

test('M13: who speaks first', () => {
  const modes = ['sync', 'ack-required', 'convert', 'anticipate'] as const;
  expect(modes.filter(anticipates)).toEqual(['anticipate']);
  expect(modes.filter(repeatsTheLast)).toEqual(['convert']);
});
