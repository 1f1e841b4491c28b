import { once } from 'node:events';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { eachFrame, FRAME_HEADER_BYTES, LENGTH_BYTES } from './frame.js';
import { barrierCounter, leaderHop } from './hop.js';
import { Outlet } from './outlet.js';

describe('barrierCounter', () => {
  it('opens with the last of each round', () => {
    const opens = barrierCounter();
    expect([3, 3, 3, 3, 3, 3].map((parties) => opens(parties))).toEqual([
      ...[false, false, true],
      ...[false, false, true],
    ]);
  });
});

function frame(parties: number, text: string): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(FRAME_HEADER_BYTES), Buffer.from(text)]);
  bytes.writeUInt32LE(bytes.length - LENGTH_BYTES);
  bytes.writeUInt32LE(parties, LENGTH_BYTES);
  return bytes;
}

describe("the leader's hop in frame form", () => {
  it('numbers what it sends, and keeps who enters a barrier until the last one', async () => {
    const down = new Outlet();
    const peer = new PassThrough();
    // An outlet corks, writes and listens for the end: every stream can do that.
    down.add(peer as unknown as Socket);
    const hop = leaderHop('frame', { up: new Outlet(), down });
    hop.onUnordered(
      Buffer.concat([frame(0, 'one'), frame(2, 'early'), frame(0, 'two'), frame(2, 'last')]),
    );
    hop.onUnordered(frame(0, 'three'));
    await once(peer, 'readable');
    const sent: Buffer = peer.read();
    const seen: [number, string][] = [];
    eachFrame(sent, (start, end) => {
      const number = sent.readUInt32LE(start + LENGTH_BYTES);
      seen.push([number, sent.toString('utf8', start + FRAME_HEADER_BYTES, end)]);
    });
    expect(seen).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, 'last'],
      [4, 'three'],
    ]);
  });
});
