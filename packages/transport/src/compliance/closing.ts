import { expect, it } from 'vitest';

import {
  type ComplianceSubject,
  connectPair,
  expectQuietEnd,
  numbered,
  Recorder,
} from './harness.js';

export function closingTests(use: () => ComplianceSubject): void {
  it('closes in order: each end is told once, and not at once', async () => {
    const pair = await connectPair(use());
    const { near, nearEvents, farEvents } = pair;
    near.send({ head: numbered(1, 30) });
    near.close();
    near.close();
    expect(nearEvents.reasons).toEqual([]);
    expect(near.send({ head: numbered(1, 1) })).toBe(false);
    await expectQuietEnd(pair);
    expect(nearEvents.reasons).toEqual([{ kind: 'closed' }]);
    expect(farEvents.reasons).toEqual([{ kind: 'ended' }]);
  });

  it('hands over nothing after a close within a handler', async () => {
    const pair = await connectPair(use());
    const { near, farEvents } = pair;
    farEvents.react = (link) => link.close();
    for (let number = 0; number < 100; number += 1) near.send({ head: numbered(number, 300) });
    await expectQuietEnd(pair);
    expect(farEvents.frames).toHaveLength(1);
  });

  it('ends both sides when both close at the same time', async () => {
    const pair = await connectPair(use());
    pair.near.close();
    pair.far.close();
    await expectQuietEnd(pair);
    expect(pair.nearEvents.reasons).toEqual([{ kind: 'closed' }]);
  });

  it('closes a paused link', async () => {
    const pair = await connectPair(use());
    pair.far.pause();
    pair.near.send({ head: numbered(1, 100) });
    pair.far.close();
    pair.far.resume();
    await expectQuietEnd(pair);
    expect(pair.farEvents.frames).toEqual([]);
  });

  it('notices the death of the peer', async () => {
    const pair = await connectPair(use());
    pair.far.send({ head: numbered(1, 10) });
    await pair.nearEvents.framesReach(1);
    pair.far.abort();
    pair.far.abort();
    expect(pair.farEvents.reasons).toEqual([]);
    await expectQuietEnd(pair);
    expect(pair.farEvents.reasons).toEqual([{ kind: 'closed' }]);
    expect(['ended', 'failed']).toContain(pair.nearEvents.reasons[0]?.kind);
    expect(pair.near.send({ head: numbered(1, 1) })).toBe(false);
  });

  it('may be aborted while it closes, and used after its end without effect', async () => {
    const pair = await connectPair(use());
    pair.near.close();
    pair.near.abort();
    await expectQuietEnd(pair);
    for (const link of [pair.near, pair.far]) {
      link.pause();
      link.resume();
      link.setFrameLimit(1);
      link.close();
      link.abort();
      expect(link.send({ head: numbered(1, 1) })).toBe(false);
    }
    await expectQuietEnd(pair);
  });

  it('may be closed while it is accepted', async () => {
    const subject = use();
    const farEvents = new Recorder();
    const listener = await subject.there.listen(subject.freshAddress(), (link) => {
      link.send({ head: numbered(1, 7) });
      link.close();
      return farEvents;
    });
    const nearEvents = new Recorder();
    await subject.here.dial(listener.address, nearEvents);
    expect(await nearEvents.closed()).toEqual({ kind: 'ended' });
    expect(await farEvents.closed()).toEqual({ kind: 'closed' });
    expect(nearEvents.frames).toHaveLength(1);
  });
}
