import type { GroupName, MembershipId } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import { describe, expect, it } from 'vitest';
import { afterEndedLeader, chooseLeader, oldestLeads } from './leader-choice.js';

function member(name: string, full = true): Entry['members'][number] {
  return { id: `${name}.1.1` as MembershipId, joinVersion: 1, full, address: name };
}

const entry: Entry = {
  group: 'g' as GroupName,
  generation: 7,
  version: 5,
  since: 2,
  leader: 'a.1.1' as MembershipId,
  members: [member('a'), member('b', false), member('c'), member('d'), member('e')],
};

/** Asked by e, who keeps these; what is chosen when those of `active` are active. */
function choose(kept: string, active: string, by = chooseLeader): string {
  const keeps = [...kept].map((name) => `${name}.1.1`);
  const claim: Entry = {
    ...entry,
    version: 6,
    since: 6,
    leader: 'e.1.1' as MembershipId,
    members: entry.members.filter(({ id }) => keeps.includes(id)),
  };
  const chosen = by(entry, claim, ({ id }) => active.includes(id.slice(0, 1)));
  expect([chosen.version, chosen.since]).toEqual([6, 6]);
  return `${chosen.leader.slice(0, 1)}: ${chosen.members.map(({ id }) => id.slice(0, 1)).join('')}`;
}

describe('M8: whom the name server chooses', () => {
  it.each([
    {
      what: 'the next active full member, not the asker',
      kept: 'bcde',
      active: 'bcde',
      is: 'c: bcde',
    },
    { what: 'past one that is not active, which stays', kept: 'bcde', active: 'de', is: 'd: bcde' },
    {
      what: 'one that the asker suspects and we do not',
      kept: 'bde',
      active: 'bcde',
      is: 'c: bcde',
    },
    { what: 'without one that nobody vouches for', kept: 'bde', active: 'de', is: 'd: bde' },
    { what: 'the asker when nobody else is active', kept: 'bcde', active: '', is: 'e: bcde' },
    { what: 'never the old leader, which goes', kept: 'abcde', active: 'ae', is: 'e: bcde' },
  ])('$what', ({ kept, active, is }) => {
    expect(choose(kept, active)).toBe(is);
  });
});

describe('M8: who leads when a member has informed', () => {
  it.each([
    {
      what: 'the oldest active full member, not who asked',
      kept: 'bcde',
      active: 'bcde',
      is: 'c: bcde',
    },
    { what: 'past one that is not active, which stays', kept: 'bcde', active: 'de', is: 'd: bcde' },
    { what: 'nobody whom the asker does not hear', kept: 'bde', active: 'bcde', is: 'd: bde' },
    { what: 'the asker when nobody else is active', kept: 'bcde', active: '', is: 'e: bcde' },
    { what: 'never the old leader', kept: 'abcde', active: 'ae', is: 'e: abcde' },
  ])('$what', ({ kept, active, is }) => {
    expect(choose(kept, active, oldestLeads)).toBe(is);
  });
});

/** What follows when these have ended and those are active. */
function after(ended: string, active: string): string | undefined {
  const next = afterEndedLeader(entry, {
    ended: ({ id }) => ended.includes(id.slice(0, 1)),
    active: ({ id }) => active.includes(id.slice(0, 1)),
  });
  if (next === undefined) return undefined;
  expect([next.version, next.since]).toEqual([6, 6]);
  return `${next.leader.slice(0, 1)}: ${next.members.map(({ id }) => id.slice(0, 1)).join('')}`;
}

describe('M8: who leads when the daemon of the leader has ended its membership', () => {
  it.each([
    { what: 'the first active full member', ended: 'a', active: 'bde', is: 'd: bcde' },
    { what: 'all that have ended go', ended: 'ac', active: 'be', is: 'e: bde' },
    { what: 'somebody full when nobody is active', ended: 'a', active: '', is: 'c: bcde' },
    { what: 'others alone are the leader’s business', ended: 'c', active: 'abde', is: undefined },
    { what: 'nobody is full', ended: 'acde', active: 'b', is: undefined },
  ])('$what', ({ ended, active, is }) => {
    expect(after(ended, active)).toBe(is);
  });
});
