import { describe, expect, it } from 'vitest';
import { parseOptions, pick, UsageError } from './options.js';

describe('parseOptions', () => {
  it('has defaults', () => {
    expect(parseOptions([])).toEqual({
      help: false,
      json: false,
      repetitions: 5,
      joins: 1000,
      groups: 2000,
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

describe('pick', () => {
  const works = [{ id: 'W1' }, { id: 'W2' }];

  it('takes all when nothing is named, and keeps the order of the choices', () => {
    expect(pick(works, undefined, ({ id }) => id)).toEqual(works);
    expect(pick(works, ['W2', 'W1'], ({ id }) => id)).toEqual(works);
  });

  it('refuses what does not exist', () => {
    expect(() => pick(works, ['W9'], ({ id }) => id)).toThrow('unknown: W9; known: W1, W2');
  });
});
