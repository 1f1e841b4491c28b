import { describe, expect, it } from 'vitest';
import {
  all,
  bytes,
  change,
  FakeDaemon,
  joinedProvider,
  rejectedFrame,
  riderFrame as rider,
  snapshot,
  take,
  view,
} from './fake-daemon.js';

async function joined() {
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  const given = snapshot({ view: view(1, 5, 'n1/a', 'n2/b') });
  return {
    daemon,
    services,
    ...(await joinedProvider(daemon, services, 'g', { snapshot: given })),
  };
}

const protocol = { id: '7.6', kind: 'state', proposer: 'n1/a' } as const;
const voteAgainst = { code: 'voted', value: 'reject', provider: 'n2/b' } as const;

describe('M18: proposals carry their phases', () => {
  it('of a message that is voted on, a barrier, and all others', async () => {
    const { daemon, provider } = await joined();
    const limited = { phases: { exactly: 2 }, timeLimit: 70 } as const;
    const calls = [
      provider.send(bytes('m'), { phases: 'voting', delivery: 'safe' }),
      provider.barrier(),
      provider.barrier(limited),
      provider.changeState(bytes('v'), limited),
      provider.changeAttributes({ maxPhases: 3 }, limited),
      provider.expel(['n2/b'], limited),
      provider.leave(limited),
    ];
    for (const call of calls) call.catch(() => {});
    expect(await daemon.next('propose')).toMatchObject({
      phases: 'voting',
      proposed: { kind: 'voted-message', payload: bytes('m'), safe: true },
    });
    const barrier = await daemon.next('propose');
    expect(barrier).toMatchObject({ phases: 'voting', proposed: { kind: 'barrier' } });
    expect(barrier.timeLimit).toBeUndefined();
    for (const kind of ['barrier', 'state', 'attributes', 'expel', 'leave']) {
      expect(await daemon.next('propose')).toMatchObject({ ...limited, proposed: { kind } });
    }
  });
});

describe('an approved protocol', () => {
  it('ends in a result with phases, causes and the riders of its last phase', async () => {
    const { daemon, provider, handle } = await joined();
    const changing = provider.changeState(bytes('mine'), { phases: 'voting' });
    const { request } = await daemon.next('propose');
    const causes = [{ code: 'time-limit', value: 'approve', provider: 'n2/b' } as const];
    daemon.send(rider(handle), {
      kind: 'approved',
      handle,
      position: 8,
      protocol,
      phases: 2,
      request,
      causes,
      state: { value: bytes('theirs') },
    });
    const result = await changing;
    expect(result).toEqual({
      outcome: 'approved',
      kind: 'state',
      phases: 2,
      position: 8,
      causes,
      stateValue: bytes('theirs'),
      messages: [{ from: 'n2/b', message: bytes('why') }],
    });
    expect(result.messages[0]?.message.buffer.byteLength).toBe(3);
  });

  it('tells its events in order, at one position', async () => {
    const { daemon, provider, handle } = await joined();
    daemon.send(rider(handle, 'n2/b', '1'), rider(handle, 'n1/a', '2'), {
      kind: 'approved',
      handle,
      position: 8,
      protocol: { id: '7.6', kind: 'failure' },
      phases: 3,
      membership: change(2, 8, { left: [{ provider: 'n2/b', reason: 'leave' }] }),
      state: { value: bytes('v') },
    });
    const events = await take(provider[Symbol.asyncIterator](), 5);
    expect(events.map(({ type }) => type)).toEqual([
      'snapshot',
      'membership',
      'state',
      'message',
      'message',
    ]);
    for (const event of events.slice(1)) {
      expect(event).toMatchObject({ position: 8, protocol: { id: '7.6', kind: 'failure' } });
    }
    expect(events[3]).toMatchObject({ from: 'n2/b', message: bytes('1') });
    expect(events[4]).toMatchObject({ from: 'n1/a', message: bytes('2') });
  });

  it('of a message that was voted on gives the message before its riders', async () => {
    const { daemon, provider, handle } = await joined();
    const sending = provider.send(bytes('main'), { phases: 'voting' });
    const { request } = await daemon.next('propose');
    const message = { id: '7.6', kind: 'message', proposer: 'n1/a' } as const;
    daemon.send(rider(handle), {
      kind: 'approved',
      handle,
      position: 8,
      protocol: message,
      phases: 1,
      request,
      message: bytes('main'),
    });
    expect(await sending).toMatchObject({
      kind: 'message',
      phases: 1,
      messages: [{ from: 'n2/b', message: bytes('why') }],
    });
    const [, main, second] = await take(provider[Symbol.asyncIterator](), 3);
    expect(main).toMatchObject({ type: 'message', from: 'n1/a', message: bytes('main') });
    expect(second).toMatchObject({ type: 'message', from: 'n2/b', message: bytes('why') });
  });

  it('of a barrier is a barrier event, after its messages', async () => {
    const { daemon, provider, handle } = await joined();
    const meeting = provider.barrier();
    const { request } = await daemon.next('propose');
    const barrier = { id: '7.6', kind: 'barrier', proposer: 'n1/a' } as const;
    const end = { kind: 'approved', handle, position: 8, protocol: barrier, phases: 4 } as const;
    daemon.send(rider(handle), { ...end, request });
    expect(await meeting).toMatchObject({ outcome: 'approved', kind: 'barrier', phases: 4 });
    const events = await take(provider[Symbol.asyncIterator](), 3);
    expect(events.slice(1)).toMatchObject([
      { type: 'message', position: 8 },
      { type: 'barrier', group: 'g', position: 8, protocol: barrier, phases: 4 },
    ]);
  });

  it('forgets riders of another protocol', async () => {
    const { daemon, provider, handle } = await joined();
    daemon.send(rider(handle), {
      kind: 'approved',
      handle,
      position: 9,
      protocol: { id: '7.9', kind: 'barrier' },
      phases: 1,
    });
    const events = await take(provider[Symbol.asyncIterator](), 2);
    expect(events.map(({ type }) => type)).toEqual(['snapshot', 'barrier']);
  });
});

