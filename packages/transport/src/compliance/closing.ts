import assert from 'node:assert/strict';

import { connectPair, type Declare, numbered, quietEnd, Recorder } from './harness.js';

export function closingChecks(check: Declare): void {
  check('closes in order: each end is told once, and not at once', async (subject) => {
    const pair = await connectPair(subject);
    const { near, nearEvents, farEvents } = pair;
    near.send({ head: numbered(1, 30) });
    near.close();
    near.close();
    assert.deepEqual(nearEvents.reasons, []);
    assert.equal(near.send({ head: numbered(1, 1) }), false);
    await quietEnd(pair);
    assert.deepEqual(nearEvents.reasons, [{ kind: 'closed' }]);
    assert.deepEqual(farEvents.reasons, [{ kind: 'ended' }]);
  });

  check('hands over nothing after a close within a handler', async (subject) => {
    const pair = await connectPair(subject);
    const { near, farEvents } = pair;
    farEvents.react = (link) => link.close();
    for (let number = 0; number < 100; number += 1) near.send({ head: numbered(number, 300) });
    await quietEnd(pair);
    assert.equal(farEvents.frames.length, 1);
  });

  check('ends both sides when both close at the same time', async (subject) => {
    const pair = await connectPair(subject);
    pair.near.close();
    pair.far.close();
    await quietEnd(pair);
    assert.deepEqual(pair.nearEvents.reasons, [{ kind: 'closed' }]);
  });

  check('closes a paused link', async (subject) => {
    const pair = await connectPair(subject);
    pair.far.pause();
    pair.near.send({ head: numbered(1, 100) });
    pair.far.close();
    pair.far.resume();
    await quietEnd(pair);
    assert.deepEqual(pair.farEvents.frames, []);
  });

  check('notices the death of the peer', async (subject) => {
    const pair = await connectPair(subject);
    pair.far.send({ head: numbered(1, 10) });
    await pair.nearEvents.framesReach(1);
    pair.far.abort();
    pair.far.abort();
    assert.deepEqual(pair.farEvents.reasons, []);
    await quietEnd(pair);
    assert.deepEqual(pair.farEvents.reasons, [{ kind: 'closed' }]);
    assert.ok(['ended', 'failed'].includes(pair.nearEvents.reasons[0]?.kind ?? ''));
    assert.equal(pair.near.send({ head: numbered(1, 1) }), false);
  });

  check(
    'may be aborted while it closes, and used after its end without effect',
    async (subject) => {
      const pair = await connectPair(subject);
      pair.near.close();
      pair.near.abort();
      await quietEnd(pair);
      for (const link of [pair.near, pair.far]) {
        link.pause();
        link.resume();
        link.setFrameLimit(1);
        link.close();
        link.abort();
        assert.equal(link.send({ head: numbered(1, 1) }), false);
      }
      await quietEnd(pair);
    },
  );

  check('may be closed while it is accepted', async (subject) => {
    const farEvents = new Recorder();
    const listener = await subject.there.listen(subject.freshAddress(), (link) => {
      link.send({ head: numbered(1, 7) });
      link.close();
      return farEvents;
    });
    const nearEvents = new Recorder();
    await subject.here.dial(listener.address, nearEvents);
    assert.deepEqual(await nearEvents.closed(), { kind: 'ended' });
    assert.deepEqual(await farEvents.closed(), { kind: 'closed' });
    assert.equal(nearEvents.frames.length, 1);
  });
}
