import type { GroupName } from '@group-services/core';
import type { DaemonInput } from '@group-services/daemon-engine';
import type { ToClient } from '@group-services/wire';
import { expect, it, vi } from 'vitest';
import { OperatorDesk } from './operator-desk.js';

const GROUP = 'billing' as GroupName;
const RESET = { kind: 'reset', group: GROUP } as const;
const DONE: ToClient = { kind: 'done', request: 1 };

/** A desk, and what it has told the engine. */
function openDesk() {
  const told: DaemonInput[] = [];
  const desk = new OperatorDesk((input) => void told.push(input));
  const clientOf = (at: number): number => {
    const input = told.filter(({ kind }) => kind === 'clientOpened')[at];
    return input?.kind === 'clientOpened' ? input.client : 0;
  };
  return { desk, told, clientOf };
}

it('says a wish as somebody without a connection, and is gone with the answer', async () => {
  const { desk, told, clientOf } = openDesk();
  const asked = desk.ask('ann', RESET);
  const client = clientOf(0);
  expect(told).toEqual([
    { kind: 'clientOpened', client, name: 'ann', isOperator: true },
    { kind: 'fromClient', client, message: { ...RESET, request: 1 } },
  ]);
  expect(desk.received(client, { kind: 'ping', n: 1 })).toBe(true);
  expect(desk.received(7, DONE)).toBe(false);
  expect(desk.received(client, DONE)).toBe(true);
  expect(await asked).toEqual({ kind: 'answered', answer: DONE });
  expect(told.at(-1)).toEqual({ kind: 'clientClosed', client });
});

it('proposes only to a group that it could look at', async () => {
  const { desk, told, clientOf } = openDesk();
  const barrier = { kind: 'operate', phases: 'voting', proposed: { kind: 'barrier' } } as const;
  const asked = desk.propose('ann', GROUP, barrier);
  const refused = { kind: 'refused', request: 1, code: 'UNKNOWN_GROUP', text: 'no' } as const;
  desk.received(clientOf(0), refused);
  expect(await asked).toEqual({ kind: 'answered', answer: refused });
  expect(told.filter(({ kind }) => kind === 'fromClient')).toHaveLength(1);
});

it('does not keep people waiting for what takes long, and hears its end', async () => {
  vi.useFakeTimers();
  try {
    const { desk, told, clientOf } = openDesk();
    const asked = desk.ask('ann', RESET);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await asked).toEqual({ kind: 'open' });
    expect(told.some(({ kind }) => kind === 'clientClosed')).toBe(false);
    desk.received(clientOf(0), DONE);
    await vi.advanceTimersByTimeAsync(0);
    expect(told.at(-1)).toMatchObject({ kind: 'clientClosed' });
  } finally {
    vi.useRealTimers();
  }
});

it('is bounded, and answers all when the engine ends', async () => {
  const { desk, clientOf } = openDesk();
  const asked = Array.from({ length: 64 }, () => desk.ask('ann', RESET));
  expect(await desk.ask('ann', RESET)).toEqual({ kind: 'busy' });
  desk.ended(clientOf(0));
  expect(await asked[0]).toEqual({ kind: 'ended' });
  desk.close();
  const answers = await Promise.all(asked);
  expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['ended']));
});