describe('a rejected protocol', () => {
  it('is a result and an event, and changes no field', async () => {
    const { daemon, provider, handle } = await joined();
    const changing = provider.changeState(bytes('mine'), { phases: 'voting' });
    const { request } = await daemon.next('propose');
    const proposedStateValue = bytes('mine');
    daemon.send(rider(handle), rejectedFrame(handle, { request, proposedStateValue }));
    expect(await changing).toEqual({
      outcome: 'rejected',
      kind: 'state',
      phases: 2,
      position: 8,
      causes: [voteAgainst],
      stateValue: undefined,
      messages: [{ from: 'n2/b', message: bytes('why') }],
    });
    expect(provider.stateValue).toBeUndefined();
    const [, message, rejected] = await take(provider[Symbol.asyncIterator](), 3);
    expect(message).toMatchObject({ type: 'message', from: 'n2/b', position: 8 });
    expect(rejected).toEqual({
      type: 'rejected',
      group: 'g',
      position: 8,
      protocol,
      kind: 'state',
      phases: 2,
      causes: [voteAgainst],
      joining: [],
      leaving: [],
      proposedStateValue,
    });
  });

  it('shows everybody who would have come and gone', async () => {
    const { daemon, provider, handle } = await joined();
    const leaving = [{ provider: 'n1/a', reason: 'leave', detail: 'bored' }] as const;
    daemon.send(rejectedFrame(handle, { joining: ['n3/c'], leaving: [...leaving] }));
    const [, event] = await take(provider[Symbol.asyncIterator](), 2);
    expect(event).toMatchObject({ type: 'rejected', joining: ['n3/c'], leaving });
    expect(event && 'message' in event).toBe(false);
  });

  it('M23: removes failed providers first, at the same position', async () => {
    const { daemon, provider, handle } = await joined();
    const leave = provider.leave({ phases: 1 });
    const { request } = await daemon.next('propose');
    daemon.send(
      rejectedFrame(handle, {
        request,
        protocol: { id: '7.6', kind: 'failure' },
        leaving: [{ provider: 'n1/a', reason: 'leave' }],
        membership: change(2, 8, { left: [{ provider: 'n2/b', reason: 'process-failure' }] }),
      }),
    );
    expect(await leave).toMatchObject({ outcome: 'rejected', kind: 'failure' });
    const events = await take(provider[Symbol.asyncIterator](), 3);
    expect(events.slice(1)).toMatchObject([
      { type: 'membership', position: 8, left: [{ provider: 'n2/b' }] },
      { type: 'rejected', position: 8, leaving: [{ provider: 'n1/a', reason: 'leave' }] },
    ]);
  });
});

describe('a leave', () => {
  it('that was voted on gives its result, and only `removed` as event', async () => {
    const { daemon, provider, handle } = await joined();
    const leaving = provider.leave({ phases: 'voting' });
    const { request } = await daemon.next('propose');
    const leave = { id: '7.6', kind: 'leave', proposer: 'n1/a' } as const;
    const causes = [{ code: 'default-vote', value: 'approve', provider: 'n2/b' } as const];
    daemon.send(rider(handle), {
      kind: 'removed',
      handle,
      position: 8,
      protocol: leave,
      reason: 'leave',
      request,
      phases: 2,
      causes,
      stateValue: bytes('after'),
    });
    expect(await leaving).toEqual({
      outcome: 'approved',
      kind: 'leave',
      phases: 2,
      position: 8,
      causes,
      stateValue: bytes('after'),
      messages: [{ from: 'n2/b', message: bytes('why') }],
    });
    const events = await all(provider);
    expect(events.map(({ type }) => type)).toEqual(['snapshot', 'removed']);
    expect(events[1]).toMatchObject({ position: 8, protocol: leave });
    expect(provider.stateValue).toBeUndefined();
  });
});

describe('an announcement', () => {
  it('is an event with its own position and no protocol', async () => {
    const { daemon, provider, handle } = await joined();
    const providers = ['n2/b'];
    daemon.send({ kind: 'announcement', handle, position: 9, code: 'unresponsive', providers });
    const [, event] = await take(provider[Symbol.asyncIterator](), 2);
    const code = 'unresponsive';
    expect(event).toEqual({ type: 'announcement', group: 'g', position: 9, code, providers });
  });
});
