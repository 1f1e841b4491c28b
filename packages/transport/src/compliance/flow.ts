import { expect, it } from 'vitest';

import { type ComplianceSubject, connectPair, numbered, sameBytes, turns } from './harness.js';

export function flowTests(use: () => ComplianceSubject): void {
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
