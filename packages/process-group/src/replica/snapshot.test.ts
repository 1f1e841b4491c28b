import { daemonId, membershipId, type NodeName } from '@group-services/core';
import { expect, it } from 'vitest';
import { Replica } from './replica.js';
import { decodeReplica, encodeReplica } from './snapshot.js';

const origin = membershipId(daemonId('a' as NodeName, 1), 1);

/** Whether a daemon that is given this copy knows which requests started out of order. */
function isKnownAfterJoining(): readonly boolean[] {
  const replica = new Replica();
  replica.started.add(origin, 1, 1, 7);
  replica.started.add(origin, 3, 2, 7);
  const decoded = decodeReplica(encodeReplica(replica));
  if (!decoded.ok) throw new Error(decoded.error);
  const { started } = decoded.value;
  return [started.has(origin, 3), started.hasLater(origin, 2, 7), started.has(origin, 2)];
}

it('tells a joining daemon which requests have started out of order, and whose they are', () => {
  expect(isKnownAfterJoining()).toEqual([true, true, false]);
});
