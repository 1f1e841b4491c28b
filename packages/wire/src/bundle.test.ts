import { expect, test } from 'vitest';
import { BundleWriter, isBundle, messagesIn, payloadBytes, payloadsIn, sendsIn } from './bundle.js';
import { LIMITS } from './limits.js';

function bundleOf(...payloads: readonly Uint8Array[]) {
  const writer = new BundleWriter();
  for (const payload of payloads) writer.add(payload);
  const { count, content } = writer.take();
  return { count, content: content.slice() };
}

const hi = Uint8Array.of(0x68, 0x69);
const none = new Uint8Array(0);

test('what was put in comes out, and the writer begins anew', () => {
  const writer = new BundleWriter();
  writer.add(hi);
  writer.add(none);
  const { count, content } = writer.take();
  expect(payloadsIn({ count, content })).toEqual([hi, none]);
  expect(payloadBytes({ count, content })).toBe(2);
  writer.add(none);
  expect(writer.take()).toEqual({ count: 1, content: new Uint8Array(4) });
});

test('a payload is copied when it is added', () => {
  const writer = new BundleWriter();
  const reused = hi.slice();
  writer.add(reused);
  reused.fill(0);
  writer.add(reused);
  expect(payloadsIn(writer.take())).toEqual([hi, reused]);
});

test('a bundle has only so many messages and bytes', () => {
  const writer = new BundleWriter();
  for (let i = 0; i < LIMITS.bundleMessages; i += 1) {
    expect(writer.fits(0)).toBe(true);
    writer.add(none);
  }
  expect(writer.fits(0)).toBe(false);
  expect(isBundle(writer.take())).toBe(true);
  expect(writer.fits(LIMITS.bundleBytes - 4)).toBe(true);
  expect(writer.fits(LIMITS.bundleBytes - 3)).toBe(false);
  const full = bundleOf(new Uint8Array(LIMITS.bundleBytes - 8), none);
  expect(isBundle(full)).toBe(true);
  expect(isBundle(bundleOf(new Uint8Array(LIMITS.bundleBytes - 7), none))).toBe(false);
});

test('bytes that are not so many payloads are no bundle', () => {
  const { content } = bundleOf(hi, none);
  for (const count of [0, 1, 3, LIMITS.bundleMessages + 1, 0xffff_ffff]) {
    expect(isBundle({ count, content }), `${count}`).toBe(false);
  }
  expect(isBundle({ count: 2, content: content.subarray(0, content.length - 1) })).toBe(false);
  expect(isBundle({ count: 2, content: Uint8Array.of(...content, 0) })).toBe(false);
  const tooLong = content.slice();
  tooLong[0] = 0xff;
  expect(isBundle({ count: 2, content: tooLong })).toBe(false);
});

test('it stands for its messages, with numbers that follow each other', () => {
  const bundled = bundleOf(hi, none);
  expect(sendsIn({ kind: 'bundle', handle: 3, request: 7, safe: true, ...bundled })).toEqual([
    { kind: 'send', handle: 3, request: 7, safe: true, payload: hi },
    { kind: 'send', handle: 3, request: 8, safe: true, payload: none },
  ]);
  const told = { kind: 'bundle', handle: 3, position: 20, from: 1, ...bundled } as const;
  const [first, second] = messagesIn({ ...told, request: 7 });
  expect(first).toMatchObject({ kind: 'message', position: 20, request: 7, payload: hi });
  expect(second).toMatchObject({ position: 21, request: 8, from: 1, handle: 3 });
  expect(messagesIn({ ...told, request: 0 }).map(({ request }) => request)).toEqual([0, 0]);
});
