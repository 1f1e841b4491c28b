import type { DaemonId, GroupName, MembershipId } from '@group-services/core';
import type { Entry, FromNameServer, ToNameServer } from '@group-services/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type LeaderRecovery,
  NameServerEngine,
  type NameServerInput,
  type NameServerOutput,
  Table,
  type TableRecord,
} from '../src/index.js';

const daemons = ['a.1', 'a.2', 'b.1', 'c.1'].map((id) => id as DaemonId);
const groups = ['g', 'h'].map((name) => name as GroupName);
const memberships = daemons.flatMap((id) => [1, 2].map((n) => `${id}.${n}` as MembershipId));

const step = fc.record({
  what: fc.constantFrom(
    ...(['connect', 'disconnect', 'restart', 'deadline', 'delete', 'renew', 'probed'] as const),
    ...([
      'resolve',
      'resolve',
      'change',
      'change',
      'change',
      'claim',
      'claim',
      'full',
      'full',
    ] as const),
  ),
  daemon: fc.constantFrom(...daemons),
  group: fc.constantFrom(...groups),
  asker: fc.constantFrom(...memberships),
  others: fc.subarray(memberships),
  keeps: fc.boolean(),
  behind: fc.constantFrom(0, 0, 0, 0, 1),
  waitMs: fc.nat(1500),
});
const recoveries = fc.constantFrom('announced', 'silent', 'name-server' as const);
type Step = (typeof step extends fc.Arbitrary<infer T> ? T : never) & object;

/** Runs steps against one name server and keeps what must hold over its restarts. */
class Run {
  readonly #store: 'file' | 'memory';
  readonly #recovery: LeaderRecovery;
  readonly #records: TableRecord[] = [];
  readonly #epochs: number[] = [];
  #engine: NameServerEngine;
  #now = 0;
  #count = 0;
  /** By generation and version: the one entry that was ever given out. */
  readonly #accepted = new Map<string, string>();
  readonly #newest = new Map<GroupName, readonly [generation: number, version: number]>();
  readonly #groupOfGeneration = new Map<number, GroupName>();

  constructor(store: 'file' | 'memory', recovery: LeaderRecovery) {
    this.#store = store;
    this.#recovery = recovery;
    this.#engine = this.#start();
  }

  perform(one: Step): void {
    this.#now += one.waitMs;
    if (one.what === 'restart') {
      const before = this.#engine.inspect(this.#now).groups;
      this.#engine = this.#start();
      if (this.#store === 'file') expect(this.#engine.inspect(this.#now).groups).toEqual(before);
      else this.#newest.clear();
      return;
    }
    const input = this.#input(one);
    const outputs = this.#engine.step(input, this.#now);
    this.#check(outputs);
    if (input.kind === 'received' && input.message.kind === 'change') {
      this.#repeat(input, outputs);
    }
  }

  #start(): NameServerEngine {
    this.#epochs.push(1_000_000 + this.#now + this.#epochs.length);
    return new NameServerEngine({
      epoch: this.#epochs.at(-1) ?? 0,
      domain: 'test',
      leaseMs: 1000,
      store: this.#store === 'file' ? 'file' : `memory ${this.#epochs.length}`,
      fresh: this.#store === 'file' && this.#epochs.length === 1,
      leaderRecovery: this.#recovery,
      ...(this.#store === 'file' ? { restored: Table.restore(undefined, this.#records) } : {}),
    });
  }

  #input({ what, daemon, group, asker, ...choice }: Step): NameServerInput {
    const from = asker.slice(0, asker.lastIndexOf('.')) as DaemonId;
    const entry = this.#engine.inspect(this.#now).groups.find((one) => one.group === group);
    const generation = (entry?.generation ?? 1) - choice.behind;
    const version = Math.max(0, (entry?.version ?? 1) - choice.behind);
    this.#count += 1;
    const number = this.#count;
    const to = (message: ToNameServer): NameServerInput => ({ kind: 'received', from, message });
    const kept = choice.keeps ? (entry?.members ?? []).map(({ id }) => id) : [];
    switch (what) {
      case 'connect':
        return { kind: 'connected', daemon, address: 'tcp://x:1' };
      case 'disconnect':
        return { kind: 'disconnected', daemon };
      case 'resolve': {
        const lookup = { number, group, membership: asker, address: 'tcp://x:1', create: true };
        return to({ kind: 'resolve', ...lookup });
      }
      case 'change':
      case 'claim': {
        const ids = new Set([...kept, asker, ...(what === 'claim' ? [] : choice.others)]);
        const members = [...ids].map((id) => ({
          id,
          joinVersion: 1,
          full: true,
          address: 'tcp://x:1',
        }));
        const takeover = what === 'claim';
        const change = { id: `${number}`, group, generation, fromVersion: version, asker };
        return to({ kind: 'change', ...change, leader: asker, members, takeover });
      }
      case 'full': {
        const joinVersion = entry?.members.find(({ id }) => id === asker)?.joinVersion ?? 1;
        return to({ kind: 'full', group, generation, membership: asker, joinVersion });
      }
      case 'delete':
        return to({ kind: 'delete', group, generation, version, membership: asker });
      case 'renew':
        return to({ kind: 'renew', number, holdings: [] });
      case 'probed':
        return to({ kind: 'probed', id: '1', group, generation, version, leads: choice.keeps });
      default:
        return { kind: 'deadlineReached' };
    }
  }

