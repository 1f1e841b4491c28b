import { expect, test, vi } from 'vitest';
import { prepareDecoders } from '../src/index.js';
import { families } from './samples/families.js';

// A file of its own: nothing may have been read in this process before.

const READ_BY_OTHERS = ['to-name-server', 'to-client'];

test('a daemon that has prepared compiles nothing when messages come', () => {
  const compiled = countCompilations();
  prepareDecoders();
  expect(compiled()).toBeGreaterThan(50);
  const before = compiled();
  const read = families.filter(({ name }) => !READ_BY_OTHERS.includes(name));
  expect(families.length - read.length).toBe(READ_BY_OTHERS.length);
  for (const family of read) {
    for (const { name, encode } of family.samples) {
      expect(family.decode(encode()).ok, name).toBe(true);
      expect(compiled(), name).toBe(before);
    }
  }
});

/** zod makes its compiled validators with the Function constructor. */
function countCompilations(): () => number {
  const spy = vi.spyOn(globalThis, 'Function');
  return () => spy.mock.calls.length;
}
