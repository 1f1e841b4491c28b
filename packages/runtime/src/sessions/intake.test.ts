import { daemonId, type NodeName } from '@group-services/core';
import type { Link } from '@group-services/transport';
import { describe, expect, it } from 'vitest';
import { Intake } from './intake.js';

/** A link that only remembers whether it is read. */
function fakeLink(): Link & { receivedBytes: number; readonly isRead: () => boolean } {
  let read = true;
  return {
    local: 'memory://a',
    remote: 'memory://b',
    bufferedBytes: 0,
    receivedBytes: 0,
    send: () => true,
    pause: () => {
      read = false;
    },
    resume: () => {
      read = true;
    },
    setFrameLimit: () => {},
    close: () => {},
    closeWith: () => {},
    abort: () => {},
    isRead: () => read,
  };
}

it('stops reading a busy link after its share of a round, and no other', () => {
  const intake = new Intake(() => ({ backlog: 1_000, delayMs: 0 }));
  const busy = fakeLink();
  const quiet = fakeLink();
  const source = intake.add(busy);
  intake.add(quiet);
  for (let input = 0; input < 1_024 && busy.isRead(); input += 1) source.queued();
  expect(busy.isRead()).toBe(false);
  expect(quiet.isRead()).toBe(true);
});

it('reads everybody again when the engine has caught up, and not before', () => {
  let backlog = 1_000;
  const intake = new Intake(() => ({ backlog, delayMs: 0 }));
  const link = fakeLink();
  const source = intake.add(link);
  for (let input = 0; input < 1_024; input += 1) source.queued();
  intake.turnEnded();
  expect(link.isRead()).toBe(false);
  backlog = 0;
  intake.turnEnded();
  expect(link.isRead()).toBe(true);
});

it('forgets a link that has closed', () => {
  const intake = new Intake(() => ({ backlog: 0, delayMs: 0 }));
  const link = fakeLink();
  const source = intake.add(link);
  for (let input = 0; input < 1_024; input += 1) source.queued();
  source.remove();
  intake.turnEnded();
  expect(link.isRead()).toBe(false);
});

it('ends a round early while inputs wait too long', () => {
  let delayMs = 60;
  const intake = new Intake(() => ({ backlog: 20, delayMs }));
  const link = fakeLink();
  const source = intake.add(link);
  for (let input = 0; input < 20; input += 1) source.queued();
  expect(link.isRead()).toBe(false);
  intake.turnEnded();
  expect(link.isRead()).toBe(false);
  delayMs = 10;
  intake.turnEnded();
  expect(link.isRead()).toBe(true);
});

describe('what may be unread', () => {
  const peer = daemonId('n2' as NodeName, 1);

  function setUp() {
    const at = { delayMs: 0, now: 0 };
    const intake = new Intake(
      () => ({ backlog: 0, delayMs: at.delayMs }),
      () => at.now,
    );
    const link = fakeLink();
    const source = intake.add(link, peer);
    const turn = (now: number, bytes: number, frames = 1): number | undefined => {
      at.now = now;
      for (let frame = 0; frame < frames; frame += 1) {
        link.receivedBytes += bytes / frames;
        source.queued();
      }
      const age = intake.unread()?.get(peer);
      intake.turnEnded();
      return age;
    };
    return { at, intake, source, turn };
  }

  it('is nothing while links bring little', () => {
    const { intake, turn } = setUp();
    for (let now = 0; now < 100; now += 10) expect(turn(now, 10_000, 10)).toBeUndefined();
    expect(intake.unread()).toBeUndefined();
  });

  it('is what came after the last turn that found a link empty, while it brings much', () => {
    const { at, turn } = setUp();
    turn(0, 0);
    turn(10, 0);
    // Since the end of the turn before the last one.
    expect(turn(20, 64 * 1024)).toBe(20);
    expect(turn(30, 64 * 1024)).toBe(30);
    // It is not read, for a moment it is, and it is not again: what lies there is as old as before.
    at.delayMs = 60;
    expect(turn(50, 20, 20)).toBe(50);
    at.delayMs = 0;
    expect(turn(70, 0, 0)).toBe(70);
    at.delayMs = 60;
    expect(turn(80, 20, 20)).toBe(80);
    at.delayMs = 0;
    turn(90, 0, 0);
    turn(100, 20);
    expect(turn(110, 20)).toBe(110);
    expect(turn(120, 20)).toBeUndefined();
  });

  it('is nothing by links whose words have no age, or that are closed', () => {
    const { intake, source, turn } = setUp();
    turn(10, 64 * 1024);
    source.remove();
    expect(intake.unread()).toBeUndefined();
    const client = fakeLink();
    const other = intake.add(client);
    client.receivedBytes = 1_000_000;
    other.queued();
    expect(intake.unread()).toBeUndefined();
  });
});
