import { expect, it } from 'vitest';

import {
  type ComplianceSubject,
  connectPair,
  numbered,
  Recorder,
  SIZES,
  sameBytes,
} from './harness.js';

export function frameTests(use: () => ComplianceSubject): void {
  it('keeps the boundaries of frames from 1 byte to 2 MiB', async () => {
    const { near, farEvents } = await connectPair(use());
    const sent = SIZES.map((bytes, index) => numbered(index, bytes));
    for (const [index, frame] of sent.entries()) {
      near.send({ head: frame });
      await farEvents.framesReach(index + 1);
    }
    expect(farEvents.frames.map((frame) => frame.length)).toEqual(SIZES);
    expect(farEvents.frames.every((frame, index) => sameBytes(frame, sent[index]))).toBe(true);
  });

  it('counts what has come in, so that a sign of life can be told from silence', async () => {
    const { near, far, farEvents } = await connectPair(use());
    const before = far.receivedBytes;
    near.send({ head: numbered(1, 1000) });
    await farEvents.framesReach(1);
    expect(far.receivedBytes).toBeGreaterThanOrEqual(before + 1000);
  });

  it('delivers all frames of one turn, though the head buffer is used again for each', async () => {
    const { near, farEvents } = await connectPair(use());
    const scratch = new Uint8Array(40);
    for (let number = 0; number < 500; number += 1) {
      scratch.set(numbered(number, 40));
      near.send({ head: scratch, tail: numbered(number, 260) });
    }
    scratch.fill(0);
    await farEvents.framesReach(500);
    for (const [number, frame] of farEvents.frames.entries()) {
      expect(sameBytes(frame.subarray(0, 40), numbered(number, 40))).toBe(true);
      expect(sameBytes(frame.subarray(40), numbered(number, 260))).toBe(true);
    }
  });

  it('joins head and tail wherever the frame is divided', async () => {
    const { near, farEvents } = await connectPair(use());
    const sent: Uint8Array[] = [];
    for (const bytes of [1, 2, 300, 5000]) {
      const frame = numbered(bytes, bytes);
      for (const at of new Set([0, 1, bytes >> 1, bytes - 1, bytes])) {
        near.send({ head: frame.subarray(0, at), tail: frame.subarray(at) });
        sent.push(frame);
        await farEvents.framesReach(sent.length);
      }
    }
    expect(farEvents.frames.every((frame, index) => sameBytes(frame, sent[index]))).toBe(true);
  });

  it('lets the accepting side speak first', async () => {
    const subject = use();
    const events = new Recorder();
    const listener = await subject.there.listen(subject.freshAddress(), (link) => {
      link.send({ head: numbered(1, 5) });
      return new Recorder();
    });
    await subject.here.dial(listener.address, events);
    await events.framesReach(1);
    expect(sameBytes(events.frames[0], numbered(1, 5))).toBe(true);
  });

  it('accepts frames up to the limit and closes on a larger one', async () => {
    const { near, nearEvents, farEvents } = await connectPair(use(), { far: { frameLimit: 1000 } });
    near.send({ head: numbered(1, 1000) });
    near.send({ head: numbered(2, 1001) });
    near.send({ head: numbered(3, 10) });
    expect(await farEvents.closed()).toEqual({ kind: 'frame-too-large', bytes: 1001, limit: 1000 });
    expect(farEvents.frames.map((frame) => frame.length)).toEqual([1000]);
    const reason = await nearEvents.closed();
    expect(['ended', 'failed']).toContain(reason.kind);
  });

  it('applies a changed limit to the frames after the one being handled', async () => {
    const { near, farEvents } = await connectPair(use(), { far: { frameLimit: 10 } });
    farEvents.react = (link) => link.setFrameLimit(farEvents.frames.length === 1 ? 100_000 : 5);
    near.send({ head: numbered(1, 10) });
    near.send({ head: numbered(2, 100_000) });
    near.send({ head: numbered(3, 6) });
    expect(await farEvents.closed()).toEqual({ kind: 'frame-too-large', bytes: 6, limit: 5 });
    expect(farEvents.frames.map((frame) => frame.length)).toEqual([10, 100_000]);
  });
}
