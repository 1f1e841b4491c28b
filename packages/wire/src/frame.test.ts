import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { decodeProposal } from './body-codecs.js';
import { decodeFromClient, encodeToClient, isFrameOfNewerDaemon } from './client-frames.js';
import { decodeControl, encodeControl, FRAME, joinFrame } from './frame.js';
import { decodeGroupFrame, PeerMemberships } from './group-frames.js';
import { decodeHandshakeAnswer } from './handshake.js';
import { decodeHello } from './hello.js';
import { pack } from './msgpack.js';

const control = (message: object): Uint8Array => joinFrame(encodeControl(message));
const hello = {
  kind: 'hello',
  magic: 'group-services',
  role: 'client',
  wire: { min: 1, max: 1 },
  domain: 'default',
  features: [],
};

describe('handshake', () => {
  test('keys and features that are not known are ignored', () => {
    const frame = control({ ...hello, colour: 'red', features: ['later'] });
    expect(decodeHello(frame)).toEqual({ ok: true, value: { ...hello, features: ['later'] } });
  });

  test.each([
    ['another protocol', { ...hello, magic: 'http' }],
    ['unknown role', { ...hello, role: 'root' }],
    ['no versions', { ...hello, wire: undefined }],
    ['versions that are no numbers', { ...hello, wire: { min: '1', max: 1 } }],
    ['node name with a slash', { ...hello, node: '../etc' }],
    ['negative incarnation', { ...hello, incarnation: -1 }],
    ['broken incarnation', { ...hello, incarnation: 1.5 }],
    ['too many features', { ...hello, features: Array(65).fill('x') }],
    ['a list', [hello]],
  ])('refused: %s', (_, message) => {
    expect(decodeHello(control(message)).ok).toBe(false);
  });

  test('only a hello opens, only an answer answers', () => {
    expect(decodeHandshakeAnswer(control(hello)).ok).toBe(false);
    expect(decodeHello(control({ kind: 'refuse', code: 'domain', text: '' })).ok).toBe(false);
    expect(decodeHello(Uint8Array.of(FRAME.send, 0, 0, 0, 0, 1)).ok).toBe(false);
  });
});

describe('messages of hostile shape', () => {
  const join = { kind: 'join', request: 1, handle: 1, group: 'g', attributes: {}, timeout: 0 };

  test.each([
    ['kind missing', { ...join, kind: undefined }],
    ['kind of another direction', { ...join, kind: 'joined' }],
    ['kind from the prototype', { ...join, kind: '__proto__' }],
    ['kind that is a method', { ...join, kind: 'constructor' }],
    ['request beyond four bytes', { ...join, request: 2 ** 32 }],
    ['request that is a text', { ...join, request: '1' }],
    ['group that is a list', { ...join, group: ['g'] }],
    ['group of 300 bytes', { ...join, group: 'x'.repeat(300) }],
    ['attributes that are null', { ...join, attributes: null }],
    ['unknown attribute', { ...join, attributes: { constructor: 1 } }],
    ['no phases', { ...join, attributes: { joinPhases: { exactly: 0 } } }],
    ['timeout that is infinite', { ...join, timeout: Number.POSITIVE_INFINITY }],
    ['timeout that is no number', { ...join, timeout: Number.NaN }],
    ['nothing', {}],
  ])('%s', (_, message) => {
    expect(decodeFromClient(control(message)).ok).toBe(false);
  });

  test('bytes given as a list of numbers', () => {
    const proposed = { kind: 'state', value: [1, 2, 3] };
    const message = { kind: 'propose', request: 1, handle: 1, phases: 1, proposed };
    expect(decodeFromClient(control(message)).ok).toBe(false);
  });

  test('more targets than a list may have', () => {
    const targets = Array<string>(10_001).fill('n1/p1');
    const body = joinFrame({
      head: Uint8Array.of(FRAME.control),
      tail: pack({ kind: 'expel', low: 0, proposer: 1, targets }),
    });
    expect(decodeProposal(body).ok).toBe(false);
  });

  test('a key named after the prototype is not taken over', () => {
    const frame = control(JSON.parse('{"kind":"x","__proto__":{"admin":true}}') as object);
    const read = decodeControl(frame, z.object({ kind: z.string() }));
    expect(read).toEqual({ ok: true, value: { kind: 'x' } });
    expect((read as { value: { admin?: boolean } }).value.admin).toBeUndefined();
  });

  test('the reason stays one short line, however much is wrong', () => {
    const wrong = z.object({ list: z.array(z.string()) });
    const read = decodeControl(control({ list: Array(10_000).fill(1) }), wrong);
    expect(read).toEqual({
      ok: false,
      error: 'invalid list.0: expected string',
    });
  });
});

