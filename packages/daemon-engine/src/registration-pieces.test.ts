import { daemonId, type GroupName, membershipId, type NodeName } from '@group-services/core';
import {
  encodeNameServerMessage,
  joinFrame,
  LIMITS,
  PIECE_BYTES,
  type ToNameServer,
} from '@group-services/wire';
import { expect, it } from 'vitest';
import { type Register, registerInPieces, renewInPieces } from './registration-pieces.js';

const MEMBERS = 10;

/** The longest names that there can be, so that estimates err as much as they ever do. */
function longest(count: number): Register {
  const node = 'n'.repeat(64) as NodeName;
  const self = daemonId(node, Number.MAX_SAFE_INTEGER);
  const address = `tcp://${'a'.repeat(60)}:65535`;
  const holdings = Array.from({ length: count }, (_, number) => {
    const group = `${number}`.padEnd(LIMITS.groupName, 'x') as GroupName;
    const generation = Number.MAX_SAFE_INTEGER - number;
    const membership = membershipId(self, number + 1);
    const members = Array.from({ length: MEMBERS }, (_none, index) => ({
      id: membershipId(self, 2 ** 32 - 1 - index),
      joinVersion: 2 ** 32 - 1,
      full: true,
      address,
    }));
    const common = { group, generation, version: 2 ** 32 - 1 };
    const entry = { ...common, since: 2 ** 32 - 1, leader: membership, members };
    return { ...common, membership, joinVersion: 2 ** 32 - 1, entry, full: true };
  });
  const seen = holdings.map(({ group, generation }) => ({ group, generation }));
  const served = { store: 's', epoch: 1, revision: 2 };
  return { kind: 'register', epoch: Number.MAX_SAFE_INTEGER, holdings, seen, served };
}

function frameBytes(message: ToNameServer): number {
  return joinFrame(encodeNameServerMessage(message)).byteLength;
}

it('says a registration that would not fit into a frame in pieces that do', () => {
  const whole = longest(2_400);
  expect(frameBytes(whole)).toBeGreaterThan(LIMITS.frame);
  const pieces = registerInPieces(whole, PIECE_BYTES);
  for (const piece of pieces) expect(frameBytes(piece)).toBeLessThan(LIMITS.frame / 4);
  expect(pieces.flatMap(({ holdings }) => holdings)).toEqual(whole.holdings);
  expect(pieces.flatMap(({ seen }) => seen ?? [])).toEqual(whole.seen);
  const [last, ...others] = [...pieces].reverse();
  expect(last).toMatchObject({ served: whole.served });
  expect(last?.more).toBeUndefined();
  expect(others.every(({ more, served }) => more === true && served === undefined)).toBe(true);
});

it('says a renewal likewise', () => {
  const holdings = longest(1_200).holdings.map(({ entry, full, ...holding }) => holding);
  const whole = { kind: 'renew' as const, number: 7, holdings };
  const pieces = renewInPieces(whole, PIECE_BYTES);
  expect(pieces.length).toBeGreaterThan(1);
  for (const piece of pieces) expect(frameBytes(piece)).toBeLessThan(LIMITS.frame / 4);
  expect(pieces.flatMap((piece) => piece.holdings)).toEqual(holdings);
  expect(pieces.map(({ more }) => more ?? false)).toEqual(
    pieces.map((_piece, index) => index < pieces.length - 1),
  );
});

it('says in one frame what fits into one', () => {
  const { served, seen, ...whole } = longest(1);
  expect(registerInPieces(whole, PIECE_BYTES)).toEqual([whole]);
  const empty: Register = { kind: 'register', epoch: 1, holdings: [] };
  expect(registerInPieces(empty, PIECE_BYTES)).toEqual([empty]);
});
