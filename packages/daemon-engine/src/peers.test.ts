import { type DaemonId, daemonId, type NodeName } from '@group-services/core';
import { expect, it } from 'vitest';
import { DEFAULT_DAEMON_OPTIONS } from './options.js';
import { Peers } from './peers.js';
import { Shared } from './shared.js';

function daemon(name: string): DaemonId {
  return daemonId(name as NodeName, 1);
}

function makePeers(): Peers {
  const identity = { node: 'self' as NodeName, incarnation: 1, address: 'here' };
  const shared = new Shared({ ...DEFAULT_DAEMON_OPTIONS, ...identity });
  return new Peers(shared, {
    suspected: () => undefined,
    alive: () => undefined,
    unwatched: () => undefined,
    drained: () => undefined,
  });
}

it('keeps the addresses of new members, however many others it was told', () => {
  for (const strangers of [9_998, 9_999, 10_000, 10_001]) {
    const peers = makePeers();
    for (let i = 0; i < strangers; i += 1) peers.learnAddress(daemon(`s${i}`), 'there');
    peers.watch(
      new Map([
        [daemon('a'), 'at a'],
        [daemon('b'), 'at b'],
        [daemon('c'), 'at c'],
      ]),
    );
    expect(['a', 'b', 'c'].map((name) => peers.addressOf(daemon(name)))).toEqual([
      'at a',
      'at b',
      'at c',
    ]);
  }
});

it('forgets strangers, but not whom it watches, when it remembers too many', () => {
  const peers = makePeers();
  peers.watch(new Map([[daemon('a'), 'at a']]));
  for (let i = 0; i < 25_000; i += 1) peers.learnAddress(daemon(`s${i}`), 'there');
  expect(peers.addressOf(daemon('a'))).toBe('at a');
  expect(peers.addressOf(daemon('s0'))).toBeUndefined();
  expect(peers.addressOf(daemon('s24999'))).toBe('there');
});
