import { type DaemonId, type GroupName, type MembershipId, Rng } from '@group-services/core';
import type { Entry } from '@group-services/wire';
import { describe, expect, test } from 'vitest';
import { AfterWaking } from '../src/checkers/after-waking.js';
import { BoundedMemory } from '../src/checkers/bounded-memory.js';
import type { Checker, FinalState, InternalFact } from '../src/checkers/checker.js';
import { Liveness } from '../src/checkers/liveness.js';
import { LoadIsNotDeath } from '../src/checkers/load-is-not-death.js';
import { NoGap } from '../src/checkers/no-gap.js';
import { OneGeneration } from '../src/checkers/one-generation.js';
import { Retention } from '../src/checkers/retention.js';
import { SelfInclusion } from '../src/checkers/self-inclusion.js';
import { SingleLeader } from '../src/checkers/single-leader.js';
import { TotalOrder } from '../src/checkers/total-order.js';
import { Uniformity } from '../src/checkers/uniformity.js';
import { Validity } from '../src/checkers/validity.js';
import { ViewAgreement } from '../src/checkers/view-agreement.js';
import { VirtualSynchrony } from '../src/checkers/virtual-synchrony.js';
import { drawProfile } from '../src/run/draw-profile.js';

/** Each checker is shown a good history, then the same with one thing wrong. */

const GENERATION = 7;
const A = 'a.1.1' as MembershipId;
const B = 'b.1.1' as MembershipId;
const C = 'c.1.1' as MembershipId;

function tell(checker: Checker, membership: MembershipId, ...facts: readonly InternalFact[]): void {
  for (const fact of facts) {
    checker.internal?.({ at: 0, group: 'g', generation: GENERATION, membership, fact });
  }
}

function entry(version: number, members: readonly MembershipId[], since = 1): Entry {
  const listed = members.map((id) => ({ id, joinVersion: 1, full: true, address: 'x' }));
  const leader = members[0] ?? A;
  return {
    group: 'g' as GroupName,
    generation: GENERATION,
    version,
    since,
    leader,
    members: listed,
  };
}

function agreed(seq: number, counter: number, body = 'x'): InternalFact {
  return { kind: 'delivered', seq, origin: A, counter, safe: false, view: false, body };
}

function safe(seq: number, counter: number, body = 'x'): InternalFact {
  return { kind: 'delivered', seq, origin: A, counter, safe: true, view: false, body };
}

function view(seq: number): InternalFact {
  return { kind: 'delivered', seq, origin: A, counter: 0, safe: true, view: true, body: 'view' };
}

function placed(version: number, seq: number, counter = seq): InternalFact {
  return { kind: 'placed', version, seq, origin: A, counter };
}

function installed(version: number, position: number, members = [A, B]): InternalFact {
  return { kind: 'installed', entry: entry(version, members), position };
}

const based: InternalFact = { kind: 'based', position: 0 };

function final(live: readonly string[], entries: readonly Entry[] = []): FinalState {
  return { at: 0, liveDaemons: new Set(live as DaemonId[]), entries, openHandles: [] };
}

const bothLive = final(['a.1', 'b.1']);

describe('after-waking', () => {
  const daemon = 'b.1' as DaemonId;

  function awakened(listed: readonly MembershipId[]): AfterWaking {
    const checker = new AfterWaking();
    checker.entry(entry(1, [A, B]));
    checker.entry(entry(2, listed));
    checker.presence({ at: 1, daemon, kind: 'woken' });
    return checker;
  }
  const handsOut = { at: 2, daemon, kind: 'handsOut', group: 'g', what: 'message' } as const;

  test('who is still listed, or has heard somebody, may hand out what it has', () => {
    awakened([A, B]).presence(handsOut);
    const checker = awakened([A]);
    checker.presence({ at: 2, daemon, kind: 'heard' });
    checker.presence(handsOut);
  });

  test('who was removed while it was away and hands something out is found', () => {
    expect(() => awakened([A]).presence(handsOut)).toThrow(/removed while it was away/);
  });
});

describe('single-leader', () => {
  test('one leader per version is right', () => {
    const checker = new SingleLeader();
    tell(checker, A, placed(1, 1), placed(1, 2));
    tell(checker, B, placed(2, 3));
  });

  test('two that place in one version are found', () => {
    const checker = new SingleLeader();
    tell(checker, A, placed(2, 1));
    expect(() => tell(checker, B, placed(2, 1))).toThrow(
      /single-leader.*both place messages of 7\/2/,
    );
  });
});

