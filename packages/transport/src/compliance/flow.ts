import { expect, it } from 'vitest';

import {
  type ComplianceSubject,
  connectPair,
  numbered,
  type Pair,
  sameBytes,
  turns,
} from './harness.js';

const FRAME_BYTES = 100_000;
/** More than the operating system holds for a paused peer: 200 MB. */
const FRAMES_MAX = 2000;

/** Sends one frame per turn until the link says that it is full. */
async function fill({ near }: Pair): Promise<number> {
  for (let count = 1; count <= FRAMES_MAX; count += 1) {
    if (!near.send({ head: numbered(count, FRAME_BYTES) })) return count;
    await turns(1);
  }
  throw new Error('a paused peer never filled the link');
}

export function flowTests(use: () => ComplianceSubject): void {
  it('stops the sender when the peer pauses, and goes on without loss', async () => {
    const pair = await connectPair(use(), { near: { highWaterMark: 256 * 1024 } });
    const { near, nearEvents, far, farEvents } = pair;
    far.pause();
    const count = await fill(pair);
    expect(farEvents.frames).toEqual([]);
    expect(nearEvents.drainCount).toBe(0);
    expect(near.bufferedBytes).toBeGreaterThan(256 * 1024);
    // The frame that was answered with false is taken, and so is one more.
    near.send({ head: numbered(count + 1, FRAME_BYTES) });

    far.resume();
    await nearEvents.until(() => nearEvents.drainCount > 0);
    expect(near.bufferedBytes).toBeLessThanOrEqual(128 * 1024);
    await farEvents.framesReach(count + 1);
    expect(nearEvents.drainCount).toBe(1);
    const { frames } = farEvents;
    expect(frames.every((one, at) => sameBytes(one, numbered(at + 1, FRAME_BYTES)))).toBe(true);
    expect(near.send({ head: numbered(1, 1) })).toBe(true);
  });

  it('pauses between two frames that arrived together', async () => {
    const { near, far, farEvents } = await connectPair(use());
    farEvents.react = (link, frame) => {
      if (frame.length === 3) link.pause();
    };
    for (let bytes = 1; bytes <= 6; bytes += 1) near.send({ head: numbered(bytes, bytes) });
    await farEvents.framesReach(3);
    await turns(20);
    expect(farEvents.frames.map((frame) => frame.length)).toEqual([1, 2, 3]);
    far.resume();
    near.send({ head: numbered(7, 7) });
    await farEvents.framesReach(7);
    expect(farEvents.frames.map((frame) => frame.length)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('may pause and resume at every frame', async () => {
    const { near, farEvents } = await connectPair(use());
    farEvents.react = (link) => {
      link.pause();
      queueMicrotask(() => link.resume());
    };
    for (let number = 0; number < 200; number += 1) near.send({ head: numbered(number, 500) });
    await farEvents.framesReach(200);
    const { frames } = farEvents;
    expect(frames.every((frame, number) => sameBytes(frame, numbered(number, 500)))).toBe(true);
  });

  it('keeps what was received before a pause for after it, even when the peer closes', async () => {
    const { near, far, farEvents } = await connectPair(use());
    farEvents.react = (link) => link.pause();
    for (let number = 0; number < 3; number += 1) near.send({ head: numbered(number, 50) });
    near.close();
    for (let count = 1; count <= 3; count += 1) {
      await farEvents.framesReach(count);
      far.resume();
    }
    expect(await farEvents.closed()).toEqual({ kind: 'ended' });
    expect(farEvents.frames).toHaveLength(3);
  });
}
