import {
  approve,
  type Ballot,
  type GroupAttributes,
  keepVoting,
  RejectedError,
  type VoteHandler,
} from '@group-services/client';
import { describe, expect } from 'vitest';
import type { TestDomain } from './harness/domain.js';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes, join } from './harness/watched.js';

/** Long enough that all requests of a moment fall into it on a busy machine. */
const WINDOW_MS = 1_500;

/** A group whose first provider, on n1, watches joins and departures of three others on n2. */
async function watchedBatch(
  domain: TestDomain,
  batch: GroupAttributes['batch'],
): Promise<{ readonly joined: readonly number[]; readonly left: readonly number[] }> {
  const group = `batch-${batch}`;
  const attributes = { batch, batchWindow: WINDOW_MS };
  const watcher = await join(await domain.connect('n1'), group, { attributes });
  const services = await domain.connect('n2');
  const others = await Promise.all([1, 2, 3].map(() => services.join(group)));
  await eventually('all are in', () => watcher.list.length === 4);
  await Promise.all(others.map((provider) => provider.goodbye()));
  await eventually('they are out', () => watcher.list.length === 1);
  const events = watcher.of('membership');
  return {
    joined: events.map((event) => event.joined.length).filter((count) => count > 0),
    left: events.map((event) => event.left.length).filter((count) => count > 0),
  };
}

describe('batch', () => {
  test('M27: none runs a protocol for each join and each departure', async ({ domain }) => {
    expect(await watchedBatch(domain, 'none')).toEqual({ joined: [1, 1, 1], left: [1, 1, 1] });
  });

  test('M27: departures collects those only', async ({ domain }) => {
    expect(await watchedBatch(domain, 'departures')).toEqual({ joined: [1, 1, 1], left: [3] });
  });

  test('M27: both collects each sort', async ({ domain }) => {
    expect(await watchedBatch(domain, 'both')).toEqual({ joined: [3], left: [3] });
  });
});

test('M26: contention drop refuses what comes while another proposal is voted on', async ({
  domain,
}) => {
  let isAsked = false;
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const vote: VoteHandler = async () => {
    isAsked = true;
    await released;
    return approve();
  };
  const attributes = { contention: 'drop' } as const;
  const voter = await join(await domain.connect('n1'), 'drop', { attributes, vote });
  const other = await join(await domain.connect('n2'), 'drop');
  const running = other.handle.changeState(bytes('first'), { phases: 'voting' });
  await eventually('a vote is asked for', () => isAsked);
  const dropped = other.handle.send(bytes('too soon'));
  await expect(dropped).rejects.toMatchObject({ code: 'COLLISION' });
  release();
  expect((await running).outcome).toBe('approved');
  expect((await voter.handle.send(bytes('now'))).outcome).toBe('approved');
  await other.next('message');
  expect(other.texts).toEqual(['now']);
});

describe('a fixed number of phases', () => {
  test('M18: of joins: continuing before the last approves, in the last it rejects', async ({
    domain,
  }) => {
    const phases: number[] = [];
    let stubborn = false;
    const vote = ({ phase }: Ballot): ReturnType<VoteHandler> => {
      phases.push(phase);
      return stubborn || phase < 3 ? keepVoting() : 'approve';
    };
    const attributes = { joinPhases: { exactly: 3 } } as const;
    const voter = await join(await domain.connect('n1'), 'exactly', { attributes, vote });
    const services = await domain.connect('n2');
    await services.join('exactly', { vote: () => 'approve' });
    expect(phases.splice(0)).toEqual([1, 2, 3]);
    stubborn = true;
    const error: unknown = await services.join('exactly').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RejectedError);
    const { phases: count, causes } = (error as RejectedError).result;
    expect(count).toBe(3);
    expect(causes).toEqual([{ code: 'max-phases', value: 'reject' }]);
    expect(voter.list).toHaveLength(2);
  });

  test('M18: of failures: everybody sees each, and the failed one goes whatever they say', async ({
    domain,
  }) => {
    const seen: string[] = [];
    const vote = ({ phase, leaving }: Ballot): ReturnType<VoteHandler> => {
      seen.push(...leaving.map(({ provider }) => `${phase} ${provider}`));
      return phase === 2 ? 'reject' : 'approve';
    };
    const attributes = { failurePhases: { exactly: 2 } } as const;
    const voter = await join(await domain.connect('n1'), 'failing', { attributes, vote });
    const failing = await (await domain.connect('n2')).join('failing', { instance: 'f' });
    await failing.goodbye();
    const { left } = await voter.next('membership', (event) => event.left.length > 0);
    expect(left.map(({ provider }) => provider)).toEqual(['n2/f']);
    expect(seen).toEqual(['1 n2/f', '2 n2/f']);
    expect((await voter.next('rejected')).position).toBe(voter.of('membership').at(-1)?.position);
  });
});