describe('one-generation', () => {
  const LEASE = 1_000;

  function watching(store: 'file' | 'memory'): OneGeneration {
    const { timing, faults } = drawProfile(new Rng(1), new Rng(1));
    return new OneGeneration({
      store,
      timing: { ...timing, leaseMs: LEASE, clockDrift: 0 },
      faults: { ...faults, storeChange: undefined },
    });
  }

  function place(checker: Checker, ...generations: readonly number[]): void {
    for (const generation of generations) placeAt(checker, 0, generation);
  }

  function placeAt(checker: Checker, at: number, generation: number): void {
    checker.internal?.({ at, group: 'g', generation, membership: A, fact: placed(1, 1) });
  }

  test('generations after each other are right, one that comes back is found', () => {
    const checker = watching('file');
    place(checker, 7, 7, 8, 8);
    expect(() => place(checker, 7)).toThrow(/one-generation.*8 has taken its place/);
  });

  test('a lost table may fall back once, two that alternate are found', () => {
    const checker = watching('memory');
    place(checker, 7, 8, 7);
    expect(() => place(checker, 8, 7)).toThrow(/one-generation/);
  });

  test('who was removed from the generation before it ended may not know it yet', () => {
    const checker = watching('file');
    tell(checker, A, placed(1, 1));
    tell(checker, B, installed(2, 2, [B, C]));
    place(checker, 8, GENERATION, 8);
    expect(() => tell(checker, B, placed(3, 3))).toThrow(/one-generation/);
  });

  test('a lease after its removal it has had no contact, and stands still', () => {
    const checker = watching('file');
    tell(checker, A, placed(1, 1));
    tell(checker, B, installed(2, 2, [B, C]));
    place(checker, 8);
    placeAt(checker, LEASE, GENERATION);
    // That a later list is without it, too, gives it no more time.
    const fact = installed(3, 3, [B]);
    checker.internal?.({ at: LEASE, group: 'g', generation: GENERATION, membership: B, fact });
    expect(() => placeAt(checker, LEASE + 1, GENERATION)).toThrow(/one-generation/);
  });
});

describe('view-agreement', () => {
  test('equal lists are right, another order is found', () => {
    const checker = new ViewAgreement();
    tell(checker, A, installed(2, 5));
    tell(checker, B, installed(2, 5));
    expect(() => tell(checker, C, installed(2, 5, [B, A]))).toThrow(/view-agreement/);
  });

  test('another position and an older version are found', () => {
    const checker = new ViewAgreement();
    tell(checker, A, installed(2, 5));
    expect(() => tell(checker, B, installed(2, 6))).toThrow(/view-agreement/);
    expect(() => tell(checker, A, installed(1, 7))).toThrow(/after version 2/);
  });
});

test('self-inclusion: who is not in the list must not install it', () => {
  const checker = new SelfInclusion();
  tell(checker, A, installed(1, 1));
  expect(() => tell(checker, C, installed(1, 1))).toThrow(/self-inclusion.*c\.1\.1/);
});

describe('total-order', () => {
  test('one place of one version holds one message', () => {
    const checker = new TotalOrder();
    tell(checker, A, placed(1, 4, 8));
    expect(() => tell(checker, A, placed(1, 4, 9))).toThrow(/total-order.*7\/1\/4/);
  });

  test('survivors that differ are found, a lost one may differ', () => {
    const lost = new TotalOrder();
    tell(lost, A, agreed(1, 1));
    tell(lost, B, agreed(1, 1, 'other'));
    lost.finish(final(['a.1']));
    const both = new TotalOrder();
    tell(both, A, agreed(1, 1));
    tell(both, B, agreed(1, 1, 'other'));
    expect(() => both.finish(bothLive)).toThrow(/total-order/);
  });
});

describe('no-gap and no-duplicate', () => {
  test('a hole, a repetition and a delivery without a state are found', () => {
    const hole = new NoGap();
    tell(hole, A, based, agreed(1, 1));
    expect(() => tell(hole, A, agreed(3, 2))).toThrow(/no-gap.*3 after 1/);
    expect(() => tell(hole, A, agreed(1, 1))).toThrow(/no-gap/);
    expect(() => tell(new NoGap(), B, agreed(1, 1))).toThrow(/without a state/);
  });

  test('a counter twice or left out is found', () => {
    const checker = new NoGap();
    tell(checker, A, based, agreed(1, 1));
    expect(() => tell(checker, A, agreed(2, 1))).toThrow(/no-duplicate/);
    expect(() => tell(checker, A, agreed(3, 3))).toThrow(/no-duplicate/);
  });

  test('a joiner takes up a counter where it is', () => {
    const checker = new NoGap();
    tell(checker, B, { kind: 'based', position: 9 }, agreed(10, 5), agreed(11, 6));
    expect(() => tell(checker, B, agreed(12, 8))).toThrow(/no-duplicate/);
  });
});

test('virtual-synchrony: the same passage with other messages is found', () => {
  const checker = new VirtualSynchrony();
  tell(checker, A, installed(1, 1), agreed(2, 1), agreed(3, 2), installed(2, 4));
  tell(checker, B, installed(1, 1), agreed(2, 1));
  expect(() => tell(checker, B, installed(2, 4))).toThrow(/virtual-synchrony/);
});

