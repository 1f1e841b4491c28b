import type { GroupName, MembershipId } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import { describe, expect, it } from 'vitest';

import { type ChangeQuestion, changeKey, judgeChange } from './change-rules.js';

const [A, B, C] = ['a.1.1', 'b.1.1', 'c.1.1'].map((id) => id as MembershipId) as [
  MembershipId,
  MembershipId,
  MembershipId,
];

function member(id: MembershipId, joinVersion = 1, full = true) {
  return { id, joinVersion, full, address: `tcp://${id}:1` };
}

const entry: Entry = {
  group: 'g' as GroupName,
  generation: 7,
  version: 5,
  since: 2,
  leader: A,
  members: [member(A), member(B, 2), member(C, 5, false)],
};

function ask(change: Partial<ChangeQuestion>): ChangeQuestion {
  return {
    kind: 'change',
    id: 'x',
    group: entry.group,
    generation: 7,
    fromVersion: 5,
    asker: A,
    leader: A,
    members: entry.members,
    takeover: false,
    ...change,
  };
}

const judge = (change: Partial<ChangeQuestion>) =>
  judgeChange({ entry, change: null }, ask(change));

describe('judgeChange', () => {
  it('lets the leader remove and insert, keeping the order and its time of office', () => {
    const joiner = member('d.1.1' as MembershipId, 99, true);
    expect(judge({ members: [member(C), joiner, member(A)] })).toEqual({
      kind: 'change',
      next: {
        ...entry,
        version: 6,
        members: [member(A), member(C, 5, false), { ...joiner, joinVersion: 6, full: false }],
      },
    });
  });

  it('counts a new leader, or a takeover begun again, as a new time of office', () => {
    expect(judge({ leader: B, members: [member(B)] })).toMatchObject({
      next: { since: 6, leader: B },
    });
    expect(judge({ takeover: true })).toMatchObject({ next: { since: 6, leader: A } });
  });

  it('refuses what is based on another generation or version', () => {
    expect(judge({ generation: 6 })).toEqual({ kind: 'refused', reason: 'generation' });
    expect(judge({ fromVersion: 4 })).toEqual({ kind: 'refused', reason: 'version' });
    expect(judge({ fromVersion: 6 })).toEqual({ kind: 'refused', reason: 'version' });
    expect(judgeChange(undefined, ask({}))).toEqual({ kind: 'refused', reason: 'generation' });
  });

  it('refuses an asker that is joining, or no member', () => {
    const refused = { kind: 'refused', reason: 'not-a-full-member' };
    expect(judge({ asker: C, leader: C, members: [member(C)] })).toEqual(refused);
    const stranger = 'a.1.2' as MembershipId;
    expect(judge({ asker: stranger, leader: stranger })).toEqual(refused);
  });

  it('never gives the lead to a member that the table does not know as full', () => {
    const invalid = { kind: 'refused', reason: 'invalid' };
    expect(judge({ leader: C, members: [member(C)] })).toEqual(invalid);
    expect(judge({ leader: B, members: [member(A)] })).toEqual(invalid);
    const joiner = 'd.1.1' as MembershipId;
    expect(judge({ leader: joiner, members: [member(joiner)] })).toEqual(invalid);
  });

  it('lets a claim remove, and nothing else', () => {
    const claim = judge({ asker: B, leader: B, members: [member(B), member(C)], takeover: true });
    expect(claim).toMatchObject({ kind: 'claim', next: { version: 6, since: 6, leader: B } });
    const invalid = { kind: 'refused', reason: 'invalid' };
    const withJoiner = [member(B), member('d.1.1' as MembershipId)];
    expect(judge({ asker: B, leader: B, members: withJoiner })).toEqual(invalid);
    expect(judge({ asker: B, leader: A, members: [member(A), member(B)] })).toEqual(invalid);
  });

  it('keeps the newest membership of a node only', () => {
    const restarted = member('b.2.1' as MembershipId);
    const ids = (verdict: ReturnType<typeof judge>) =>
      verdict.kind === 'change' ? verdict.next.members.map(({ id }) => id) : [];
    expect(ids(judge({ members: [...entry.members, restarted] }))).toEqual([A, C, 'b.2.1']);
    const late = member('b.0.9' as MembershipId);
    expect(ids(judge({ members: [...entry.members, late] }))).toEqual([A, B, C]);
    expect(judge({ members: [member(A), member(A)] }).kind).toBe('refused');
  });

  it('answers a repeated change only while its result is the current entry', () => {
    const question = ask({ fromVersion: 4 });
    const stored = { entry, change: changeKey(question) };
    expect(judgeChange(stored, question)).toEqual({ kind: 'repeated' });
    expect(judgeChange(stored, { ...question, id: 'y' }).kind).toBe('refused');
    expect(judgeChange(stored, { ...question, asker: B }).kind).toBe('refused');
  });
});
