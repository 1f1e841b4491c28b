import type { DaemonId } from '@group-services/core';
import { expect, it } from 'vitest';
import { UnreachedPeers } from './unreached-peers.js';

const B = 'b.1' as DaemonId;
const C = 'c.1' as DaemonId;

function unreached() {
  const said: string[] = [];
  const peers = new UnreachedPeers(({ daemon, why }) => said.push(`${daemon} ${why}`));
  return { said, peers };
}

it('says who is not reached once, until the reason or the address is another one', () => {
  const { said, peers } = unreached();
  peers.failed(B, 'tcp://b:1', 'no answer');
  peers.failed(B, 'tcp://b:1', 'no answer');
  peers.failed(B, 'tcp://b:1', 'refused');
  peers.failed(B, 'tcp://b:2', 'refused');
  expect(said).toEqual(['b.1 no answer', 'b.1 refused', 'b.1 refused']);
});

it('takes it back when it is reached, and says the rest again to a new name server', () => {
  const { said, peers } = unreached();
  peers.failed(B, 'tcp://b:1', 'no answer');
  peers.failed(C, 'tcp://c:1', 'no answer');
  peers.forget(B);
  peers.forget(B);
  peers.sayAgain();
  expect(said).toEqual(['b.1 no answer', 'c.1 no answer', 'b.1 null', 'c.1 no answer']);
});

it('keeps what it says short, and remembers no more than a bound of daemons', () => {
  const { said, peers } = unreached();
  for (let n = 0; n < 300; n += 1)
    peers.failed(`d${n}.1` as DaemonId, 'tcp://d:1', 'x'.repeat(999));
  expect(said).toHaveLength(256);
  expect(said[0]?.length).toBeLessThan(300);
});
