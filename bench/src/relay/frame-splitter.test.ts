import { describe, expect, it } from 'vitest';
import { eachFrame, FRAME_BYTES_MAX, GREETING, LENGTH_BYTES } from './frame.js';
import { FrameSplitter } from './frame-splitter.js';

function frame(body: string): Buffer {
  const bytes = Buffer.from(`    ${body}`);
  bytes.writeUInt32LE(body.length);
  return bytes;
}

function bodiesOf(chunks: readonly Buffer[]): string[] {
  const bodies: string[] = [];
  const splitter = new FrameSplitter((run) =>
    eachFrame(run, (start, end) => {
      bodies.push(run.toString('utf8', start + LENGTH_BYTES, end));
    }),
  );
  for (const chunk of chunks) splitter.push(chunk);
  return bodies;
}

describe('FrameSplitter', () => {
  const stream = Buffer.concat([frame('one'), GREETING, frame('three'), frame('4')]);

  it('hands on whole frames of one chunk as one slice of it', () => {
    const runs: Buffer[] = [];
    new FrameSplitter((run) => runs.push(run)).push(stream);
    expect(runs).toHaveLength(1);
    expect(runs[0]?.buffer).toBe(stream.buffer);
  });

  it.each(Array.from({ length: stream.length - 1 }, (_, index) => index + 1))(
    'finds the same frames in chunks of %i bytes',
    (bytes) => {
      const chunks = [];
      for (let at = 0; at < stream.length; at += bytes)
        chunks.push(stream.subarray(at, at + bytes));
      expect(bodiesOf(chunks)).toEqual(['one', '', 'three', '4']);
    },
  );

  it('keeps an incomplete frame to itself', () => {
    expect(bodiesOf([stream.subarray(0, stream.length - 1)])).toEqual(['one', '', 'three']);
  });

  it('throws at a frame beyond the limit', () => {
    const huge = Buffer.alloc(LENGTH_BYTES);
    huge.writeUInt32LE(FRAME_BYTES_MAX);
    expect(() => bodiesOf([huge])).toThrow(/frame of/);
  });
});
