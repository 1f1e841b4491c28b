import assert from 'node:assert/strict';

import { connectPair, type Declare, numbered, sameBytes, turns } from './harness.js';

export function flowChecks(check: Declare): void {
  check('pauses between two frames that arrived together', async (subject) => {
    const { near, far, farEvents } = await connectPair(subject);
    farEvents.react = (link, frame) => {
      if (frame.length === 3) link.pause();
    };
    for (let bytes = 1; bytes <= 6; bytes += 1) near.send({ head: numbered(bytes, bytes) });
    await farEvents.framesReach(3);
    await turns(20);
    assert.deepEqual(
      farEvents.frames.map((frame) => frame.length),
      [1, 2, 3],
    );
    far.resume();
    near.send({ head: numbered(7, 7) });
    await farEvents.framesReach(7);
    assert.deepEqual(
      farEvents.frames.map((frame) => frame.length),
      [1, 2, 3, 4, 5, 6, 7],
    );
  });

  check('may pause and resume at every frame', async (subject) => {
    const { near, farEvents } = await connectPair(subject);
    farEvents.react = (link) => {
      link.pause();
      queueMicrotask(() => link.resume());
    };
    for (let number = 0; number < 200; number += 1) near.send({ head: numbered(number, 500) });
    await farEvents.framesReach(200);
    const { frames } = farEvents;
    assert.equal(
      frames.every((frame, number) => sameBytes(frame, numbered(number, 500))),
      true,
    );
  });

  check(
    'keeps what was received before a pause for after it, even when the peer closes',
    async (subject) => {
      const { near, far, farEvents } = await connectPair(subject);
      farEvents.react = (link) => link.pause();
      for (let number = 0; number < 3; number += 1) near.send({ head: numbered(number, 50) });
      near.close();
      for (let count = 1; count <= 3; count += 1) {
        await farEvents.framesReach(count);
        far.resume();
      }
      assert.deepEqual(await farEvents.closed(), { kind: 'ended' });
      assert.equal(farEvents.frames.length, 3);
    },
  );
}
