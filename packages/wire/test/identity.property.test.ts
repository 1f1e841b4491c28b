import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { approvedSchema, ballotSchema, toClientSchema } from '../src/client-messages.js';
import { nodeMessageSchema } from '../src/daemon-frames.js';
import { entrySchema } from '../src/entry.js';
import { fromClientSchema, voteSchema } from '../src/from-client.js';
import {
  groupSnapshotSchema,
  proposalSchema,
  replySchema,
  startSchema,
} from '../src/group-bodies.js';
import { groupControlSchema, snapshotSchema } from '../src/group-messages.js';
import { answerSchema } from '../src/handshake.js';
import { helloSchema } from '../src/hello.js';
import {
  BundleWriter,
  type DaemonMessage,
  type GroupMessage,
  LIMITS,
  type LogEntry,
  type MessageBody,
  PeerMemberships,
} from '../src/index.js';
import { fromNameServerSchema, toNameServerSchema } from '../src/name-server-messages.js';
import { resultSchema, votesSchema } from '../src/voting-bodies.js';
import {
  groupSnapshots,
  orderedBodies,
  proposals,
  replies,
  snapshots,
  views,
} from './samples/bodies.js';
import { fromClient, toClient } from './samples/client.js';
import { type Family, generation, m1, m2 } from './samples/common.js';
import { betweenDaemons, inEnvelope } from './samples/daemon.js';
import { handshakeAnswer, hello } from './samples/handshake.js';
import { fromNameServer, toNameServer } from './samples/name-server.js';
import { arbitraryOf, membershipId, payload, u32, u53 } from './support/arbitrary.js';

function survives<T>(family: Family<T>, messages: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(messages, (message) => {
      expect(family.decode(family.encode(message))).toEqual({ ok: true, value: message });
    }),
    { numRuns: 40 },
  );
}

describe('what is written is read back: control messages', () => {
  const cases: readonly (readonly [string, () => void])[] = [
    pair(hello, helloSchema),
    pair(handshakeAnswer, answerSchema),
    pair(views, entrySchema),
    pair(snapshots, snapshotSchema),
    pair(proposals, proposalSchema),
    pair(orderedBodies, startSchema),
    pair(replies, replySchema),
    pair(groupSnapshots, groupSnapshotSchema),
    pair(toNameServer, toNameServerSchema),
    pair(fromNameServer, fromNameServerSchema),
    pair(fromClient, fromClientSchema),
    pair(toClient, toClientSchema),
  ];

  test.each(cases)('%s', (_, check) => {
    check();
  });

  function pair<T, M extends T>(
    family: Family<T>,
    schema: z.ZodMiniType<M>,
  ): readonly [string, () => void] {
    return [family.name, () => survives(family, arbitraryOf(schema) as fc.Arbitrary<T>)];
  }

  test('between daemons, outside groups', () => {
    survives(
      betweenDaemons,
      arbitraryOf(nodeMessageSchema).map((message): DaemonMessage => ({ kind: 'node', message })),
    );
  });

  test('between daemons, in a group', () => {
    survives(betweenDaemons, arbitraryOf(groupControlSchema).map(inEnvelope));
  });
});

