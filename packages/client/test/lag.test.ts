import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LagWatch } from '../src/events/lag-watch.js';

const FEW = { events: 10, bytes: 10 };
const MANY = { events: 5_000, bytes: 10 };

function setUp() {
  const told: boolean[] = [];
  const watch = new LagWatch((lagging) => told.push(lagging));
  return { told, watch };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('B4: a program that does not keep up with its events', () => {
  it('is told above the mark, in events or bytes, and when half is taken', () => {
    const { told, watch } = setUp();
    watch.queued(FEW);
    expect(told).toEqual([]);
    watch.queued({ events: 1, bytes: 4 * 1024 * 1024 + 1 });
    expect(told).toEqual([true]);
    watch.taken({ events: 1, bytes: 3 * 1024 * 1024 });
    expect(told).toEqual([true]);
    watch.taken({ events: 1, bytes: 1024 });
    expect(told).toEqual([true, false]);
    expect(watch.isOpen).toBe(false);
  });

  it('holds nobody up for longer than a second while it takes nothing', () => {
    const { told, watch } = setUp();
    watch.queued(MANY);
    vi.advanceTimersByTime(900);
    expect(told).toEqual([true]);
    vi.advanceTimersByTime(350);
    expect(told).toEqual([true, false]);
    watch.taken(MANY);
    expect(told).toEqual([true, false, true]);
  });

  it('is too slow after ten seconds above half of the mark, and not before', () => {
    const { watch } = setUp();
    watch.queued(MANY);
    vi.advanceTimersByTime(9_000);
    watch.taken(MANY);
    expect(watch.isTooSlow).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(watch.isTooSlow).toBe(true);
  });

  it('has nothing more to say once its handle has ended', () => {
    const { told, watch } = setUp();
    watch.queued(MANY);
    watch.stop();
    expect(told).toEqual([true, false]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
