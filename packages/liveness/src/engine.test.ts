import type { DaemonId } from '@group-services/core';
import { describe, expect, it } from 'vitest';

import { LivenessEngine } from './engine.js';

const A = 'a.1' as DaemonId;
const B = 'b.1' as DaemonId;
const C = 'c.1' as DaemonId;
const NEWER_B = 'b.2' as DaemonId;

function engineOf(...peers: readonly DaemonId[]): LivenessEngine {
  const engine = new LivenessEngine({ self: A, heartbeatMs: 250, suspectAfterMs: 1000 });
  engine.step({ kind: 'watch', peers: peers.map((daemon) => ({ daemon })) }, 0);
  return engine;
}

describe('heartbeats', () => {
  it('go to every watched peer at once and then at each interval, in one message', () => {
    const engine = engineOf(B, C);
    expect(engine.deadline()).toBe(0);
    const first = engine.step({ kind: 'deadlineReached' }, 0);
    expect(first).toEqual([{ kind: 'heartbeat', to: [B, C], hears: [] }]);
    expect(engine.deadline()).toBe(250);
    engine.step({ kind: 'heard', from: C }, 100);
    const second = engine.step({ kind: 'deadlineReached' }, 250);
    expect(second).toEqual([{ kind: 'heartbeat', to: [B, C], hears: [C] }]);
  });

  it('stop when nobody is watched', () => {
    const engine = engineOf(B);
    engine.step({ kind: 'watch', peers: [] }, 10);
    expect(engine.deadline()).toBe(Number.POSITIVE_INFINITY);
    expect(engine.step({ kind: 'deadlineReached' }, 300)).toEqual([]);
  });

  it('answer a daemon that watches us before we watch it, until it is quiet', () => {
    const engine = engineOf();
    engine.step({ kind: 'heartbeat', from: C, hears: [] }, 0);
    const answer = engine.step({ kind: 'deadlineReached' }, 0);
    expect(answer).toEqual([{ kind: 'heartbeat', to: [C], hears: [C] }]);
    for (const at of [250, 500, 750]) engine.step({ kind: 'deadlineReached' }, at);
    expect(engine.step({ kind: 'deadlineReached' }, 1000)).toEqual([]);
    expect(engine.deadline()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('suspicion', () => {
  it('gives a new peer the whole time as credit', () => {
    const engine = engineOf(B);
    engine.step({ kind: 'watch', peers: [{ daemon: B }, { daemon: C }] }, 600);
    run(engine, 600, 999);
    expect(engine.step({ kind: 'deadlineReached' }, 1000)).toContainEqual(suspect(B, 'silent'));
    expect(engine.isSuspected(C)).toBe(false);
    run(engine, 1000, 1599);
    expect(engine.isSuspected(C)).toBe(false);
    run(engine, 1599, 1600);
    expect(engine.isSuspected(C)).toBe(true);
  });

  it('falls on a peer that is heard but does not hear us', () => {
    const engine = engineOf(B);
    engine.step({ kind: 'heartbeat', from: B, hears: [A] }, 100);
    for (let at = 200; at < 1100; at += 100) {
      engine.step({ kind: 'heartbeat', from: B, hears: [C] }, at);
      engine.step({ kind: 'deadlineReached' }, at);
    }
    expect(engine.isSuspected(B)).toBe(false);
    engine.step({ kind: 'heard', from: B }, 1100);
    expect(engine.step({ kind: 'deadlineReached' }, 1100)[0]).toEqual(suspect(B, 'deaf'));
    // It is still said to be heard: or neither side would ever trust the other again.
    expect(engine.step({ kind: 'deadlineReached' }, 1350).at(-1)).toMatchObject({ hears: [B] });
    expect(engine.step({ kind: 'heard', from: B }, 1400)).toEqual([]);
    const named = engine.step({ kind: 'heartbeat', from: B, hears: [A] }, 1450);
    expect(named).toEqual([{ kind: 'alive', peer: B }]);
  });

  it('follows a closed link only after one dial that finds nobody', () => {
    const engine = engineOf(B);
    expect(engine.step({ kind: 'unreachable', peer: B }, 1)).toEqual([]);
    expect(engine.step({ kind: 'linkClosed', peer: B }, 2)).toEqual([{ kind: 'probe', peer: B }]);
    expect(engine.step({ kind: 'linkClosed', peer: B }, 3)).toEqual([]);
    expect(engine.step({ kind: 'unreachable', peer: B }, 4)).toEqual([suspect(B, 'unreachable')]);
    expect(engine.step({ kind: 'linkClosed', peer: B }, 5)).toEqual([]);
  });

  it('is averted by a sign of life after the closed link', () => {
    const engine = engineOf(B);
    engine.step({ kind: 'linkClosed', peer: B }, 2);
    engine.step({ kind: 'heard', from: B }, 3);
    expect(engine.step({ kind: 'unreachable', peer: B }, 4)).toEqual([]);
    expect(engine.isSuspected(B)).toBe(false);
  });

  it('needs no dial when the peer had said that it stops', () => {
    const engine = engineOf(B);
    expect(engine.step({ kind: 'stopping', peer: B }, 1)).toEqual([]);
    expect(engine.step({ kind: 'linkClosed', peer: B }, 2)).toEqual([suspect(B, 'stopped')]);
  });

  it('is final for a superseded daemon, and says nothing about the newer one', () => {
    const engine = engineOf(B, NEWER_B);
    expect(engine.step({ kind: 'superseded', peer: B }, 1)).toEqual([suspect(B, 'superseded')]);
    expect(engine.step({ kind: 'heartbeat', from: B, hears: [A] }, 2)).toEqual([]);
    expect(engine.isSuspected(B)).toBe(true);
    expect(engine.isSuspected(NEWER_B)).toBe(false);
    engine.step({ kind: 'watch', peers: [] }, 3);
    const again = engine.step({ kind: 'watch', peers: [{ daemon: B }] }, 4);
    expect(again).toEqual([suspect(B, 'superseded')]);
  });

  it('waits for what came before and is still unread, and no longer', () => {
    const engine = engineOf(B, C);
    for (let now = 0; now < 1000; now += 250) engine.step({ kind: 'deadlineReached' }, now);
    engine.step({ kind: 'heartbeat', from: C, hears: [A] }, 900);
    // B was silent for long enough, but what came from 300 on has not been read.
    for (let now = 1000; now <= 1850; now += 50) {
      engine.step({ kind: 'deadlineReached', readUpTo: now - 700 }, now);
      expect(engine.isSuspected(B)).toBe(now - 700 >= 1000);
    }
    expect(engine.isSuspected(C)).toBe(false);
  });

  it('waits for a peer whose link has not been read to its end, and for no other', () => {
    const engine = engineOf(B, C);
    for (let now = 0; now < 1000; now += 250) engine.step({ kind: 'deadlineReached' }, now);
    engine.step({ kind: 'heartbeat', from: B, hears: [] }, 850);
    for (let now = 1000; now <= 3000; now += 250) {
      engine.step({ kind: 'heard', from: B }, now);
      // Much comes by its link, and its heartbeats are behind it.
      const outputs = engine.step({ kind: 'deadlineReached', readOf: new Map([[B, 900]]) }, now);
      expect(outputs).toContainEqual({ kind: 'heartbeat', to: [B, C], hears: [B] });
      expect([engine.isSuspected(B), engine.isSuspected(C)]).toEqual([false, true]);
    }
    const outputs = engine.step({ kind: 'deadlineReached' }, 3250);
    expect(outputs).toContainEqual(suspect(B, 'deaf'));
  });

  it('spares one that is busy: its heartbeats are late, and other things come of it', () => {
    const engine = engineOf(B);
    engine.step({ kind: 'heartbeat', from: B, hears: [A] }, 0);
    for (let now = 250; now < 4000; now += 250) {
      engine.step({ kind: 'heard', from: B }, now);
      engine.step({ kind: 'deadlineReached' }, now);
      expect(engine.isSuspected(B)).toBe(false);
    }
    // Not for ever, and not when it says that it does not hear us.
    engine.step({ kind: 'heartbeat', from: B, hears: [A] }, 4000);
    for (let now = 4250; now < 8000; now += 250) {
      engine.step({ kind: 'heard', from: B }, now);
      engine.step({ kind: 'deadlineReached' }, now);
    }
    expect(engine.step({ kind: 'deadlineReached' }, 8000)).toContainEqual(suspect(B, 'deaf'));
  });

  it('does not rest on a single denial, which may be the first word after a long time', () => {
    const engine = engineOf(B);
    engine.step({ kind: 'heartbeat', from: B, hears: [A] }, 0);
    for (let now = 250; now < 3000; now += 250) {
      engine.step({ kind: 'heard', from: B }, now);
      engine.step({ kind: 'deadlineReached' }, now);
    }
    engine.step({ kind: 'heartbeat', from: B, hears: [] }, 3000);
    expect(engine.step({ kind: 'deadlineReached' }, 3000)).not.toContainEqual(suspect(B, 'deaf'));
    engine.step({ kind: 'heartbeat', from: B, hears: [] }, 3250);
    expect(engine.deadline()).toBeLessThanOrEqual(3500);
    expect(engine.step({ kind: 'deadlineReached' }, 3500)).toContainEqual(suspect(B, 'deaf'));
  });

  it('falls on nobody by whom we are taken for deaf because we have not read yet', () => {
    const engine = engineOf(B);
    engine.step({ kind: 'deadlineReached' }, 0);
    engine.step({ kind: 'heartbeat', from: B, hears: [A] }, 10);
    for (let now = 250; now <= 1000; now += 250) engine.step({ kind: 'deadlineReached' }, now);
    const outputs = engine.step({ kind: 'deadlineReached', readUpTo: 900 }, 1250);
    expect(outputs).toEqual([{ kind: 'heartbeat', to: [B], hears: [B] }]);
  });

  it('is looked at again soon, and not at once, when it had to wait', () => {
    const engine = engineOf(B);
    for (let now = 0; now < 1000; now += 250) engine.step({ kind: 'deadlineReached' }, now);
    engine.step({ kind: 'deadlineReached', readUpTo: 999 }, 1000);
    expect(engine.deadline()).toBeGreaterThan(1000);
    expect(engine.deadline()).toBeLessThan(1100);
  });

  it('is not cast by a daemon that was late itself', () => {
    const engine = engineOf(B);
    run(engine, 0, 250);
    // Paused from 250 to 5000: the deadline of 500 comes late.
    const late = engine.step({ kind: 'deadlineReached' }, 5000);
    expect(late.map((output) => output.kind)).toEqual(['heartbeat']);
    run(engine, 5000, 5999);
    expect(engine.isSuspected(B)).toBe(false);
    run(engine, 5999, 6000);
    expect(engine.isSuspected(B)).toBe(true);
  });

  it('tells for the status page what it is based on', () => {
    const engine = engineOf(B, C);
    engine.step({ kind: 'heartbeat', from: B, hears: [A] }, 100);
    engine.step({ kind: 'superseded', peer: C }, 150);
    expect(engine.status(200)).toEqual([
      { daemon: B, suspected: null, heardMsAgo: 100, hearsUsMsAgo: 100 },
      { daemon: C, suspected: 'superseded', heardMsAgo: null, hearsUsMsAgo: 200 },
    ]);
  });
});

function suspect(peer: DaemonId, why: string) {
  return { kind: 'suspect', peer, why };
}

/** Serves every deadline up to `until`, each on time. */
function run(engine: LivenessEngine, from: number, until: number): void {
  for (let at = Math.max(from, engine.deadline()); at <= until; at = engine.deadline()) {
    engine.step({ kind: 'deadlineReached' }, at);
  }
}

it('serves its own deadline, however the sums of its times are rounded', () => {
  for (let i = 1; i < 2000; i += 1) {
    const start = i * 1e3 + i / 7;
    const engine = new LivenessEngine({ self: A, heartbeatMs: 300, suspectAfterMs: 1000 });
    engine.step({ kind: 'watch', peers: [{ daemon: B }] }, start);
    engine.step({ kind: 'heartbeat', from: B, hears: [A] }, start + 0.3);
    let now = start + 0.3;
    while (!engine.isSuspected(B)) {
      now = Math.max(now, engine.deadline());
      engine.step({ kind: 'deadlineReached' }, now);
      expect(engine.deadline()).toBeGreaterThan(now);
    }
  }
});