describe('what is written is read back: fixed headers', () => {
  const stamp = { version: u32, since: u32, cut: u53, stable: u53 };
  const ack = { version: u32, joinVersion: u32, contiguous: u53, stableSeen: u53, pressure: u32 };
  const entry: fc.Arbitrary<LogEntry> = fc.record({
    seq: u53,
    origin: fc.oneof(membershipId, fc.constantFrom(m1, m2)),
    originJoinVersion: u32,
    counter: u53,
    safe: fc.boolean(),
    view: fc.boolean(),
    body: payload,
  });
  const hot: Readonly<Record<string, fc.Arbitrary<GroupMessage>>> = {
    data: fc.record({ kind: is('data'), ...stamp, ackRequired: fc.boolean(), entry }),
    sync: fc.record({ kind: is('sync'), ...stamp, ackRequired: fc.boolean(), last: u53 }),
    submit: fc.record({
      kind: is('submit'),
      ...ack,
      counter: u53,
      safe: fc.boolean(),
      body: payload,
    }),
    ack: fc.record({ kind: is('ack'), ...ack }),
    nack: fc.record({ kind: is('nack'), version: u32, from: u53, to: u53 }),
    request: fc.record({
      kind: is('request'),
      ...ack,
      since: u32,
      index: u53,
      n: u53,
      body: payload,
    }),
    reply: fc.record({ kind: is('reply'), since: u32, index: u53, n: u53, body: payload }),
    received: fc.record({
      kind: is('received'),
      since: u32,
      channel: fc.constantFrom('requests' as const, 'replies' as const),
      index: u53,
    }),
    fetched: fc.record({ kind: is('fetched'), version: u32, entry }),
  };

  function is<const K extends string>(kind: K): fc.Arbitrary<K> {
    return fc.constant(kind);
  }

  test.each(Object.entries(hot))('%s', (_, messages) => {
    survives(betweenDaemons, messages.map(inEnvelope));
  });

  test('envelope', () => {
    // From 1 on, as they are given out; 0 addresses no membership in particular.
    const joinNo = fc.integer({ min: 1, max: 0xffffffff });
    fc.assert(
      fc.property(joinNo, joinNo, u53, (to, from, inGeneration) => {
        const sender = new PeerMemberships(m1.slice(0, -2) as typeof sender.daemon);
        const receiver = new PeerMemberships(m2.slice(0, -2) as typeof receiver.daemon);
        const message: DaemonMessage = {
          kind: 'group',
          envelope: {
            generation: inGeneration,
            from: sender.membership(from),
            to: receiver.membership(to),
            message: { kind: 'leave' },
          },
        };
        expect(betweenDaemons.decode(betweenDaemons.encode(message))).toEqual({
          ok: true,
          value: message,
        });
      }),
    );
    expect(generation).toBeLessThan(Number.MAX_SAFE_INTEGER);
  });

  const message: fc.Arbitrary<MessageBody> = fc.record({
    kind: is('message'),
    safe: fc.boolean(),
    proposer: u32,
    n: u53,
    low: u53,
    payload,
  });

  test('a provider message, with the same bytes as proposal and as START', () => {
    survives(proposals, message);
    survives(orderedBodies, message);
    fc.assert(
      fc.property(message, (body) => {
        expect(orderedBodies.encode(body)).toEqual(proposals.encode(body));
      }),
    );
  });

  const bundled = fc
    .array(fc.uint8Array({ maxLength: 40 }), { minLength: 2, maxLength: LIMITS.bundleMessages })
    .map((payloads) => {
      const bundle = new BundleWriter();
      for (const each of payloads) bundle.add(each);
      const { count, content } = bundle.take();
      return { count, content: content.slice() };
    });

  test('several messages as one, everywhere', () => {
    const fields = { kind: is('bundle'), safe: fc.boolean(), proposer: u32, n: u53, low: u53 };
    const body = fc.tuple(fc.record(fields), bundled).map(([one, other]) => ({ ...one, ...other }));
    survives(proposals, body);
    survives(orderedBodies, body);
    const sent = { kind: is('bundle'), handle: u32, request: fc.nat(1e9), safe: fc.boolean() };
    survives(
      fromClient,
      fc.tuple(fc.record(sent), bundled).map(([one, other]) => ({ ...one, ...other })),
    );
    const told = { kind: is('bundle'), handle: u32, position: u53, from: u32, request: u32 };
    survives(
      toClient,
      fc.tuple(fc.record(told), bundled).map(([one, other]) => ({ ...one, ...other })),
    );
  });

  test('votes on their way to the leader', () => {
    survives(proposals, arbitraryOf(votesSchema));
  });

  test('results', () => {
    survives(orderedBodies, arbitraryOf(resultSchema));
  });

  /** `<generation>.<position>` */
  const protocolId = fc.tuple(u53, u53).map((numbers) => numbers.join('.'));

  test('a vote from a process', () => {
    const vote = fc.tuple(arbitraryOf(voteSchema), protocolId);
    survives(
      fromClient,
      vote.map(([message, protocol]) => ({ ...message, protocol })),
    );
  });

  test('what is approved', () => {
    const approved = fc.tuple(arbitraryOf(approvedSchema), protocolId);
    survives(
      toClient,
      approved.map(([message, id]) => ({
        ...message,
        protocol: { ...message.protocol, id },
        // 0 says that it answers no request.
        request: message.request === 0 ? undefined : message.request,
      })),
    );
  });

  test('what is asked', () => {
    const fence = fc.stringMatching(/^[0-9-]{0,64}$/);
    survives(
      toClient,
      fc.tuple(arbitraryOf(ballotSchema), protocolId, fence).map(([message, id, list]) => ({
        ...message,
        protocol: { ...message.protocol, id },
        fence: list,
      })),
    );
  });

  test('send and message', () => {
    survives(
      fromClient,
      fc.record({ kind: is('send'), handle: u32, request: u32, safe: fc.boolean(), payload }),
    );
    survives(
      toClient,
      fc.record({
        kind: is('message'),
        handle: u32,
        position: u53,
        from: u32,
        request: u32,
        payload,
      }),
    );
  });
});
