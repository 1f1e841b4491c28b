import { type FromClient, LARGEST, LIMITS } from '@group-services/wire';
import { expect, it } from 'vitest';

import { ClientSizes } from './client-limits.js';

// What an operator has made smaller holds for every way in which it can be proposed.

const SMALL = {
  message: 2_000,
  stateValue: 30,
  attributeValue: 20,
  reason: 10,
  membershipsPerProcess: 3,
};

type Sized = Parameters<ClientSizes['problem']>[0];
type Proposed = Extract<FromClient, { readonly kind: 'propose' }>['proposed'];

const asked = { handle: 1, request: 1 } as const;
const propose = (proposed: Proposed): Sized => ({ kind: 'propose', ...asked, proposed }) as Sized;
const vote = { kind: 'vote', handle: 1, protocol: '1', phase: 1, value: 'approve' } as const;

/** Two payloads as a bundle has them: each behind its length. */
function bundle(...lengths: readonly number[]): Sized {
  const parts = lengths.map((length) => {
    const part = new Uint8Array(4 + length);
    new DataView(part.buffer).setUint32(0, length);
    return part;
  });
  const content = Uint8Array.from(parts.flatMap((part) => [...part]));
  return { kind: 'bundle', ...asked, safe: false, count: lengths.length, content };
}

const cases: readonly [string, (bytes: number) => Sized, keyof typeof SMALL][] = [
  [
    'a message',
    (n) => ({ kind: 'send', ...asked, safe: false, payload: new Uint8Array(n) }),
    'message',
  ],
  ['a message of several', (n) => bundle(1, n), 'message'],
  ['a rider', (n) => ({ ...vote, message: new Uint8Array(n) }), 'message'],
  ['a proposed state value', (n) => ({ ...vote, stateValue: new Uint8Array(n) }), 'stateValue'],
  ['a reason', (n) => propose({ kind: 'leave', reason: 'x'.repeat(n) } as Proposed), 'reason'],
  [
    'an attribute',
    (n) => propose({ kind: 'attributes', attributes: { version: 'x'.repeat(n) } } as Proposed),
    'attributeValue',
  ],
];

it.each(cases)('%s may be as large as the limit, and no larger', (_what, make, limit) => {
  const sizes = new ClientSizes(SMALL);
  expect(sizes.problem(make(SMALL[limit]))).toBeUndefined();
  expect(sizes.problem(make(SMALL[limit] + 1))).toMatchObject({
    code: 'INVALID_ARGUMENT',
    limit,
    text: expect.stringContaining(`at most ${SMALL[limit]} bytes`),
  });
});

it('what does not fit the frames is refused whatever was set', () => {
  const sizes = new ClientSizes({ ...LIMITS, message: 1e9, membershipsPerProcess: 1e9 });
  const payload = new Uint8Array(LARGEST.message + 1);
  expect(sizes.problem({ kind: 'send', ...asked, safe: false, payload })).toBeDefined();
  expect(sizes.membershipsPerProcess).toBe(LARGEST.membershipsPerProcess);
});
