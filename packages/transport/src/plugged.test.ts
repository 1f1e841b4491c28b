import { expect, it } from 'vitest';

import type { Transport } from './contract.js';
import { TransportError } from './errors.js';
import { plugged, transportProblem } from './plugged.js';
import { tcp } from './tcp.js';

const handlers = { onFrame: () => {}, onClose: () => {} };

it('takes every transport of this package for one', () => {
  expect(transportProblem(tcp())).toBeUndefined();
});

it.each<readonly [unknown, string]>([
  [undefined, 'it is no object with a scheme'],
  ['tcp', 'it is no object with a scheme'],
  [{ ...tcp(), dial: undefined }, 'it lacks dial()'],
  [{ ...tcp(), privacy: 'much' }, "it lacks privacy ('host', 'encrypted', or none)"],
  [
    { ...tcp(), scheme: 'WS' },
    "it lacks scheme (what stands before '://', such as 'ws'), addressForm (how an address is written, such as 'ws://host:port')",
  ],
  [
    { scheme: 'ws' },
    "it lacks addressForm (how an address is written, such as 'ws://host:port'), delivery ('stream' or 'datagram'), addressProblem(), listen(), dial()",
  ],
])('says what of the contract is missing: %#', (value, problem) => {
  expect(transportProblem(value)).toBe(problem);
});

it('makes TransportErrors of whatever a transport of others throws', async () => {
  const theirs: Transport = {
    ...tcp(),
    dial: () => Promise.reject(new Error('no carrier pigeon is free')),
    listen: () => {
      throw Object.assign(new Error('taken'), { code: 'EADDRINUSE' });
    },
  };
  const transport = plugged(theirs);
  await expect(transport.dial('tcp://x:1', handlers)).rejects.toMatchObject({
    name: 'TransportError',
    code: 'failed',
    message: 'cannot connect to tcp://x:1: no carrier pigeon is free',
  });
  await expect(transport.listen('tcp://x:1', () => handlers)).rejects.toMatchObject({
    code: 'address-in-use',
  });
});

it('knows errors of another copy of this package', () => {
  const theirs = Object.create(Error.prototype, {
    [Symbol.for('@group-services/transport/error')]: { value: true },
  });
  expect(theirs instanceof TransportError).toBe(true);
  expect(new Error('none') instanceof TransportError).toBe(false);
});
