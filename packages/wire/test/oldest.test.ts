import * as oldest from '@group-services/wire/fixtures/wire-1.0';
import { describe, expect, test } from 'vitest';
import type { Decoded } from '../src/index.js';
import { type AnyFamily, daemon1, daemon2 } from './samples/common.js';
import { families } from './samples/families.js';

/**
 * A program of minor 0 and one of today, each with its own codecs: what they write for each other is the
 * same bytes, and where today's says something more, the older one passes over it.
 */

const { PeerMemberships } = oldest;

const OLDEST_READS: Readonly<Record<string, (bytes: Uint8Array) => Decoded<unknown>>> = {
  hello: oldest.decodeHello,
  'handshake-answer': oldest.decodeHandshakeAnswer,
  'daemon-to-daemon': (bytes) =>
    oldest.decodeDaemonFrame(bytes, new PeerMemberships(daemon1), new PeerMemberships(daemon2)),
  view: oldest.decodeView,
  snapshot: oldest.decodeSnapshot,
  proposal: oldest.decodeProposal,
  ordered: oldest.decodeOrdered,
  reply: oldest.decodeReply,
  'group-snapshot': oldest.decodeGroupSnapshot,
  'to-name-server': oldest.decodeToNameServer,
  'from-name-server': oldest.decodeFromNameServer,
  'from-client': oldest.decodeFromClient,
  'to-client': oldest.decodeToClient,
  'keep-alive': (bytes) =>
    oldest.isKeepAlive(bytes)
      ? { ok: true, value: { kind: 'keep-alive' } }
      : { ok: false, error: 'no sign of life' },
};

const OLDEST_WRITES: Readonly<Record<string, (message: never) => Uint8Array>> = {
  hello: (message) => oldest.joinFrame(oldest.encodeHandshake(message)),
  'handshake-answer': (message) => oldest.joinFrame(oldest.encodeHandshake(message)),
  'daemon-to-daemon': (message) => oldest.joinFrame(oldest.encodeDaemonFrame(message)),
  view: oldest.encodeView,
  snapshot: oldest.encodeSnapshot,
  proposal: oldest.encodeProposal,
  ordered: oldest.encodeOrdered,
  reply: oldest.encodeReply,
  'group-snapshot': oldest.encodeGroupSnapshot,
  'to-name-server': (message) => oldest.joinFrame(oldest.encodeNameServerMessage(message)),
  'from-name-server': (message) => oldest.joinFrame(oldest.encodeNameServerMessage(message)),
  'from-client': (message) => oldest.joinFrame(oldest.encodeFromClient(message)),
  'to-client': (message) => oldest.joinFrame(oldest.encodeToClient(message)),
  'keep-alive': () => oldest.KEEP_ALIVE.head,
};

/** Keys that came with a feature: what the oldest codec does not have. */
const LATER = ['minor', 'trace', 'pid', 'replace', 'release'];

/** Messages that came with a feature, and are said only to who knows it: the oldest refuses them. */
const LATER_MESSAGES: ReadonlySet<string> = new Set([
  'to-name-server name-held',
  'from-name-server name-wanted',
  'from-client watch-nodes',
  'to-name-server watch-nodes',
  'from-name-server nodes',
  'to-name-server renew-digest',
  'from-name-server holdings-wanted',
]);

describe.each(families)('$name (B10)', (family) => {
  const told = family.samples.filter(({ message }) => !isLaterMessage(family.name, message));
  const untold = family.samples.filter(({ message }) => isLaterMessage(family.name, message));

  test.each(told.filter(({ message }) => !isLater(message)))(
    '$name: both write the same bytes',
    ({ message, encode }) => {
      const write = OLDEST_WRITES[family.name];
      expect(write?.(message as never)).toEqual(encode());
    },
  );

  test.each(told)('$name: the oldest reads what today is written', (sample) => {
    const read = OLDEST_READS[family.name]?.(sample.encode());
    expect(read).toEqual({ ok: true, value: withoutLater(sample.message) });
  });

  test.each(untold)('$name: the oldest cannot read what it is never told', (sample) => {
    expect(OLDEST_READS[family.name]?.(sample.encode()).ok).toBe(false);
  });

  test('what today says more is there to be passed over', () => {
    const more = told.filter(({ message }) => isLater(message));
    expect(more.length > 0).toBe(LATER_IN.has(family.name));
  });
});

/** Families with messages that have something to pass over. */
const LATER_IN: ReadonlySet<AnyFamily['name']> = new Set([
  'hello',
  'handshake-answer',
  'proposal',
  'ordered',
  'from-client',
  'to-client',
]);

function isLaterMessage(family: string, message: unknown): boolean {
  const { kind } = message as { readonly kind?: string };
  return LATER_MESSAGES.has(`${family} ${kind}`);
}

function isLater(message: unknown): boolean {
  return JSON.stringify(message) !== JSON.stringify(withoutLater(message));
}

function withoutLater(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLater);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const kept = Object.entries(value).filter(([key]) => !LATER.includes(key));
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutLater(part)]));
}
