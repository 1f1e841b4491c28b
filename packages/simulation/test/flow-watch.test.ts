import { type DaemonId, type MembershipId, NEVER, Rng } from '@group-services/core';
import { describe, expect, test } from 'vitest';
import { BoundedMemory } from '../src/checkers/bounded-memory.js';
import type { InternalFact } from '../src/checkers/checker.js';
import { drawProfile } from '../src/run/draw-profile.js';
import type { DaemonUnderTest } from '../src/world/engines.js';
import { FlowWatch } from '../src/world/flow-watch.js';
import { Witnesses } from '../src/world/witnesses.js';

/** A daemon that reports and places what it must not is shown to the checker of bounds. */

const LEADER = 'n1.1.1' as MembershipId;
const LIMITS = { maxUnstableMessages: 10, maxUnstableBytes: 1000 };
/** What one step and views may add. */
const MESSAGES_MAX = 10 + 64 + 32;
const BYTES_MAX = 1000 + 256 * 1024 + 64 * 1024;

type Status = ReturnType<NonNullable<DaemonUnderTest['inspect']>>;
type Group = Status['groups'][number];

function watch(): FlowWatch {
  const drawn = drawProfile(new Rng(1), new Rng(1));
  const profile = { ...drawn, groups: 1, limits: { ...drawn.limits, ...LIMITS } };
  const witnesses = new Witnesses([new BoundedMemory()]);
  return new FlowWatch({ time: { now: 0 }, profile, witnesses }, 'n1.1' as DaemonId);
}

function tell(flow: FlowWatch, ...facts: readonly InternalFact[]): void {
  for (const fact of facts) {
    flow.observed({ at: 0, group: 'g', generation: 1, membership: LEADER, fact });
  }
}

function placed(seq: number): InternalFact {
  return { kind: 'placed', version: 1, seq, origin: LEADER, counter: seq };
}

const CLIENT: Status['clients'][number] = {
  client: 1,
  name: 'c',
  principal: 'local',
  memberships: [],
  handles: 1,
  responsiveness: undefined,
  pressing: [],
};

function daemon(
  what: Partial<Group['local']> & Partial<NonNullable<Group['stream']>> = {},
  more: Partial<Status> = {},
): DaemonUnderTest {
  const group: Group = {
    group: 'g',
    waiting: null,
    role: 'leader',
    generation: 1,
    version: 1,
    since: 1,
    leader: 'n1',
    daemons: [{ node: 'n1', membership: LEADER, joinVersion: 1, full: true }],
    providers: [],
    labels: {},
    viewVersion: 1,
    fence: '',
    stateBytes: undefined,
    attributes: {},
    voting: null,
    flowClosedMs: 0,
    pressedMs: 0,
    local: {
      providers: 1,
      subscriptions: 0,
      waitingJoins: 0,
      waitingProposals: 0,
      queued: 0,
      ...what,
    },
    stream: {
      delivered: 5,
      stable: 5,
      retained: 0,
      retainedBytes: 0,
      requests: 0,
      frozen: false,
      ...what,
    },
  };
  const status: Status = { groups: [group], peers: [], clients: [], ...more };
  return { step: () => [], deadline: () => NEVER, inspect: () => status };
}

describe('bounds of one daemon', () => {
  test('a leader may keep its limit, one step and some views, and not one message more', () => {
    const flow = watch();
    tell(flow, { kind: 'based', position: 0 }, placed(MESSAGES_MAX));
    tell(flow, { kind: 'discarded', upTo: 50 }, placed(MESSAGES_MAX + 50));
    expect(() => tell(flow, placed(MESSAGES_MAX + 51))).toThrow(
      /bounded-memory.*unstable messages of g of n1\.1 is 107, the bound 106/,
    );
  });

  test('what it reports as retained is held against the same limits', () => {
    watch().sample(daemon({ retained: MESSAGES_MAX, retainedBytes: BYTES_MAX }));
    expect(() => watch().sample(daemon({ retained: MESSAGES_MAX + 1 }))).toThrow(/retained mess/);
    expect(() => watch().sample(daemon({ retainedBytes: BYTES_MAX + 1 }))).toThrow(/retained byt/);
  });

  test.each([
    ['retained messages', daemon({ retained: 1 })],
    ['retained bytes', daemon({ retainedBytes: 1 })],
    ['open requests', daemon({ requests: 1 })],
    ['waiting joins', daemon({ waitingJoins: 1 })],
    ['waiting proposals', daemon({ waitingProposals: 1 })],
    ['queued proposals', daemon({ queued: 1 })],
    ['client connections', daemon({}, { clients: [CLIENT] })],
    ['groups', daemon({}, { groups: [1, 2].flatMap(() => daemon().inspect?.().groups ?? []) })],
  ])('%s that are left at rest are found', (what, engine) => {
    watch().isAtRest(daemon(), 0);
    expect(() => watch().isAtRest(engine, 0)).toThrow(new RegExp(`bounded-memory: ${what}`));
  });
});
