import type { GroupName, MembershipId } from '@group-services/core';
import type { Entry, FromNameServer, GroupMessage } from '@group-services/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MetagroupEngine, type MetagroupInput } from '../src/index.js';
import { testOptions } from './harness/options.js';

const ids = ['a.1.1', 'b.1.1', 'b.2.1', 'c.1.1'] as MembershipId[];
const id = fc.constantFrom(...ids);
const small = fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constantFrom(300, 2 ** 40));
const version = fc.integer({ min: 1, max: 6 });
const body = fc.constantFrom(new Uint8Array(0), new Uint8Array([1, 2, 3]), new Uint8Array(2_000));
const group = 'g' as GroupName;

const entry: fc.Arbitrary<Entry> = fc
  .record({
    generation: fc.integer({ min: 1, max: 2 }),
    version,
    since: version,
    leader: id,
    members: fc.uniqueArray(
      fc.record({ id, joinVersion: version, full: fc.boolean(), address: fc.constant('x') }),
      { minLength: 1, selector: (member) => member.id },
    ),
  })
  .map((each) => ({ ...each, group }));

const logEntry = fc.record({
  seq: small,
  origin: id,
  originJoinVersion: version,
  counter: small,
  safe: fc.boolean(),
  view: fc.boolean(),
  body,
});
const stamp = { version, since: version, cut: small, stable: small, ackRequired: fc.boolean() };
const ack = {
  version,
  joinVersion: version,
  contiguous: small,
  stableSeen: small,
  pressure: small,
};

function kind<Kind extends string>(name: Kind) {
  return { kind: fc.constant(name) };
}

const message: fc.Arbitrary<GroupMessage> = fc.oneof(
  fc.record({ ...kind('data'), ...stamp, entry: logEntry }),
  fc.record({ ...kind('sync'), ...stamp, last: small }),
  fc.record({ ...kind('submit'), ...ack, counter: small, safe: fc.boolean(), body }),
  fc.record({ ...kind('ack'), ...ack }),
  fc.record({ ...kind('nack'), version, from: small, to: small }),
  fc.record({ ...kind('request'), ...ack, since: version, index: small, n: small, body }),
  fc.record({ ...kind('reply'), since: version, index: small, n: small, body }),
  fc.record({
    ...kind('received'),
    since: version,
    channel: fc.constantFrom('requests' as const, 'replies' as const),
    index: small,
  }),
  fc.record({ ...kind('fetched'), version, entry: logEntry }),
  fc.record({ ...kind('insert'), address: fc.constant('x') }),
  fc.record({ ...kind('leave') }),
  fc.record({ ...kind('handover'), entry }),
  fc.record({ ...kind('takeover'), entry }),
  fc.record({ ...kind('state'), version, contiguous: fc.option(small), pressure: small }),
  fc.record({ ...kind('fetch'), version, from: small, to: small }),
  fc.record({
    ...kind('snapshot'),
    version,
    since: version,
    cut: small,
    position: small,
    index: small,
    chunks: small,
    bytes: body,
  }),
  fc.record({ ...kind('snapshot-received'), version, position: small, next: small }),
  fc.record({ ...kind('gone'), membership: id }),
  fc.record({ ...kind('not-leader') }),
  fc.record({ ...kind('stale'), generation: version, version }),
);

const answer: fc.Arbitrary<FromNameServer> = fc.oneof(
  fc.record({
    ...kind('resolved'),
    number: small,
    group: fc.constant(group),
    membership: id,
    entry: fc.option(entry),
  }),
  fc.record({ ...kind('notice'), entry }),
  fc.record({
    ...kind('changed'),
    id: fc.constantFrom('a.1.1:1:1', 'a.1.1:1:2'),
    group: fc.constant(group),
    accepted: fc.boolean(),
    entry: fc.option(entry),
  }),
  fc.record({
    ...kind('probe'),
    id: fc.constant('p'),
    group: fc.constant(group),
    generation: version,
    version,
    entry,
    complainer: id,
    complaints: small,
  }),
);

const input: fc.Arbitrary<MetagroupInput> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ ...kind('received'), from: id, message }) },
  { weight: 4, arbitrary: fc.record({ ...kind('fromNameServer'), message: answer }) },
  { weight: 2, arbitrary: fc.record({ ...kind('deadlineReached') }) },
  fc.record({ ...kind('multicast'), body, safe: fc.boolean() }),
  fc.record({ ...kind('submit'), body, safe: fc.boolean() }),
  fc.record({ ...kind('request'), n: small, body }),
  fc.record({ ...kind('reply'), origin: id, n: small, body }),
  fc.record({ ...kind('snapshot'), position: small, bytes: body }),
);

const formed: MetagroupInput = {
  kind: 'fromNameServer',
  message: {
    kind: 'resolved',
    number: 1,
    group,
    membership: 'a.1.1' as MembershipId,
    entry: {
      group,
      generation: 1,
      version: 1,
      since: 1,
      leader: 'a.1.1' as MembershipId,
      members: [{ id: 'a.1.1' as MembershipId, joinVersion: 1, full: true, address: 'a' }],
    },
  },
};

test('B4: nothing that a peer or name server says makes it throw, hoard, or run for ever', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(input, { maxLength: 60 }), (leads, inputs) => {
      const engine = new MetagroupEngine({ ...testOptions('a.1.1'), observe: true });
      let now = 0;
      engine.start(now);
      for (const each of leads ? [formed, ...inputs] : inputs) {
        now += 3;
        engine.step(each, now);
        let rounds = 0;
        for (; engine.deadline() <= now && rounds < 20; rounds += 1) {
          engine.step({ kind: 'deadlineReached' }, now);
        }
        expect(rounds).toBeLessThan(20);
        // What one input can add at most, however far away the numbers in it are.
        expect(engine.progress().retained).toBeLessThan(inputs.length + 2);
      }
    }),
    { numRuns: 500 },
  );
});
