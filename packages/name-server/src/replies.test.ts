import {
  type DaemonId,
  daemonOf,
  type GroupName,
  type MembershipId,
  membershipId,
} from '@group-services/core';
import { type Entry, HoldingsDigest, PIECE_BYTES } from '@group-services/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renewedReplies } from './replies.js';
import { Table, type TableRecord } from './table.js';

const DAEMONS = ['a.1', 'a.2', 'b.1'].map((id) => id as DaemonId);
const MEMBERSHIPS = DAEMONS.flatMap((id) => [1, 2].map((no) => membershipId(id, no)));

const entry = fc.record({
  group: fc.constantFrom('g', 'h', 'i').map((name) => name as GroupName),
  generation: fc.integer({ min: 1, max: 3 }),
  version: fc.integer({ min: 1, max: 3 }),
  ids: fc.subarray(MEMBERSHIPS, { minLength: 1 }),
  full: fc.boolean(),
});

const record: fc.Arbitrary<TableRecord> = fc.oneof(
  entry.map(({ group, generation, version, ids, full }) => {
    const [leader = MEMBERSHIPS[0] as MembershipId] = ids;
    const members = ids.map((id) => ({
      id,
      joinVersion: 1,
      full: full || id === leader,
      address: 'tcp://n',
    }));
    const made: Entry = { group, generation, version, since: 1, leader, members };
    return { kind: 'entry' as const, entry: made, change: null };
  }),
  entry.map(({ group, generation }) => ({ kind: 'gone' as const, group, generation })),
);

/** What a daemon holds that knows all of the table; of two memberships in one group it says the last. */
function heldOf(table: Table, daemon: DaemonId) {
  return [...table.groups()].flatMap(({ entry: { group, generation, version, members } }) =>
    members
      .filter(({ id }) => daemonOf(id) === daemon)
      .slice(-1)
      .map(({ id: membership }) => ({ group, generation, version, membership, joinVersion: 1 })),
  );
}

test('M4: a digest is answered as the holdings would be, or with the wish to have them named', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 12 }), fc.nat(3), (records, changed) => {
      const table = Table.restore(undefined, records);
      for (const daemon of DAEMONS) {
        const all = heldOf(table, daemon);
        const held = all.map((one, at) => (at === changed ? { ...one, version: 9 } : one));
        const renewal = { kind: 'renew' as const, number: 7, holdings: held };
        const named = renewedReplies(table, daemon, renewal, PIECE_BYTES);
        const digest = HoldingsDigest.of(held);
        const [said] = renewedReplies(
          table,
          daemon,
          { kind: 'renew-digest', number: 7, digest },
          PIECE_BYTES,
        );
        const isTwice = [...table.groups()].some(
          ({ entry: { members } }) =>
            members.filter(({ id }) => daemonOf(id) === daemon).length > 1,
        );
        if (changed < all.length || isTwice) {
          expect(said).toEqual({ kind: 'holdings-wanted', number: 7 });
        } else {
          expect(named).toHaveLength(1);
          expect(sorted(said)).toEqual(sorted(named[0]));
        }
      }
    }),
  );
});

/** Entries come in any order. */
function sorted(reply: ReturnType<typeof renewedReplies>[number] | undefined) {
  if (reply?.kind !== 'renewed') throw new Error('it is no answer');
  return { ...reply, entries: [...reply.entries].sort((a, b) => (a.group < b.group ? -1 : 1)) };
}
