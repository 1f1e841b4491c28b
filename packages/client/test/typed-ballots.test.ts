import { describe, expect, it } from 'vitest';
import {
  approve,
  type Ballot,
  defineGroup,
  type GroupTypes,
  type InvalidArgumentError,
  type StandardSchema,
} from '../src/index.js';
import {
  ballotFrame,
  bytes,
  FakeDaemon,
  joinedProvider,
  snapshot,
  textOf,
  view,
} from './fake-daemon.js';

type AnyBallot = Ballot<GroupTypes>;

describe('B6: ballots of a typed group', () => {
  const count: StandardSchema<string, number> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        typeof value === 'string' ? { value: Number(value) } : { issues: [{ message: 'no text' }] },
    },
  };
  const tally = defineGroup({ name: 'tally', state: count, message: count });

  async function typed(answer: (ballot: AnyBallot) => unknown) {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const errors: Error[] = [];
    const ballots: AnyBallot[] = [];
    const joined = await joinedProvider(daemon, services, tally, {
      vote: (ballot) => {
        ballots.push(ballot);
        return answer(ballot);
      },
      onError: (error) => void errors.push(error),
      snapshot: snapshot({ stateValue: bytes('"1"') }),
    });
    return { daemon, services, errors, ballots, ...joined };
  }

  it('hold outputs and take inputs', async () => {
    const { daemon, ballots, provider, handle } = await typed(() =>
      approve({ stateValue: '4', message: '5' }),
    );
    daemon.send(
      { kind: 'rider', handle, protocol: '7.6', from: 'n1/a', payload: bytes('"3"') },
      ballotFrame(handle, {
        proposedStateValue: bytes(' "2"'),
        message: bytes('"9"'),
      }),
    );
    const vote = await daemon.next('vote');
    expect(textOf(vote.stateValue ?? bytes(''))).toBe('"4"');
    expect(textOf(vote.message ?? bytes(''))).toBe('"5"');
    expect(ballots[0]).toMatchObject({
      stateValue: 1,
      proposedStateValue: 2,
      message: 9,
      messages: [{ from: 'n1/a', message: 3 }],
    });
    const [seen] = ballots as [Ballot<GroupTypes>];
    void provider.changeState('1', { ifState: seen.proposedStateValue as number }).catch(() => {});
    expect((await daemon.next('propose')).proposed).toMatchObject({ ifState: bytes(' "2"') });
  });

  it('vote by default when a rider does not fit', async () => {
    const { daemon, errors, handle } = await typed(() => approve({ stateValue: 4 }));
    daemon.send(ballotFrame(handle));
    expect(await daemon.next('vote')).toMatchObject({ value: 'default' });
    expect(errors[0]).toMatchObject({ code: 'INVALID_ARGUMENT', argument: 'stateValue' });
  });

  it('leave out what does not fit, and tell its bytes', async () => {
    const { daemon, errors, ballots, handle } = await typed(() => 'approve');
    daemon.send(
      { kind: 'rider', handle, protocol: '7.6', from: 'n1/a', payload: bytes('5') },
      ballotFrame(handle, { proposedStateValue: bytes('7'), message: bytes('{') }),
    );
    await daemon.next('vote');
    expect(ballots[0]).toMatchObject({ stateValue: 1, messages: [] });
    expect(ballots[0]?.proposedStateValue).toBeUndefined();
    expect(ballots[0]?.message).toBeUndefined();
    expect(errors.map((error) => (error as InvalidArgumentError).bytes)).toEqual([
      bytes('7'),
      bytes('{'),
      bytes('5'),
    ]);
  });

  it('show the list as the group has it', async () => {
    const { daemon, ballots, provider, handle } = await typed(() => 'approve');
    daemon.send(ballotFrame(handle));
    await daemon.next('vote');
    expect(ballots[0]?.view).toBe(provider.view);
  });

  it('about a list that the provider does not have end the connection', async () => {
    const { daemon, services, handle } = await typed(() => 'approve');
    daemon.send(ballotFrame(handle, { fence: view(2, 6).fence }));
    await expect(services.closed).resolves.toMatchObject({ code: 'CONNECTION_LOST' });
  });
});
