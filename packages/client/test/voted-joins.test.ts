import { describe, expect, it } from 'vitest';
import { AbortedError, RejectedError } from '../src/index.js';
import {
  ballotFrame,
  bytes,
  FakeDaemon,
  joinedFrame,
  joinersBallot,
  rejectedFrame,
  riderFrame as rider,
  snapshot,
  take,
} from './fake-daemon.js';

const protocol = { id: '7.6', kind: 'state', proposer: 'n1/a' } as const;
const voteAgainst = { code: 'voted', value: 'reject', provider: 'n2/b' } as const;

describe('M22: a join that is voted on', () => {
  async function joining(options: { readonly signal?: AbortSignal } = {}) {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const phases: number[] = [];
    const vote = ({ phase }: { readonly phase: number }) => {
      phases.push(phase);
      return 'continue' as const;
    };
    const promise = services.join('g', { ...options, vote });
    const join = await daemon.next('join');
    const protocolOfJoin = { id: '7.6', kind: 'join', proposer: 'n1/a' } as const;
    return { daemon, services, promise, join, phases, protocolOfJoin };
  }

  it('asks the joiner before it is a provider, and goes on asking afterwards', async () => {
    const { daemon, promise, join, phases } = await joining();
    const { handle } = join;
    daemon.send(joinersBallot(handle, 1, bytes('v')));
    expect(await daemon.next('vote')).toMatchObject({ handle, phase: 1, value: 'continue' });
    daemon.send(joinersBallot(handle, 2));
    await daemon.next('vote');
    daemon.send(joinedFrame(join));
    await promise;
    daemon.send(ballotFrame(handle, { protocol: { id: '7.7', kind: 'barrier' }, phase: 9 }));
    await daemon.next('vote');
    expect(phases).toEqual([1, 2, 9]);
  });

  it('begins with the state before it; riders follow at the same position', async () => {
    const { daemon, promise, join, protocolOfJoin } = await joining();
    const { handle } = join;
    daemon.send(joinersBallot(handle));
    await daemon.next('vote');
    const given = snapshot({ position: 8, protocol: protocolOfJoin, stateValue: bytes('old') });
    daemon.send(joinedFrame(join, given), rider(handle), {
      kind: 'approved',
      handle,
      position: 8,
      protocol: protocolOfJoin,
      phases: 1,
      state: { value: bytes('new') },
    });
    const provider = await promise;
    const events = await take(provider[Symbol.asyncIterator](), 3);
    expect(events).toMatchObject([
      { type: 'snapshot', position: 8, stateValue: bytes('old') },
      { type: 'state', position: 8, stateValue: bytes('new'), previous: bytes('old') },
      { type: 'message', position: 8, from: 'n2/b', message: bytes('why') },
    ]);
  });

  it('rejects with the result when it is voted down', async () => {
    const { daemon, services, promise, join, protocolOfJoin } = await joining();
    const { handle, request } = join;
    daemon.send(
      joinersBallot(handle, 1, bytes('v')),
      rider(handle),
      rejectedFrame(handle, { request, protocol: protocolOfJoin, joining: ['n1/a'] }),
    );
    const error = await promise.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RejectedError);
    expect(error).toMatchObject({
      code: 'REJECTED',
      message: expect.stringContaining('n2/b'),
      result: {
        outcome: 'rejected',
        kind: 'join',
        phases: 2,
        position: 8,
        causes: [voteAgainst],
        stateValue: bytes('v'),
        messages: [{ from: 'n2/b', message: bytes('why') }],
      },
    });
    await daemon.handled(services);
    expect(daemon.inbox).toEqual([]);
  });

  it('learns the state from the rejection when it was not asked', async () => {
    const { daemon, promise, join } = await joining();
    const { handle, request } = join;
    daemon.send(rejectedFrame(handle, { request, stateValue: bytes('v') }));
    await expect(promise).rejects.toMatchObject({ result: { stateValue: bytes('v') } });
  });

  it('that started gives its result in spite of its signal', async () => {
    const controller = new AbortController();
    const first = await joining({ signal: controller.signal });
    first.daemon.send(joinersBallot(first.join.handle));
    await first.daemon.next('vote');
    controller.abort();
    await first.daemon.next('withdraw');
    const { request, handle } = first.join;
    first.daemon.send(rejectedFrame(handle, { request }));
    await expect(first.promise).rejects.toBeInstanceOf(RejectedError);
  });

  it('that started and is approved in spite of its signal says goodbye', async () => {
    const controller = new AbortController();
    const { daemon, services, promise, join } = await joining({
      signal: controller.signal,
    });
    daemon.send(joinersBallot(join.handle));
    await daemon.next('vote');
    controller.abort();
    await daemon.next('withdraw');
    daemon.send(joinedFrame(join), {
      kind: 'approved',
      handle: join.handle,
      position: 9,
      protocol,
      phases: 0,
      state: { value: bytes('later') },
    });
    daemon.done(await daemon.next('goodbye'));
    await expect(promise).rejects.toBeInstanceOf(AbortedError);
    await daemon.handled(services);
  });
});
