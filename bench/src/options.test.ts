import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from './options.js';

describe('parseOptions', () => {
  it('has defaults', () => {
    expect(parseOptions([])).toEqual({
      help: false,
      json: false,
      publish: undefined,
      publishScale: undefined,
      repetitions: 5,
      joins: 1000,
      groups: 2000,
      all: false,
      compare: undefined,
      tolerance: 0.1,
      seconds: 60,
      only: undefined,
      title: undefined,
      systems: undefined,
      scale: { count: 300_000, rounds: 3000, barriers: 600, size: 256, window: 1000 },
    });
  });

  it('lets --quick make smaller what is not given', () => {
    const { repetitions, scale } = parseOptions(['--quick', '--rounds', '500']);
    expect(repetitions).toBe(3);
    expect(scale).toEqual({ count: 60_000, rounds: 500, barriers: 200, size: 256, window: 1000 });
  });

  it('splits lists', () => {
    expect(parseOptions(['--only', 'W1,W2']).only).toEqual(['W1', 'W2']);
  });

  it.each([
    [['--repetitions', '2']],
    [['--size', '4']],
    [['--count', 'many']],
    [['--unknown']],
    [['stray']],
  ])('refuses %j', (argv) => {
    expect(() => parseOptions(argv)).toThrow(UsageError);
  });
});
