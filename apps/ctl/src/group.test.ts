import { describe, expect, it } from 'vitest';
import { sampleGroup } from '../test/sample-group.js';
import { groupText } from './group.js';

const listed = { group: 'billing', leader: 'n1', daemons: 2 };
const found = { group: 'billing', node: 'n1', listed, waitsFor: [], here: sampleGroup };

describe('a group', () => {
  it('is shown as its daemon knows it', () => {
    expect(groupText(found)).toBe(`group              billing
leader             n1 (this node)
role of this node  leader
view               version 3, fence 0000000000000004-0000000000000119
state value        12 B
attributes         joinPhases=1 defaultVote=reject failurePhases={"exactly":2}
on this node       providers 2, subscriptions 1, waiting joins 0, waiting proposals 5
daemon list        generation 4, version 7, same leader since version 2
stream             delivered up to 120, stable up to 118, retained 2 (1.5 KiB), open requests 0

providers, oldest first:
  PLACE  PROVIDER  LABELS
  1      n1/a      -
  2      n1/b      port=80 zone=eu

daemons, oldest first:
  NODE  MEMBERSHIP  SINCE VERSION  STATE
  n1    n1.10.1     1              full
  n2    n2.20.5     7              joining`);
  });

  it('says when a takeover is under way', () => {
    const { stream } = sampleGroup;
    const here = { ...sampleGroup, stream: stream && { ...stream, frozen: true } };
    expect(groupText({ ...found, here })).toContain('frozen: a takeover is under way');
  });

  it('may have nobody and no value', () => {
    const here = { ...sampleGroup, providers: [], stateBytes: undefined, fence: '' };
    const text = groupText({ ...found, here });
    expect(text).toContain('state value        none yet');
    expect(text).toContain('fence none');
    expect(text).toContain('providers, oldest first: none');
  });

  it('of which only the name server tells is shown as far as that goes', () => {
    expect(groupText({ ...found, node: 'n3', here: null })).toBe(`group    billing
leader   n1
daemons  2

The daemon of n3 could not look into it; ask the leader's daemon.`);
  });

  it('says whom it waits for when nobody is there', () => {
    const waitsFor = [{ node: 'n1', incarnation: 10, heardMsAgo: 9_000 }];
    const note = 'the group waits for nodes that are away: n1';
    const text = groupText({ ...found, node: 'n3', here: null, waitsFor, note });
    expect(text).toMatch(/^daemons +2\n\nThe group waits for nodes that are away: n1\.$/mu);
    expect(text).not.toContain('could not look into it');
  });

  it('says that the name server cannot tell more', () => {
    const note = 'the daemon has no connection to the name server';
    expect(groupText({ ...found, listed: null, note })).toMatch(
      /\n\nThe name server cannot tell: the daemon has no connection to the name server\.$/u,
    );
  });
});