  #check(outputs: readonly NameServerOutput[]): void {
    const sentBefore = new Set<string>();
    for (const output of outputs) {
      if (output.kind === 'persist') {
        this.#records.push(output.record);
        // Nothing may be told before it is given to the store.
        if (output.record.kind === 'entry')
          expect(sentBefore.has(keyOf(output.record.entry))).toBe(false);
      }
      if (output.kind !== 'send') continue;
      for (const entry of entriesOf(output.message)) {
        sentBefore.add(keyOf(entry));
        this.#learn(entry);
      }
    }
    for (const entry of this.#engine.inspect(this.#now).groups) this.#grow(entry);
  }

  /** At most one change is accepted per version, and a generation belongs to one creation. */
  #learn(entry: Entry): void {
    const { leader, since, members } = entry;
    const list = JSON.stringify([
      leader,
      since,
      members.map(({ id, joinVersion }) => [id, joinVersion]),
    ]);
    expect(this.#accepted.get(keyOf(entry)) ?? list).toBe(list);
    this.#accepted.set(keyOf(entry), list);
    expect(this.#groupOfGeneration.get(entry.generation) ?? entry.group).toBe(entry.group);
    this.#groupOfGeneration.set(entry.generation, entry.group);
  }

  #grow(entry: Entry): void {
    const { group, generation, version, leader, members } = entry;
    const [lastGeneration, lastVersion] = this.#newest.get(group) ?? [0, 0];
    if (generation === lastGeneration) expect(version - lastVersion).toBeOneOf([0, 1]);
    else expect(generation).toBeGreaterThan(lastGeneration);
    this.#newest.set(group, [generation, version]);
    expect(members.find(({ id }) => id === leader)?.full).toBe(true);
    const nodes = members.map(({ id }) => id.slice(0, 1));
    expect(new Set(nodes).size).toBe(nodes.length);
  }

  /** An accepted change asked for again at once gets the same answer, and changes nothing. */
  #repeat(input: NameServerInput, outputs: readonly NameServerOutput[]): void {
    const answer = outputs.find((one) => one.kind === 'send' && one.message.kind === 'changed');
    if (answer?.kind !== 'send' || answer.message.kind !== 'changed') return;
    if (!answer.message.accepted) return;
    expect(this.#engine.step(input, this.#now)).toEqual([answer]);
  }
}

function keyOf({ generation, version }: Entry): string {
  return `${generation}/${version}`;
}

function entriesOf(message: FromNameServer): readonly Entry[] {
  if (message.kind === 'renewed') return message.entries;
  return 'entry' in message && message.entry !== null ? [message.entry] : [];
}

for (const store of ['file', 'memory'] as const) {
  test(`store ${store}: versions only grow, each is given once, generations are never used twice`, () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 20, maxLength: 120 }),
        recoveries,
        (steps, recovery) => {
          const run = new Run(store, recovery);
          for (const daemon of daemons.slice(1)) {
            run.perform({ ...(steps[0] as Step), what: 'connect', daemon, waitMs: 0 });
          }
          for (const one of steps) run.perform(one);
        },
      ),
      { numRuns: 200 },
    );
  });
}

test('snapshot and records give the table back, wherever the cut between them lies', () => {
  const member = { id: 'a.1.1' as MembershipId, joinVersion: 1, full: true, address: 'tcp://x:1' };
  const record: fc.Arbitrary<TableRecord> = fc.oneof(
    fc.record({
      kind: fc.constant('entry' as const),
      change: fc.option(fc.constant('a.1.1 x')),
      entry: fc.record({
        group: fc.constantFrom(...groups),
        generation: fc.nat(20),
        version: fc.nat(20),
        since: fc.constant(1),
        leader: fc.constant(member.id),
        members: fc.constant(member).map((one) => [one]),
      }),
    }),
    fc.record({
      kind: fc.constant('gone' as const),
      group: fc.constantFrom(...groups),
      generation: fc.nat(20),
    }),
  );
  fc.assert(
    fc.property(fc.array(record), fc.nat(), (records, at) => {
      const cut = at % (records.length + 1);
      const whole = Table.restore(undefined, records);
      const snapshot = Table.restore(undefined, records.slice(0, cut)).snapshot();
      const restored = Table.restore(JSON.parse(JSON.stringify(snapshot)), records.slice(cut));
      const sorted = (table: Table) => ({
        generation: table.generation,
        groups: [...table.groups()].sort((a, b) => (a.entry.group < b.entry.group ? -1 : 1)),
      });
      expect(sorted(restored)).toEqual(sorted(whole));
      expect(new Set(restored.groupsOf('a' as never))).toEqual(
        new Set(whole.groupsOf('a' as never)),
      );
    }),
  );
});
