import { describe, expect, it } from 'vitest';
import {
  approve,
  type Ballot,
  type GroupTypes,
  InvalidArgumentError,
  keepVoting,
  reject,
  VoteNotExpectedError,
} from '../src/index.js';
import {
  ballotFrame,
  bytes,
  FakeDaemon,
  joinedProvider,
  type MoreOfJoin,
  rejectedFrame,
} from './fake-daemon.js';

type AnyBallot = Ballot<GroupTypes>;

/** A provider whose handler answers what the test says, and the ballots it was asked with. */
async function voter(answer: (ballot: AnyBallot) => unknown, more: MoreOfJoin = {}) {
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  const errors: Error[] = [];
  const ballots: AnyBallot[] = [];
  const vote = (ballot: AnyBallot): unknown => {
    ballots.push(ballot);
    return answer(ballot);
  };
  const onError = (error: Error): void => void errors.push(error);
  const joined = await joinedProvider(daemon, services, 'g', { vote, onError, ...more });
  return { daemon, services, errors, ballots, ...joined };
}

const approved = (handle: number, position = 6) =>
  ({
    kind: 'approved',
    handle,
    position,
    protocol: { id: `7.${position}`, kind: 'state', proposer: 'n1/a' },
    phases: 1,
  }) as const;

describe('M19: a ballot', () => {
  it('shows the whole proposal, and the vote names it', async () => {
    const { daemon, ballots, handle } = await voter(() => 'approve');
    daemon.send(
      { kind: 'rider', handle, protocol: '7.6', from: 'n2/b', payload: bytes('hint') },
      ballotFrame(handle, {
        protocol: { id: '7.6', kind: 'failure' },
        phase: 2,
        joining: ['n3/c'],
        leaving: [{ provider: 'n2/b', reason: 'leave', detail: 'bored' }],
        proposedStateValue: bytes('next'),
        message: bytes('hello'),
        causes: [{ code: 'voted', value: 'continue', provider: 'n2/b' }],
        defaultVote: 'approve',
        timeLeft: 250,
      }),
    );
    expect(await daemon.next('vote')).toEqual({
      kind: 'vote',
      handle,
      protocol: '7.6',
      phase: 2,
      value: 'approve',
    });
    const [ballot] = ballots;
    expect(ballot).toEqual({
      protocol: { id: '7.6', kind: 'failure' },
      phase: 2,
      view: {
        group: 'g',
        version: 1,
        fence: '0000000000000007-0000000000000005',
        providers: ['n1/a'],
        labels: {},
      },
      joining: ['n3/c'],
      leaving: [{ provider: 'n2/b', reason: 'leave', detail: 'bored' }],
      stateValue: undefined,
      proposedStateValue: bytes('next'),
      message: bytes('hello'),
      messages: [{ from: 'n2/b', message: bytes('hint') }],
      causes: [{ code: 'voted', value: 'continue', provider: 'n2/b' }],
      defaultVote: 'approve',
      timeLeft: 250,
      signal: expect.any(AbortSignal),
    });
  });

  it('is immutable, holds copies, and leaves out what there is not', async () => {
    const { daemon, ballots, handle } = await voter(() => 'approve');
    daemon.send(ballotFrame(handle, { proposedStateValue: bytes('v'), joining: ['n2/b'] }));
    await daemon.next('vote');
    const [ballot] = ballots as [AnyBallot];
    for (const part of [
      ballot,
      ballot.protocol,
      ballot.view,
      ballot.joining,
      ballot.leaving,
      ballot.messages,
      ballot.causes,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    const value = ballot.proposedStateValue as Uint8Array;
    expect(value.buffer.byteLength).toBe(value.length);
    for (const absent of ['message', 'attributes', 'timeLeft'])
      expect(absent in ballot).toBe(false);
  });

  it('is approved when there is no handler', async () => {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const { handle } = await joinedProvider(daemon, services);
    daemon.send(ballotFrame(handle));
    expect(await daemon.next('vote')).toMatchObject({ value: 'approve', phase: 1 });
  });

  it('is asked after all that came before has been handed out', async () => {
    const order: string[] = [];
    const { daemon, provider, handle } = await voter(() => {
      order.push('asked');
      return 'approve';
    });
    const reading = (async () => {
      for await (const event of provider) order.push(event.type);
    })();
    const changing = provider.changeState(bytes('x')).then(() => order.push('settled'));
    const { request } = await daemon.next('propose');
    daemon.send(
      { ...approved(handle), request, state: { value: bytes('x') } },
      ballotFrame(handle, { protocol: { id: '7.7', kind: 'barrier' } }),
    );
    await daemon.next('vote');
    await changing;
    expect(order.slice(0, 3).sort()).toEqual(['settled', 'snapshot', 'state']);
    expect(order[3]).toBe('asked');
    daemon.send({ kind: 'removed', handle, position: 9, reason: 'expel' });
    await reading;
  });

  it('that is over before it could be asked is not asked', async () => {
    const { daemon, services, ballots, errors, handle } = await voter(() => 'approve');
    daemon.send(ballotFrame(handle), approved(handle));
    await daemon.handled(services);
    expect(ballots).toEqual([]);
    expect(errors).toEqual([]);
    expect(daemon.inbox).toEqual([]);
  });
});

describe('M20: riders of a vote', () => {
  it('are sent along', async () => {
    const { daemon, handle } = await voter(() =>
      keepVoting({ stateValue: bytes('v2'), message: bytes('m'), defaultVote: 'approve' }),
    );
    daemon.send(ballotFrame(handle));
    expect(await daemon.next('vote')).toMatchObject({
      value: 'continue',
      stateValue: bytes('v2'),
      message: bytes('m'),
      defaultVote: 'approve',
    });
  });

  it('of a vote to reject hold no state value', async () => {
    const { daemon, handle } = await voter(() =>
      reject({ stateValue: bytes('v2'), message: bytes('m') }),
    );
    daemon.send(ballotFrame(handle));
    const vote = await daemon.next('vote');
    expect(vote).toMatchObject({ value: 'reject', message: bytes('m') });
    expect(vote.stateValue).toBeUndefined();
  });

  it('show in the next ballot only, in their order', async () => {
    const { daemon, ballots, handle } = await voter(() => 'continue');
    const rider = (from: string) =>
      ({ kind: 'rider', handle, protocol: '7.6', from, payload: bytes(from) }) as const;
    daemon.send(rider('n2/b'), rider('n1/a'), ballotFrame(handle, { phase: 2 }));
    await daemon.next('vote');
    daemon.send(ballotFrame(handle, { phase: 3 }));
    await daemon.next('vote');
    const senders = ballots.map(({ messages }) => messages.map(({ from }) => from));
    expect(senders).toEqual([['n2/b', 'n1/a'], []]);
  });
});

describe('a vote handler', () => {
  it('that throws or rejects votes by default, and the error is told', async () => {
    const { daemon, errors, handle } = await voter(({ phase }) => {
      if (phase === 1) throw new Error('thrown');
      return Promise.reject(new Error('rejected'));
    });
    daemon.send(ballotFrame(handle));
    expect(await daemon.next('vote')).toMatchObject({ phase: 1, value: 'default' });
    daemon.send(ballotFrame(handle, { phase: 2 }));
    expect(await daemon.next('vote')).toMatchObject({ phase: 2, value: 'default' });
    expect(errors.map(({ message }) => message)).toEqual(['thrown', 'rejected']);
  });

  it.each([
    ['nothing', undefined, 'vote'],
    ['an unknown text', 'yes', 'vote'],
    ['the value of the wire', 'default', 'vote'],
    ['an object without value', {}, 'vote'],
    ['a value that is none', { value: 'maybe' }, 'vote'],
    ['a default vote that is none', { value: 'approve', defaultVote: 'continue' }, 'defaultVote'],
    ['a state value that is no bytes', approve({ stateValue: 'text' }), 'stateValue'],
    ['a message that is no bytes', approve({ message: 1 }), 'message'],
    ['a large state value', approve({ stateValue: new Uint8Array(65_537) }), 'stateValue'],
    ['a large message', approve({ message: new Uint8Array(1024 * 1024 + 1) }), 'message'],
  ])('that returns %s votes by default', async (_what, returned, argument) => {
    const { daemon, errors, handle } = await voter(() => returned);
    daemon.send(ballotFrame(handle));
    expect(await daemon.next('vote')).toEqual({
      kind: 'vote',
      handle,
      protocol: '7.6',
      phase: 1,
      value: 'default',
    });
    expect(errors).toEqual([expect.any(InvalidArgumentError)]);
    expect(errors[0]).toMatchObject({ argument });
  });

  it('that returns after its phase is told so, and the next one was asked meanwhile', async () => {
    let resolveLate = (_vote: string): void => {};
    const late = new Promise<string>((resolve) => {
      resolveLate = resolve;
    });
    const { daemon, services, errors, ballots, handle } = await voter(({ phase }) =>
      phase === 1 ? late : 'approve',
    );
    daemon.send(ballotFrame(handle));
    await daemon.handled(services);
    daemon.send(ballotFrame(handle, { phase: 2 }));
    expect(await daemon.next('vote')).toMatchObject({ phase: 2 });
    resolveLate('approve');
    await daemon.handled(services);
    expect(errors).toEqual([expect.any(VoteNotExpectedError)]);
    expect(errors[0]).toMatchObject({
      code: 'VOTE_NOT_EXPECTED',
      protocol: { id: '7.6', kind: 'state', proposer: 'n1/a' },
      phase: 1,
    });
    expect(ballots.map(({ phase }) => phase)).toEqual([1, 2]);
    expect(daemon.inbox).toEqual([]);
  });

  it('hears from the daemon that its vote came too late', async () => {
    const { daemon, services, errors, handle } = await voter(() => 'approve');
    daemon.send(ballotFrame(handle));
    await daemon.next('vote');
    const late = { kind: 'vote-not-expected', handle, protocol: '7.6', phase: 1 } as const;
    daemon.send(late, { ...late, protocol: '7.99' });
    await daemon.handled(services);
    expect(errors).toEqual([expect.any(VoteNotExpectedError)]);
  });

  it('is warned of by the process when nobody listens to its errors', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const vote = (): unknown => {
      throw new Error('nobody listens');
    };
    const { handle } = await joinedProvider(daemon, services, 'g', { vote });
    daemon.send(ballotFrame(handle));
    expect((await warned).message).toBe('nobody listens');
  });
});

describe('the signal of a ballot', () => {
  it.each([
    ['the next phase', (handle: number) => ballotFrame(handle, { phase: 2 })],
    ['approval', (handle: number) => approved(handle)],
    ['rejection', (handle: number) => rejectedFrame(handle)],
    [
      'removal',
      (handle: number) => ({ kind: 'removed', handle, position: 9, reason: 'expel' }) as const,
    ],
  ])('aborts with %s', async (_what, frame) => {
    const { daemon, services, errors, ballots, handle } = await voter(
      ({ signal }) =>
        new Promise((_resolve, fail) => {
          signal.addEventListener('abort', () => fail(signal.reason));
        }),
    );
    daemon.send(ballotFrame(handle));
    await daemon.handled(services);
    expect(ballots[0]?.signal.aborted).toBe(false);
    daemon.send(frame(handle));
    await daemon.handled(services);
    expect(ballots[0]?.signal.aborted).toBe(true);
    expect(errors[0]).toBeInstanceOf(VoteNotExpectedError);
    expect(daemon.inbox).toEqual([]);
  });

  it('has aborted when it is asked for only after the phase', async () => {
    const { daemon, services, ballots, handle } = await voter(() => 'approve');
    daemon.send(ballotFrame(handle));
    await daemon.next('vote');
    daemon.send(approved(handle));
    await daemon.handled(services);
    const [ballot] = ballots;
    expect(ballot?.signal.aborted).toBe(true);
    expect(ballot?.signal.reason).toBeInstanceOf(VoteNotExpectedError);
    expect(ballot?.signal).toBe(ballot?.signal);
  });

  it('aborts with goodbye and with the connection', async () => {
    const { daemon, services, provider, ballots, handle } = await voter(
      () => new Promise(() => {}),
    );
    daemon.send(ballotFrame(handle));
    await daemon.handled(services);
    const leaving = provider.goodbye();
    expect(ballots[0]?.signal.aborted).toBe(true);
    daemon.send(ballotFrame(handle, { phase: 2 }));
    daemon.done(await daemon.next('goodbye'));
    await leaving;
    expect(ballots).toHaveLength(1);

    const other = await voter(() => new Promise(() => {}));
    other.daemon.send(ballotFrame(other.handle));
    await other.daemon.handled(other.services);
    other.daemon.die();
    await other.services.closed;
    expect(other.ballots[0]?.signal.aborted).toBe(true);
  });
});
