import { daemonId, type GroupName, membershipId, type NodeName } from '@group-services/core';
import type { ToNameServer } from '@group-services/wire';
import { expect, it } from 'vitest';
import { Gathering } from './gathering.js';

const A = daemonId('a' as NodeName, 1);
const B = daemonId('b' as NodeName, 1);

function renewal(number: number, groups: readonly string[], more?: true): ToNameServer {
  const holdings = groups.map((group) => ({
    group: group as GroupName,
    generation: 1,
    version: 1,
    membership: membershipId(A, 1),
    joinVersion: 1,
  }));
  return { kind: 'renew', number, holdings, ...(more && { more }) };
}

function gathering(): Gathering {
  return new Gathering({ groups: 2, gatheredBytes: 10_000 });
}

it('M4: what comes in pieces counts when the last one is there, and whole', () => {
  const gathered = gathering();
  expect(gathered.add(A, renewal(1, ['g', 'h'], true))).toEqual({ kind: 'waits' });
  // Others speak meanwhile.
  expect(gathered.add(B, renewal(1, ['g']))).toEqual({
    kind: 'whole',
    message: renewal(1, ['g']),
  });
  expect(gathered.add(A, renewal(1, ['i']))).toEqual({
    kind: 'whole',
    message: renewal(1, ['g', 'h', 'i']),
  });
});

it('M4: what only the last piece says is said by the whole', () => {
  const gathered = gathering();
  const starts = [{ node: 'b' as NodeName, incarnation: 9 }];
  gathered.add(A, renewal(1, ['g'], true));
  const last = { ...renewal(1, ['h']), starts } as ToNameServer;
  expect(gathered.add(A, last)).toMatchObject({ kind: 'whole', message: { starts } });
});

it('M4: pieces end with their connection', () => {
  const gathered = gathering();
  gathered.add(A, renewal(1, ['g'], true));
  gathered.forget(A);
  expect(gathered.add(A, renewal(2, ['h']))).toEqual({
    kind: 'whole',
    message: renewal(2, ['h']),
  });
});

it('M4: nothing may come between pieces, and not more than there may be groups', () => {
  const other = gathering();
  other.add(A, renewal(1, ['g'], true));
  expect(other.add(A, renewal(2, ['h']))).toMatchObject({ kind: 'refused', code: 'malformed' });
  const many = gathering();
  many.add(A, renewal(1, ['g', 'h', 'i'], true));
  expect(many.add(A, renewal(1, ['j', 'k']))).toMatchObject({
    kind: 'refused',
    code: 'overloaded',
  });
});