describe('uniformity', () => {
  test('what a safe message fixed must be the same for all', () => {
    const checker = new Uniformity();
    tell(checker, A, agreed(1, 1), safe(2, 2));
    tell(checker, B, agreed(1, 1, 'other'));
    expect(() => tell(checker, B, safe(2, 2))).toThrow(/uniformity.*7\/1/);
  });

  test('a view fixes its prefix too', () => {
    const checker = new Uniformity();
    tell(checker, A, safe(1, 1));
    expect(() => tell(checker, B, view(1))).toThrow(/uniformity/);
  });
});

test('validity: what a member that stays submitted must come back', () => {
  const checker = new Validity();
  tell(checker, A, { kind: 'submitted', counter: 2 }, agreed(1, 1));
  expect(() => checker.finish(bothLive)).toThrow(/validity.*up to #2/);
  tell(checker, A, agreed(2, 2));
  checker.finish(bothLive);
});

describe('retention', () => {
  test('discarding what a member lacks is found', () => {
    const checker = new Retention();
    checker.entry(entry(1, [A, B]));
    tell(checker, A, placed(1, 1), agreed(1, 1), agreed(2, 2));
    tell(checker, B, { kind: 'holds', contiguous: 1 });
    tell(checker, A, { kind: 'discarded', upTo: 1 });
    expect(() => tell(checker, A, { kind: 'discarded', upTo: 2 })).toThrow(
      /b\.1\.1 has no more than 1/,
    );
  });

  test('the late view of a deposed leader counts for nobody', () => {
    const checker = new Retention();
    checker.entry(entry(1, [A, B]));
    checker.entry(entry(2, [B], 2));
    tell(checker, B, placed(2, 4), agreed(4, 4));
    tell(checker, A, placed(1, 2));
    tell(checker, B, { kind: 'discarded', upTo: 4 });
  });

  test('one that was removed does not count', () => {
    const checker = new Retention();
    checker.entry(entry(1, [A, B]));
    checker.entry(entry(2, [A]));
    tell(checker, A, agreed(1, 1), { kind: 'discarded', upTo: 1 });
  });

  test('a list that the name server lost before anybody heard of it counts for nobody', () => {
    const checker = new Retention();
    for (const list of [entry(1, [A, B]), entry(2, [A, B, C]), entry(2, [A, C])])
      checker.entry(list);
    tell(checker, A, placed(1, 1), agreed(1, 1), agreed(2, 2), { kind: 'discarded', upTo: 2 });
    const listed = new Retention();
    for (const list of [entry(1, [A, B]), entry(2, [A, B, C])]) listed.entry(list);
    tell(listed, A, placed(1, 1), agreed(1, 1), agreed(2, 2));
    tell(listed, B, { kind: 'holds', contiguous: 1 });
    expect(() => tell(listed, A, { kind: 'discarded', upTo: 2 })).toThrow(/no more than 1/);
  });
});

test('bounded-memory: a figure above its bound is found', () => {
  const checker = new BoundedMemory();
  const daemon = 'a.1' as DaemonId;
  checker.sample({ at: 0, daemon, what: 'retained bytes', value: 10, bound: 10 });
  expect(() =>
    checker.sample({ at: 0, daemon, what: 'retained bytes', value: 11, bound: 10 }),
  ).toThrow(/bounded-memory/);
});

describe('liveness', () => {
  const quiet = (membership: MembershipId, checker: Liveness, last = 3): void =>
    tell(checker, membership, based, installed(2, 2), agreed(last, 1), {
      kind: 'discarded',
      upTo: last,
    });

  test('a group at rest is right', () => {
    const checker = new Liveness();
    quiet(A, checker);
    quiet(B, checker);
    checker.finish(final(['a.1', 'b.1'], [entry(2, [A, B])]));
  });

  test('a member behind, a list of other members and an orphaned entry are found', () => {
    const behind = new Liveness();
    quiet(A, behind);
    quiet(B, behind, 2);
    expect(() => behind.finish(final(['a.1', 'b.1'], [entry(2, [A, B])]))).toThrow(/ends at 3/);
    const stranger = new Liveness();
    quiet(A, stranger);
    expect(() => stranger.finish(final(['a.1'], [entry(2, [A, B])]))).toThrow(/alive are \[a/);
    expect(() => new Liveness().finish(final([], [entry(2, [A])]))).toThrow(/no live daemon/);
  });

  test('what is kept for ever and an old view are found', () => {
    const keeps = new Liveness();
    tell(keeps, A, based, installed(2, 2, [A]), agreed(3, 1));
    expect(() => keeps.finish(final(['a.1'], [entry(2, [A])]))).toThrow(/discarded 0/);
    const old = new Liveness();
    quiet(A, old);
    expect(() => old.finish(final(['a.1'], [entry(3, [A])]))).toThrow(/is at 7\/2, not 7\/3/);
  });
});

test('load-is-not-death: memberships end by leaving alone', () => {
  const checker = new LoadIsNotDeath();
  tell(checker, A, { kind: 'ended', reason: 'left' });
  tell(checker, B, { kind: 'ended', reason: 'unknown-group' });
  const removed = (): void => tell(checker, C, { kind: 'ended', reason: 'removed' });
  expect(removed).toThrow(/c\.1\.1 ends in g: removed/u);
});
