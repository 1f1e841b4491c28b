import type { Link } from '@group-services/transport';
import { expect, it } from 'vitest';
import { Intake } from './intake.js';

/** A link that only remembers whether it is read. */
function fakeLink(): Link & { readonly isRead: () => boolean } {
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

it('ends a round early while inputs wait too long, and says for how long a link is not read', () => {
  let delayMs = 60;
  let now = 7;
  const intake = new Intake(
    () => ({ backlog: 20, delayMs }),
    () => now,
  );
  const link = fakeLink();
  const source = intake.add(link);
  expect(intake.unreadMs()).toBe(0);
  for (let input = 0; input < 20; input += 1) source.queued();
  expect(link.isRead()).toBe(false);
  now = 9;
  expect(intake.unreadMs()).toBe(2);
  intake.turnEnded();
  expect(link.isRead()).toBe(false);
  delayMs = 10;
  intake.turnEnded();
  expect(link.isRead()).toBe(true);
  expect(intake.unreadMs()).toBe(0);
});
