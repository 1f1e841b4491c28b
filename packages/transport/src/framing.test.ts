import { InvariantViolation } from '@group-services/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FrameSplitter } from './frame-splitter.js';
import { FrameWriter } from './frame-writer.js';

function encode(...frames: readonly Uint8Array[]): Buffer {
  const writer = new FrameWriter();
  for (const head of frames) writer.append({ head });
  return Buffer.concat(writer.take());
}

function drain(splitter: FrameSplitter): Buffer[] {
  const frames: Buffer[] = [];
  for (let frame = splitter.next(); frame !== undefined; frame = splitter.next()) {
    frames.push(frame);
  }
  return frames;
}

function filled(bytes: number, value: number): Uint8Array {
  return new Uint8Array(bytes).fill(value);
}

describe('FrameSplitter', () => {
  it('hands out views into the chunk when frames are whole', () => {
    const chunk = encode(filled(3, 1), filled(5, 2));
    const splitter = new FrameSplitter(100);
    splitter.push(chunk);
    const frames = drain(splitter);
    expect(frames).toEqual([Buffer.from([1, 1, 1]), Buffer.from([2, 2, 2, 2, 2])]);
    for (const frame of frames) expect(frame.buffer).toBe(chunk.buffer);
    expect(splitter.isAtBoundary).toBe(true);
  });

  it('puts a frame together that arrives byte by byte', () => {
    const splitter = new FrameSplitter(100);
    const frames: Buffer[] = [];
    for (const byte of encode(Buffer.from('half'), Buffer.from('whole'))) {
      splitter.push(Buffer.from([byte]));
      frames.push(...drain(splitter));
    }
    expect(frames.map(String)).toEqual(['half', 'whole']);
    expect(splitter.isAtBoundary).toBe(true);
  });

  it('knows that it stands within a prefix or a frame', () => {
    const bytes = encode(filled(10, 1));
    for (const cut of [1, 4, 13]) {
      const splitter = new FrameSplitter(100);
      splitter.push(bytes.subarray(0, cut));
      expect(drain(splitter)).toEqual([]);
      expect(splitter.isAtBoundary).toBe(false);
    }
  });

  it('refuses a frame above the limit when its prefix is there, and reads nothing after it', () => {
    const splitter = new FrameSplitter(8);
    splitter.push(encode(filled(8, 1), filled(9, 2), filled(1, 3)));
    expect(drain(splitter)).toEqual([Buffer.alloc(8, 1)]);
    expect(splitter.violation).toEqual({ kind: 'frame-too-large', bytes: 9, limit: 8 });
    splitter.push(encode(filled(1, 4)));
    expect(drain(splitter)).toEqual([]);
  });

  it('reads a prefix with the highest bit set as a large length', () => {
    const splitter = new FrameSplitter(8);
    splitter.push(Buffer.from([0xff, 0xff]));
    expect(drain(splitter)).toEqual([]);
    splitter.push(Buffer.from([0xff, 0xfe]));
    expect(drain(splitter)).toEqual([]);
    expect(splitter.violation).toMatchObject({ bytes: 0xffff_fffe });
  });

  it('refuses an empty frame', () => {
    const splitter = new FrameSplitter(8);
    splitter.push(Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 7]));
    expect(drain(splitter)).toEqual([]);
    expect(splitter.violation).toEqual({ kind: 'empty-frame' });
  });

  it('applies a new limit to the next frame, within the same chunk', () => {
    const splitter = new FrameSplitter(4);
    splitter.push(encode(filled(4, 1), filled(40, 2)));
    expect(splitter.next()).toHaveLength(4);
    splitter.setFrameLimit(40);
    expect(splitter.next()).toHaveLength(40);
  });
});

describe('FrameWriter', () => {
  it('copies the head before append returns', () => {
    const writer = new FrameWriter();
    const scratch = Buffer.from('first');
    writer.append({ head: scratch });
    scratch.write('again');
    expect(Buffer.concat(writer.take()).toString()).toContain('first');
  });

  it('gathers many small frames into one piece', () => {
    const writer = new FrameWriter();
    for (let i = 0; i < 10; i += 1) writer.append({ head: filled(20, i), tail: filled(280, i) });
    expect(writer.bytes).toBe(10 * 304);
    expect(writer.take()).toHaveLength(1);
    expect(writer.bytes).toBe(0);
    expect(writer.take()).toEqual([]);
  });

  it('passes a large tail on by reference', () => {
    const writer = new FrameWriter();
    const tail = filled(64 * 1024, 7);
    writer.append({ head: filled(20, 1), tail });
    writer.append({ head: filled(1, 2) });
    const pieces = writer.take();
    expect(pieces).toHaveLength(3);
    expect(pieces[1]).toBe(tail);
  });

  it('never writes again to bytes that were taken', () => {
    const writer = new FrameWriter();
    writer.append({ head: filled(100, 1) });
    const [taken] = writer.take();
    const copy = Buffer.from(taken ?? []);
    for (let i = 0; i < 1000; i += 1) writer.append({ head: filled(100, 2) });
    expect(Buffer.from(taken ?? [])).toEqual(copy);
  });

  it('takes a head that is larger than any slab', () => {
    const head = filled(300_000, 9);
    expect(encode(head).subarray(4).equals(head)).toBe(true);
  });

  it('refuses an empty frame as a broken promise of ours', () => {
    expect(() => new FrameWriter().append({ head: filled(0, 0) })).toThrow(InvariantViolation);
  });
});

describe('framing', () => {
  const length = fc.oneof(
    { weight: 8, arbitrary: fc.nat(600) },
    { weight: 1, arbitrary: fc.integer({ min: 16_000, max: 17_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 140_000 }) },
  );
  const frame = fc
    .record({ head: length, tail: fc.option(length, { nil: undefined }), value: fc.nat(255) })
    .map(({ head, tail, value }) => ({
      head: filled(tail === undefined || tail === 0 ? head + 1 : head, value),
      tail: tail === undefined ? undefined : filled(tail, value + 1),
    }));
  const step = fc.oneof(frame, fc.constant('take' as const));

  it('gives back every frame, however they were gathered and however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 20 }),
        (steps, cuts) => {
          const writer = new FrameWriter();
          const pieces: Uint8Array[] = [];
          const sent: Buffer[] = [];
          for (const one of steps) {
            if (one === 'take') {
              pieces.push(...writer.take());
            } else {
              writer.append(one);
              sent.push(Buffer.concat([one.head, one.tail ?? filled(0, 0)]));
            }
          }
          pieces.push(...writer.take());
          const stream = Buffer.concat(pieces);

          const splitter = new FrameSplitter(1_000_000);
          const received: Buffer[] = [];
          let at = 0;
          for (let turn = 0; at < stream.length; turn += 1) {
            const size = cuts[turn % cuts.length] ?? 1;
            splitter.push(stream.subarray(at, at + size));
            received.push(...drain(splitter));
            at += size;
          }
          expect(received).toHaveLength(sent.length);
          expect(received.every((one, index) => sent[index]?.equals(one))).toBe(true);
          expect(splitter.isAtBoundary).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('never throws on garbage and never hands out more than came in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 20 }),
        (chunks) => {
          const splitter = new FrameSplitter(64);
          let received = 0;
          for (const chunk of chunks) {
            splitter.push(Buffer.from(chunk));
            for (const one of drain(splitter)) received += one.length;
          }
          expect(received).toBeLessThanOrEqual(chunks.reduce((sum, one) => sum + one.length, 0));
        },
      ),
    );
  });
});
