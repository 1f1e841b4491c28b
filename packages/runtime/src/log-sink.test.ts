import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { type LogOutput, LogSink } from './log-sink.js';

const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
const slow = Object.assign(new Error('again'), { code: 'EAGAIN' });

/** An output that takes what the test lets it take. */
class Door implements LogOutput {
  text = '';
  attempts = 0;
  /** Bytes that it still takes. */
  room = Number.POSITIVE_INFINITY;
  problem: Error = full;

  writeNow(bytes: Uint8Array) {
    this.attempts += 1;
    const taken = Math.min(bytes.length, this.room);
    this.room -= taken;
    this.text += Buffer.from(bytes.subarray(0, taken)).toString();
    return { taken, error: taken === bytes.length ? undefined : this.problem };
  }

  write(bytes: Uint8Array, done: (taken: number, error: Error | undefined) => void): void {
    const { taken, error } = this.writeNow(bytes);
    done(taken, error);
  }
}

function sinkTo(door: LogOutput, bytesMax?: number) {
  const told: string[] = [];
  const sink = new LogSink({
    output: door,
    resumed: (dropped, reason) => {
      told.push(`${dropped}: ${reason}`);
      sink.write(`dropped ${dropped}\n`);
    },
    bytesMax,
  });
  return { sink, told };
}

describe('LogSink', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gathers the lines of a turn into one write', async () => {
    const door = new Door();
    const { sink } = sinkTo(door);
    sink.write('one\n');
    sink.write('two\n');
    expect(door.attempts).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(door).toMatchObject({ text: 'one\ntwo\n', attempts: 1 });
  });

  it('goes on in the middle of a line when there is room again', async () => {
    const door = new Door();
    door.room = 6;
    const { sink } = sinkTo(door);
    sink.write('first\nsecond\n');
    await vi.advanceTimersByTimeAsync(5000);
    expect(door.text).toBe('first\n');
    sink.write('third\n');
    door.room = Number.POSITIVE_INFINITY;
    await vi.advanceTimersByTimeAsync(5000);
    expect(door.text).toBe('first\nsecond\nthird\n');
  });

  it('drops what is too much, and tells how much and why once there is room', async () => {
    const door = new Door();
    door.room = 0;
    const { sink, told } = sinkTo(door, 100);
    for (let line = 0; line < 1000; line += 1) sink.write('123456789\n');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([]);
    door.room = Number.POSITIVE_INFINITY;
    await vi.advanceTimersByTimeAsync(2000);
    expect(told).toEqual(['990: no space left']);
    expect(door.text).toBe(`${'123456789\n'.repeat(10)}dropped 990\n`);
  });

  it('tries a full disk once a second at most, however much is logged', async () => {
    const door = new Door();
    door.room = 0;
    const { sink } = sinkTo(door);
    for (let second = 0; second < 60; second += 1) {
      sink.write('line\n');
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(door.attempts).toBeLessThan(75);
  });

  it('writes last words at once, in order, and gives up where that is hopeless', () => {
    const door = new Door();
    const { sink } = sinkTo(door);
    sink.write('one\n');
    sink.write('two\n');
    sink.flushSync();
    expect(door.text).toBe('one\ntwo\n');
    door.room = 0;
    sink.write('three\n');
    sink.flushSync();
    expect(door.attempts).toBe(2);
  });

  it('waits a little for a slow reader with its last words, not for ever', () => {
    const door = new Door();
    door.room = 0;
    door.problem = slow;
    const { sink } = sinkTo(door);
    sink.write('last\n');
    const before = performance.now();
    sink.flushSync();
    expect(door.attempts).toBeGreaterThan(5);
    // A tenth of a second, and patience with a loaded machine.
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it('leaves to another thread what that is writing, and writes only the rest itself', async () => {
    const door = new Door();
    let finish: (taken: number, error: undefined) => void = () => {};
    const { sink } = sinkTo({
      writeNow: (bytes) => door.writeNow(bytes),
      write: (_bytes, done) => {
        finish = done;
      },
    });
    sink.write('on its way\n');
    await vi.advanceTimersByTimeAsync(1);
    sink.write('rest\n');
    sink.flushSync();
    finish(11, undefined);
    await vi.advanceTimersByTimeAsync(1);
    expect(door.text).toBe('rest\n');
  });
});
