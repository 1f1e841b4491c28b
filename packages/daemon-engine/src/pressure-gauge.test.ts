import { describe, expect, it } from 'vitest';
import { PressureGauge } from './pressure-gauge.js';

const LIMITS = {
  pressureMarkBytes: 100,
  stoppedAfterMs: 1_000,
  slowAfterMs: 10_000,
  bufferBytesMax: 1_000,
};

/** A process and its connection; what is written waits until it is read. */
function setUp() {
  const gauge = new PressureGauge(LIMITS);
  let queued = 0;
  return {
    gauge,
    write: (handle: number, bytes: number, now: number) => {
      queued += bytes;
      return gauge.wrote(handle, queued - bytes, queued, now);
    },
    read: (bytes: number, now: number) => {
      queued -= bytes;
      return gauge.look(queued, now);
    },
    look: (now: number) => gauge.look(queued, now),
  };
}

describe('B4: how far a process lags', () => {
  it('presses above the mark, until half of it is read', () => {
    const { write, read } = setUp();
    expect(write(1, 100, 0)).toEqual([]);
    expect(write(1, 1, 0)).toEqual([{ handle: 1, pressed: true, bytes: 101 }]);
    expect(read(50, 1)).toEqual([]);
    expect(read(1, 2)).toEqual([{ handle: 1, pressed: false, bytes: 50 }]);
  });

  it('a process that has caught up presses no more', () => {
    const { write, read, gauge } = setUp();
    write(1, 101, 0);
    expect(read(101, 1)).toEqual([{ handle: 1, pressed: false, bytes: 0 }]);
    expect(gauge.isWatched).toBe(false);
  });

  it('handles share the mark, and only the one with much unread presses', () => {
    const { write, read } = setUp();
    write(2, 10, 0);
    expect(write(1, 95, 0)).toEqual([{ handle: 1, pressed: true, bytes: 95 }]);
    // The small one is at the front.
    expect(read(10, 1)).toEqual([]);
    expect(read(46, 1)).toEqual([{ handle: 1, pressed: false, bytes: 49 }]);
  });

  it('who reads nothing for a second presses no more, and again once it reads on', () => {
    const { write, read, look } = setUp();
    write(1, 400, 0);
    expect(look(999)).toEqual([]);
    expect(look(1_000)).toEqual([{ handle: 1, pressed: false, bytes: 400 }]);
    expect(read(1, 5_000)).toEqual([{ handle: 1, pressed: true, bytes: 399 }]);
  });

  it('is too slow when it stays above half of the mark for the whole time', () => {
    const { write, read, gauge } = setUp();
    write(1, 200, 0);
    for (let now = 500; now < 10_000; now += 500) {
      read(5, now);
      write(1, 5, now);
      expect(gauge.tooSlow(now)).toBeUndefined();
    }
    expect(gauge.tooSlow(10_000)).toEqual({ kind: 'slow', sinceMs: 10_000, bytes: 200 });
  });

  it('is not too slow when it was below half of it once', () => {
    const { write, read, gauge } = setUp();
    write(1, 200, 0);
    read(150, 9_000);
    write(1, 150, 9_000);
    expect(gauge.tooSlow(10_000)).toBeUndefined();
    expect(gauge.tooSlow(19_000)).toMatchObject({ kind: 'slow' });
  });

  it('has room for each of its groups, and not for more', () => {
    const { write, gauge } = setUp();
    write(1, 1_000, 0);
    expect(gauge.tooSlow(0)).toBeUndefined();
    write(2, 1_000, 0);
    expect(gauge.tooSlow(0)).toBeUndefined();
    write(2, 1, 0);
    expect(gauge.tooSlow(0)).toEqual({ kind: 'full', bytes: 2_001, limit: 2_000 });
  });

  it('is looked at for as long as one of its handles presses, however little is unread in all', () => {
    const { write, read, gauge } = setUp();
    write(1, 60, 0);
    write(2, 60, 0);
    read(80, 1);
    expect(gauge.isWatched).toBe(true);
    expect(read(20, 2)).toEqual([{ handle: 2, pressed: false, bytes: 20 }]);
    expect(gauge.isWatched).toBe(false);
  });

  it('counts what it has read of thousands of small runs', () => {
    const { write, read, gauge } = setUp();
    for (let i = 0; i < 5_000; i += 1) write(1 + (i % 3), 1, 0);
    const changes = read(4_999, 1);
    expect(gauge.bytes).toBe(1);
    expect(changes.every(({ pressed }) => !pressed)).toBe(true);
    expect(read(1, 2)).toEqual([]);
  });
});
