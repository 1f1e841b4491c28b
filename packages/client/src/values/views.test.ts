import { describe, expect, it } from 'vitest';
import { publicView, viewBytes } from './views.js';

describe('what a waiting list counts', () => {
  const providers = Array.from({ length: 1000 }, (_, no) => `n1/p${no}`);
  const view = publicView('g', { version: 1, fence: 'f', providers, numbers: [] });

  it('a reference for each that it shares with the list before, a name for each that is new', () => {
    expect(viewBytes(view, 1)).toBe(1000 * 8 + 64);
  });

  it('every name of a list that begins with it', () => {
    expect(viewBytes(view, 1000)).toBeGreaterThanOrEqual(1000 * 64);
  });
});
