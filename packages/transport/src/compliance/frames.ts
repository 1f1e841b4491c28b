import assert from 'node:assert/strict';

import { connectPair, type Declare, numbered, Recorder, SIZES, sameBytes } from './harness.js';

/** Above every limit, and more than any buffer on the way holds. */
const HUGE_BYTES = 8 * 1024 * 1024;

export function frameChecks(check: Declare): void {
  check('keeps the boundaries of frames from 1 byte to 2 MiB', async (subject) => {
    const { near, farEvents } = await connectPair(subject);
    const sent = SIZES.map((bytes, index) => numbered(index, bytes));
    for (const [index, frame] of sent.entries()) {
      near.send({ head: frame });
      await farEvents.framesReach(index + 1);
    }
    assert.deepEqual(
      farEvents.frames.map((frame) => frame.length),
      SIZES,
    );
    assert.equal(
      farEvents.frames.every((frame, index) => sameBytes(frame, sent[index])),
      true,
    );
  });

  check(
    'counts what has come in, so that a sign of life can be told from silence',
    async (subject) => {
      const { near, far, farEvents } = await connectPair(subject);
      const before = far.receivedBytes;
      near.send({ head: numbered(1, 1000) });
      await farEvents.framesReach(1);
      assert.ok(far.receivedBytes >= before + 1000);
    },
  );

  check(
    'delivers all frames of one turn, though the head buffer is used again for each',
    async (subject) => {
      const { near, farEvents } = await connectPair(subject);
      const scratch = new Uint8Array(40);
      for (let number = 0; number < 500; number += 1) {
        scratch.set(numbered(number, 40));
        near.send({ head: scratch, tail: numbered(number, 260) });
      }
      scratch.fill(0);
      await farEvents.framesReach(500);
      for (const [number, frame] of farEvents.frames.entries()) {
        assert.equal(sameBytes(frame.subarray(0, 40), numbered(number, 40)), true);
        assert.equal(sameBytes(frame.subarray(40), numbered(number, 260)), true);
      }
    },
  );

  check('joins head and tail wherever the frame is divided', async (subject) => {
    const { near, farEvents } = await connectPair(subject);
    const sent: Uint8Array[] = [];
    for (const bytes of [1, 2, 300, 5000]) {
      const frame = numbered(bytes, bytes);
      for (const at of new Set([0, 1, bytes >> 1, bytes - 1, bytes])) {
        near.send({ head: frame.subarray(0, at), tail: frame.subarray(at) });
        sent.push(frame);
        await farEvents.framesReach(sent.length);
      }
    }
    assert.equal(
      farEvents.frames.every((frame, index) => sameBytes(frame, sent[index])),
      true,
    );
  });

  check('lets the accepting side speak first', async (subject) => {
    const events = new Recorder();
    const listener = await subject.there.listen(subject.freshAddress(), (link) => {
      link.send({ head: numbered(1, 5) });
      return new Recorder();
    });
    await subject.here.dial(listener.address, events);
    await events.framesReach(1);
    assert.equal(sameBytes(events.frames[0], numbered(1, 5)), true);
  });

  check('accepts frames up to the limit and closes on a larger one', async (subject) => {
    const { near, nearEvents, farEvents } = await connectPair(subject, {
      far: { frameLimit: 1000 },
    });
    near.send({ head: numbered(1, 1000) });
    near.send({ head: numbered(2, 1001) });
    near.send({ head: numbered(3, 10) });
    assert.deepEqual(await farEvents.closed(), {
      kind: 'frame-too-large',
      bytes: 1001,
      limit: 1000,
    });
    assert.deepEqual(
      farEvents.frames.map((frame) => frame.length),
      [1000],
    );
    const reason = await nearEvents.closed();
    assert.ok(['ended', 'failed'].includes(reason.kind));
  });

  check('closes on a frame that is too large before its content is read', async (subject) => {
    const { near, far, farEvents } = await connectPair(subject, { far: { frameLimit: 1000 } });
    const before = far.receivedBytes;
    near.send({ head: numbered(1, 10), tail: new Uint8Array(HUGE_BYTES) });
    const bytes = HUGE_BYTES + 10;
    assert.deepEqual(await farEvents.closed(), { kind: 'frame-too-large', bytes, limit: 1000 });
    // Whoever wants a program to run out of memory announces much, and need not send it.
    const read = far.receivedBytes - before;
    assert.ok(read < HUGE_BYTES / 4, `${read} bytes of a frame that is refused were taken in`);
  });

  check('applies a changed limit to the frames after the one being handled', async (subject) => {
    const { near, farEvents } = await connectPair(subject, { far: { frameLimit: 10 } });
    farEvents.react = (link) => link.setFrameLimit(farEvents.frames.length === 1 ? 100_000 : 5);
    near.send({ head: numbered(1, 10) });
    near.send({ head: numbered(2, 100_000) });
    near.send({ head: numbered(3, 6) });
    assert.deepEqual(await farEvents.closed(), { kind: 'frame-too-large', bytes: 6, limit: 5 });
    assert.deepEqual(
      farEvents.frames.map((frame) => frame.length),
      [10, 100_000],
    );
  });
}
