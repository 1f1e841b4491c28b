import { describe, expect, it } from 'vitest';

import { connectPair, numbered, Recorder, turns } from '../src/compliance/harness.js';
import { MemoryNetwork } from '../src/memory.js';

async function world() {
  const network = new MemoryNetwork();
  const here = network.transport('a');
  const there = network.transport('b');
  const pair = await connectPair({ here, there, freshAddress: () => 'memory://b-place' });
  return { network, here, there, ...pair };
}

describe('MemoryNetwork', () => {
  it('swallows silently what crosses a cut', async () => {
    const { network, here, near, nearEvents, far, farEvents } = await world();
    network.cut('a', 'memory://b-place');
    expect(near.send({ head: numbered(1, 10) })).toBe(true);
    far.send({ head: numbered(2, 10) });
    const dial = here.dial('memory://b-place', new Recorder(), { timeoutMs: 5 });
    await expect(dial).rejects.toMatchObject({ code: 'timeout' });
    // A late timer may come before the turn in which the frames go.
    await turns(2);
    expect([...nearEvents.frames, ...farEvents.frames]).toEqual([]);
    expect([...nearEvents.reasons, ...farEvents.reasons]).toEqual([]);
    expect(near.bufferedBytes).toBe(0);
  });

  it('breaks a link that lost something when the cut is healed', async () => {
    const { network, near, nearEvents, farEvents } = await world();
    network.cut('a', 'b');
    near.send({ head: numbered(1, 10) });
    await turns(2);
    network.heal('b', 'a');
    for (const events of [nearEvents, farEvents]) {
      expect(await events.closed()).toMatchObject({ kind: 'failed', error: { code: 'broken' } });
    }
    expect(farEvents.frames).toEqual([]);
  });

  it('leaves a link alone that lost nothing during the cut', async () => {
    const { network, near, farEvents } = await world();
    network.cut('a', 'b');
    await turns(2);
    network.heal('a', 'b');
    near.send({ head: numbered(1, 10) });
    await farEvents.framesReach(1);
  });

  it('keeps a peer half-open that could not be told of the close', async () => {
    const { network, near, nearEvents, farEvents } = await world();
    network.cut('a', 'b');
    near.close();
    expect(await nearEvents.closed()).toEqual({ kind: 'closed' });
    await turns(5);
    expect(farEvents.reasons).toEqual([]);
    network.heal('a', 'b');
    expect(await farEvents.closed()).toMatchObject({ kind: 'failed' });
  });

  it('kills a party: its peers find broken links, itself hears nothing', async () => {
    const { network, here, there, near, nearEvents, farEvents } = await world();
    near.send({ head: numbered(1, 10) });
    network.kill('memory://b-place');
    const reason = await nearEvents.closed();
    expect(reason).toMatchObject({ kind: 'failed', error: { code: 'broken' } });
    await turns(5);
    expect(farEvents.frames).toEqual([]);
    expect(farEvents.reasons).toEqual([]);
    const dial = here.dial('memory://b-place', new Recorder());
    await expect(dial).rejects.toMatchObject({ code: 'refused' });
    const dead = there.listen('memory://b-again', () => new Recorder());
    await expect(dead).rejects.toMatchObject({ code: 'closed' });

    const reborn = network.transport('b');
    await reborn.listen('memory://b-place', () => new Recorder());
    const link = await here.dial('memory://b-place', new Recorder());
    link.abort();
  });

  it('shares nothing between two networks', async () => {
    await world();
    const other = new MemoryNetwork().transport();
    const dial = other.dial('memory://b-place', new Recorder());
    await expect(dial).rejects.toMatchObject({ code: 'refused' });
  });

  it('runs on the schedule that it is given', async () => {
    const tasks: (() => void)[] = [];
    const network = new MemoryNetwork({ schedule: (task) => void tasks.push(task) });
    const events = new Recorder();
    await network.transport('b').listen('memory://b', () => events);
    const dialling = network.transport('a').dial('memory://b', new Recorder());
    tasks.shift()?.();
    const link = await dialling;
    link.send({ head: numbered(1, 4) });
    expect(events.frames).toEqual([]);
    tasks.shift()?.();
    expect(events.frames).toHaveLength(1);
  });
});
