import { describe, expect, it } from 'vitest';
import { encodeControl, joinFrame } from './frame.js';
import { SharedEncoding } from './shared-encoding.js';

type Told = Parameters<SharedEncoding['encode']>[0];

const view = { providers: Array.from({ length: 50 }, (_, no) => `n1/p${no}`) };
/** Handles of each length that msgpack has for numbers. */
const HANDLES = [1, 127, 128, 255, 256, 65_535, 65_536, 4_294_967_295];

function told(handle: number, more: object = {}): Told {
  return { kind: 'approved', handle, position: 7, request: undefined, view, ...more };
}

/** The frames of some messages one after the other, and how many of them shared a rest. */
function encodeAll(messages: readonly Told[]) {
  const shared = new SharedEncoding();
  const frames = messages.map((message) => shared.encode(message));
  // Joined only now: an encoding must not change under a link that has not written it yet.
  return {
    bytes: frames.map(joinFrame),
    shared: frames.filter(({ tail }) => tail !== undefined).length,
  };
}

function encodedAlone(messages: readonly Told[]): Uint8Array[] {
  return messages.map((message) => joinFrame(encodeControl(message)));
}

describe('SharedEncoding', () => {
  it('writes what each message would be by itself, whatever the handles', () => {
    for (const first of HANDLES) {
      const messages = [first, ...HANDLES].map((handle) => told(handle));
      const { bytes, shared } = encodeAll(messages);
      expect(bytes).toEqual(encodedAlone(messages));
      expect(shared).toBe(HANDLES.length);
    }
  });

  it.each([
    ['a field is another', [told(1), told(2, { position: 8 })]],
    ['a value is only alike', [told(1), told(2, { view: { ...view } })]],
    ['there is a field more', [told(1), told(2, { phases: 0 })]],
    ['a field is missing', [told(1, { phases: 0 }), told(2)]],
    ['one field stands for another', [told(1, { a: undefined }), told(2, { b: undefined })]],
    ['the kind is another', [told(1), { ...told(2), kind: 'ballot' }]],
    ['the handle comes later', [{ kind: 'approved', position: 7, handle: 1 }, told(1)]],
  ])('shares nothing when %s', (_why, messages) => {
    const { bytes, shared } = encodeAll(messages);
    expect(shared).toBe(0);
    expect(bytes).toEqual(encodedAlone(messages));
  });

  it('goes on after a message of its own, as the one that answers a request', () => {
    const messages = [told(1), told(2), told(3, { request: 9 }), told(4), told(5)];
    const { bytes, shared } = encodeAll(messages);
    expect(shared).toBe(2);
    expect(bytes).toEqual(encodedAlone(messages));
  });
});