describe('frames between daemons', () => {
  const peer = new PeerMemberships('n1.1' as PeerMemberships['daemon']);
  const self = new PeerMemberships('n2.2' as PeerMemberships['daemon']);
  const envelope = [0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7];
  const read = (...bytes: readonly number[]) =>
    decodeGroupFrame(Uint8Array.from(bytes), peer, self);

  test('bytes behind a frame of fixed size are refused', () => {
    const nack = [FRAME.nack, ...envelope, 0, 0, 0, 3, ...Array<number>(16).fill(0)];
    expect(read(...nack).ok).toBe(true);
    expect(read(...nack, 0).ok).toBe(false);
  });

  test.each([FRAME.control, FRAME.send, FRAME.message, 0, 0xff])(
    'a frame of type %i is no frame of a group',
    (type) => {
      expect(read(type, ...envelope, 0x80).ok).toBe(false);
    },
  );

  test('a generation beyond what a number holds is refused', () => {
    const leave = pack({ kind: 'leave' });
    const far = [0, 0, 0, 4, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    expect(read(FRAME.groupControl, ...envelope, ...leave).ok).toBe(true);
    expect(read(FRAME.groupControl, ...far, ...leave).ok).toBe(false);
  });

  test('an origin that is no membership is refused', () => {
    const stamp = Array<number>(24).fill(0);
    const numbers = Array<number>(20).fill(0);
    const data = (origin: string): boolean => {
      const text = [...origin].map((c) => c.charCodeAt(0));
      return read(FRAME.data, ...envelope, 0, ...stamp, 0, ...numbers, text.length, ...text).ok;
    };
    expect(data('n3.3.3')).toBe(true);
    for (const origin of ['', 'n3', 'n3.3', 'n3.3.03', 'n3.3.4294967296', 'é.3.3']) {
      expect(data(origin), origin).toBe(false);
    }
  });

  test('a peer that uses many memberships does not fill the memory', () => {
    const memberships = new PeerMemberships('n1.1' as PeerMemberships['daemon']);
    for (let joinNo = 0; joinNo < 20_000; joinNo += 1) {
      expect(memberships.membership(joinNo)).toBe(`n1.1.${joinNo}`);
    }
  });
});

test('a process can tell a message of a newer daemon from a broken one', () => {
  const known = joinFrame(encodeToClient({ kind: 'done', request: 1 }));
  const message = { handle: 1, position: 1, from: 1, request: 0, payload: new Uint8Array(0) };
  expect(isFrameOfNewerDaemon(known)).toBe(false);
  expect(isFrameOfNewerDaemon(control({ kind: 'done', request: 'one' }))).toBe(false);
  expect(isFrameOfNewerDaemon(joinFrame(encodeToClient({ kind: 'message', ...message })))).toBe(
    false,
  );
  expect(isFrameOfNewerDaemon(control({ kind: 'weather', sunny: true }))).toBe(true);
  expect(isFrameOfNewerDaemon(Uint8Array.of(0x22, 1))).toBe(true);
  for (const broken of [[FRAME.control], [FRAME.control, 0xc1], [FRAME.control, 0xc0]]) {
    expect(isFrameOfNewerDaemon(Uint8Array.from(broken))).toBe(false);
  }
});
