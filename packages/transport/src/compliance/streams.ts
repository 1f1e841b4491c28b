import assert from 'node:assert/strict';

import {
  connectPair,
  type Declare,
  numbered,
  type Pair,
  quietEnd,
  Recorder,
  rejected,
  SIZES,
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

/** What only links promise that keep order and lose nothing. */
export function streamChecks(check: Declare): void {
  check('joins head and tail of frames of all sizes', async (subject) => {
    const { near, farEvents } = await connectPair(subject);
    const sent: Uint8Array[] = [];
    for (const bytes of SIZES) {
      const frame = numbered(bytes, bytes);
      for (const at of new Set([0, 1, bytes >> 1, bytes - 1, bytes])) {
        near.send({ head: frame.subarray(0, at), tail: frame.subarray(at) });
        sent.push(frame);
      }
      await farEvents.framesReach(sent.length);
    }
    assert.equal(
      farEvents.frames.every((frame, index) => sameBytes(frame, sent[index])),
      true,
    );
    assert.equal(farEvents.frames.length, sent.length);
  });

  check(
    'keeps the order of each direction, and frames stay as they were received',
    async (subject) => {
      const { near, nearEvents, far, farEvents } = await connectPair(subject);
      const count = 2000;
      const frameOf = (number: number): Uint8Array => numbered(number, 1 + ((number * 7) % 900));
      farEvents.react = (link, frame) => void link.send({ head: frame });
      for (let number = 0; number < count; number += 1) {
        near.send({ head: frameOf(number) });
        if (number % 97 === 0) await farEvents.framesReach(number + 1);
      }
      await nearEvents.framesReach(count);
      for (const { frames } of [nearEvents, farEvents]) {
        assert.equal(frames.length, count);
        assert.equal(
          frames.every((frame, number) => sameBytes(frame, frameOf(number))),
          true,
        );
      }
      assert.equal(far.bufferedBytes, 0);
    },
  );

  check('stops the sender when the peer pauses, and goes on without loss', async (subject) => {
    const pair = await connectPair(subject, { near: { highWaterMark: 256 * 1024 } });
    const { near, nearEvents, far, farEvents } = pair;
    far.pause();
    const count = await fill(pair);
    assert.deepEqual(farEvents.frames, []);
    assert.equal(nearEvents.drainCount, 0);
    assert.ok(near.bufferedBytes > 256 * 1024);
    // The frame that was answered with false is taken, and so is one more.
    near.send({ head: numbered(count + 1, FRAME_BYTES) });

    far.resume();
    await nearEvents.until(() => nearEvents.drainCount > 0);
    assert.ok(near.bufferedBytes <= 128 * 1024);
    await farEvents.framesReach(count + 1);
    assert.equal(nearEvents.drainCount, 1);
    const { frames } = farEvents;
    assert.equal(
      frames.every((one, at) => sameBytes(one, numbered(at + 1, FRAME_BYTES))),
      true,
    );
    assert.equal(near.send({ head: numbered(1, 1) }), true);
  });

  check(
    'closes in order: what was queued arrives, each end is told once, and not at once',
    async (subject) => {
      const pair = await connectPair(subject);
      const { near, nearEvents, farEvents } = pair;
      for (let number = 0; number < 300; number += 1) near.send({ head: numbered(number, 3000) });
      near.close();
      near.close();
      assert.deepEqual(nearEvents.reasons, []);
      assert.equal(near.send({ head: numbered(1, 1) }), false);
      await quietEnd(pair);
      assert.deepEqual(nearEvents.reasons, [{ kind: 'closed' }]);
      assert.deepEqual(farEvents.reasons, [{ kind: 'ended' }]);
      assert.equal(farEvents.frames.length, 300);
    },
  );

  check(
    'closes in order with something still to read: what was queued arrives all the same',
    async (subject) => {
      const pair = await connectPair(subject);
      const { near, nearEvents, far, farEvents } = pair;
      near.pause();
      far.pause();
      // Neither side reads what the other has said when it is closed.
      const count = 40;
      for (let number = 0; number < count; number += 1) {
        far.send({ head: numbered(number, 5000) });
        near.send({ head: numbered(number, 5000) });
        await turns(1);
      }
      near.close();
      await turns(20);
      assert.deepEqual(farEvents.frames, []);
      far.resume();
      await quietEnd(pair);
      assert.equal(farEvents.frames.length, count);
      assert.equal(
        farEvents.frames.every((one, at) => sameBytes(one, numbered(at, 5000))),
        true,
      );
      assert.deepEqual(farEvents.reasons, [{ kind: 'ended' }]);
      assert.deepEqual(nearEvents.frames, []);
    },
  );

  check('frees the address when the listener closes, while links live on', async (subject) => {
    const { near, far, nearEvents, farEvents, listener } = await connectPair(subject);
    await listener.close();
    await listener.close();
    const refused = subject.here.dial(listener.address, new Recorder());
    await rejected(refused, 'refused');
    near.send({ head: numbered(1, 10) });
    far.send({ head: numbered(2, 20) });
    await Promise.all([nearEvents.framesReach(1), farEvents.framesReach(1)]);

    const successor = await subject.there.listen(listener.address, () => new Recorder());
    assert.equal(successor.address, listener.address);
    await subject.here.dial(successor.address, new Recorder());
  });
}
