import type { DaemonInput } from '@group-services/daemon-engine';
import { createLogger } from '@group-services/runtime';
import type { Link } from '@group-services/transport';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ClientPace, type PacedLink } from './client-pace.js';

const MARK = 1024 * 1024;
const SECOND = 1_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A process whose connection has so many bytes queued as the test says. */
function processWith(slowAfterMs = 10 * SECOND) {
  const told: boolean[] = [];
  const ended: string[] = [];
  const links = new Map<number, PacedLink>();
  const pace = new ClientPace(
    {
      pace: {
        pressureMarkBytes: MARK,
        stoppedAfterMs: SECOND,
        slowAfterMs,
        bufferBytesMax: 16 * MARK,
      },
      enqueue: (input: DaemonInput) => void (input.kind === 'pressure' && told.push(input.pressed)),
      logger: createLogger({ name: 'gsd', pretty: false, destination: { write: () => {} } }),
    },
    {
      links,
      nameOf: () => 'tester',
      tooSlow: (client, _open, why) => {
        links.delete(client);
        ended.push(why);
      },
    },
  );
  const socket = { bufferedBytes: 0 };
  const open = pace.add(socket as unknown as Link);
  links.set(1, open);
  const write = (bytes: number): void => {
    const before = socket.bufferedBytes;
    socket.bufferedBytes += bytes;
    pace.wrote(1, open, { handle: 1, before });
  };
  return { told, ended, write, socket, links, pace };
}

test('B4: who has read what pressed is found out at once, although nothing more is written', () => {
  const { told, write, socket } = processWith();
  write(MARK + 1);
  expect(told).toEqual([true]);
  socket.bufferedBytes = 0;
  // A turn of the event loop or two: the group stands still until it is found out.
  vi.advanceTimersByTime(5);
  expect(told).toEqual([true, false]);
  // Nobody is watched any more.
  expect(vi.getTimerCount()).toBe(0);
});

test('B4: the connection says itself when a process presses no more, and nobody waits for a timer', () => {
  const { told, write, socket, pace, links } = processWith();
  pace.drained(1);
  write(MARK + 1);
  socket.bufferedBytes = MARK / 2 + 1;
  pace.drained(1);
  expect(told).toEqual([true]);
  socket.bufferedBytes = MARK / 2;
  pace.drained(1);
  expect(told).toEqual([true, false]);
  vi.advanceTimersByTime(50);
  expect(vi.getTimerCount()).toBe(0);
  write(MARK);
  links.delete(1);
  socket.bufferedBytes = 0;
  pace.drained(1);
  expect(told).toEqual([true, false, true]);
});

test('B4: who stops presses no more, and is looked at until it has to go', () => {
  const { told, ended, write } = processWith();
  write(MARK + 1);
  vi.advanceTimersByTime(2 * SECOND);
  expect(told).toEqual([true, false]);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(10 * SECOND);
  expect(ended).toEqual([expect.stringContaining('slower than its groups')]);
  expect(vi.getTimerCount()).toBe(0);
});

test('B4: a connection that is gone is watched no longer', () => {
  const { told, write, links } = processWith();
  write(MARK + 1);
  links.clear();
  vi.advanceTimersByTime(100);
  expect(told).toEqual([true]);
  expect(vi.getTimerCount()).toBe(0);
});
