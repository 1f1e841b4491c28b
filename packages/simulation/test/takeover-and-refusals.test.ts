import type { DaemonId, GroupName, MembershipId } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import { DEFAULT_ATTRIBUTES, type ToClient } from '@group-services/wire';
import { describe, expect, test } from 'vitest';
import { Refusals } from '../src/checkers/refusals.js';
import { TakeoverByAll } from '../src/checkers/takeover-by-all.js';
import { Handles } from '../src/handles.js';
import { Witnesses } from '../src/world/witnesses.js';

/** Checkers are shown what is right, then the same with one thing wrong. */

const GROUP = 'g' as GroupName;

describe('takeover-by-all', () => {
  const leader = 'b.1.1' as MembershipId;
  const member = 'c.1.1' as MembershipId;

  function taken({ promised, since = 4 }: { promised: number; since?: number }): () => void {
    const checker = new TakeoverByAll();
    const about = { at: 0, group: 'g', generation: 7 };
    const members = [leader, member].map((id) => ({
      id,
      joinVersion: 1,
      full: true,
      address: 'x',
    }));
    const entry: Entry = { group: GROUP, generation: 7, version: 4, since, leader, members };
    return () => {
      checker.entry(entry);
      const fact = { kind: 'promised', version: promised } as const;
      checker.internal({ ...about, membership: member, fact });
      const place = { kind: 'placed', version: 4, seq: 9, origin: leader, counter: 0 } as const;
      checker.internal({ ...about, membership: leader, fact: place });
    };
  }

  test('a leader takes over with the promises of all', () => {
    expect(taken({ promised: 4 })).not.toThrow();
  });

  test('a promise of the version before does not do', () => {
    expect(taken({ promised: 3 })).toThrow(/c\.1\.1 has not promised/);
  });

  test('who leads already needs none for its next list', () => {
    expect(taken({ promised: 3, since: 2 })).not.toThrow();
  });
});

describe('refusals', () => {
  const view = { version: 1, fence: '7-2', providers: ['n1/x'], numbers: [1] };
  const joined: ToClient = {
    kind: 'joined',
    request: 1,
    handle: 1,
    provider: 'n1/x',
    attributes: DEFAULT_ATTRIBUTES,
    snapshot: { view, stateValue: null, position: 2 },
  };
  const duplicate: ToClient = {
    kind: 'refused',
    request: 1,
    code: 'DUPLICATE_INSTANCE',
    text: '',
    instance: 'x',
  };

  function scene(): Handles {
    return new Handles(
      new Witnesses([new Refusals({ agreedResults: false, isSafe: () => false }, 100)]),
    );
  }

  function joins(handles: Handles, client: string, at: number, daemon = 'n1.1'): void {
    handles.connected(client, daemon as DaemonId);
    const what = { kind: 'join', request: 1, handle: 1, group: GROUP, instance: 'x' } as const;
    handles.said(client, { ...what, attributes: {}, timeout: 0 }, at);
  }

  test('an instance that somebody has is refused', () => {
    const handles = scene();
    joins(handles, 'a', 0);
    handles.heard('a', joined, 1);
    joins(handles, 'b', 2);
    expect(() => handles.heard('b', duplicate, 3)).not.toThrow();
  });

  test('one that its process has left long ago is not', () => {
    const handles = scene();
    joins(handles, 'a', 0);
    handles.heard('a', joined, 1);
    handles.disconnected('a', 10);
    joins(handles, 'b', 50);
    expect(() => handles.heard('b', duplicate, 51)).not.toThrow();
    joins(handles, 'c', 500);
    expect(() => handles.heard('c', duplicate, 501)).toThrow(/which nobody has/);
  });

  test('nor one that a process of an earlier daemon had', () => {
    const handles = scene();
    joins(handles, 'a', 0);
    handles.heard('a', joined, 1);
    handles.disconnected('a', 10);
    joins(handles, 'b', 11, 'n1.2');
    expect(() => handles.heard('b', duplicate, 12)).toThrow(/which nobody has/);
  });
});
