import { describe, expect, it } from 'vitest';
import { choose } from './choice.js';
import { parseOptions, UsageError } from './options.js';

function chosen(...argv: string[]) {
  const { systems, works, fresh } = choose(parseOptions(argv));
  return {
    systems: systems.map(({ name }) => name),
    ids: [...new Set([...works, ...fresh].map(({ id }) => id))],
  };
}

describe('choose', () => {
  it('takes everything that does not take minutes when nothing is named', () => {
    const { systems, ids } = chosen();
    expect(systems).toEqual(['relay-msg', 'relay-frame', 'group-services']);
    expect(ids).toEqual(expect.arrayContaining(['W1', 'W2', 'W4a', 'W5', 'W6', 'W9', 'W10']));
    expect(ids).not.toContain('W3');
    expect(ids).not.toContain('W8');
  });

  it('takes what is named, a whole family by its beginning, and the long ones with --all', () => {
    expect(chosen('--only', 'W4,W8').ids).toEqual(['W4a', 'W4b', 'W4c', 'W8']);
    const long = ['W3', 'W7', 'W8', 'W11', 'tls', 'metrics'];
    expect(chosen('--all').ids).toEqual(expect.arrayContaining(long));
    for (const id of ['tls', 'metrics']) {
      expect(chosen('--only', id).ids).toEqual([id]);
      expect(chosen().ids).not.toContain(id);
    }
  });

  it('takes works by a part of their title', () => {
    expect(chosen('--title', '16 KiB').ids).toEqual(['W1']);
  });

  it('refuses what does not exist, and says what does', () => {
    expect(() => chosen('--only', 'W99')).toThrow('unknown: W99; known: W1');
    expect(() => chosen('--systems', 'zookeeper')).toThrow(UsageError);
  });

  it('leaves out the second relay when two commits are compared', () => {
    expect(chosen('--compare', 'v1').systems).toEqual(['relay-msg', 'group-services']);
    const both = 'group-services,group-services@v1';
    expect(chosen('--compare', 'v1', '--systems', both).systems).toEqual(['group-services']);
  });
});
