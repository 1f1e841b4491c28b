import { describe, expect, it } from 'vitest';
import { readTraceParent, traceParentOf } from './trace-parent.js';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('a W3C trace parent', () => {
  it('is read as it is written', () => {
    const read = readTraceParent(PARENT);
    expect(read && traceParentOf(read)).toBe(PARENT);
    expect(readTraceParent(`cc${PARENT.slice(2)}-later`)).toEqual(read);
  });

  it('is nothing else', () => {
    const zero = '0'.repeat(32);
    for (const text of [
      '',
      PARENT.slice(1),
      `ff${PARENT.slice(2)}`,
      PARENT.toUpperCase(),
      `${PARENT}0`,
      `00-${zero}-00f067aa0ba902b7-01`,
    ]) {
      expect(readTraceParent(text)).toBeUndefined();
    }
  });

  it('of a trace that is not recorded is not written', () => {
    const read = readTraceParent(PARENT.replace(/01$/u, '00'));
    expect(read && traceParentOf(read)).toBeUndefined();
  });
});
