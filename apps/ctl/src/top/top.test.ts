import { describe, expect, it } from 'vitest';
import { sampleGroup } from '../../test/sample-group.js';
import { findingsOf, type Sample } from './facts.js';
import { frameText } from './frame.js';
import { Screen, sizeOf } from './screen.js';

const stream = sampleGroup.stream as NonNullable<typeof sampleGroup.stream>;
const process = {
  client: 1,
  name: 'web',
  handles: 1,
  memberships: [],
  queuedBytes: 0,
  pressing: [],
};

function sampleAt(
  atMs: number,
  delivered: number,
  more: Partial<Sample['groups'][0]> = {},
): Sample {
  const busy = { ...sampleGroup, group: 'busy', stream: { ...stream, delivered }, ...more };
  const calm = { ...sampleGroup, group: 'calm', stream };
  const slow = { ...process, client: 2, name: 'slow', queuedBytes: 4096 };
  return { atMs, groups: [calm, busy], clients: [process, slow] };
}

const voting = { kind: 'state', phase: 1, waitedMs: 8_000, waitingFor: ['n2/b'] };

describe('top', () => {
  it('has the busiest group, the fullest queue and the oldest vote first', () => {
    const found = findingsOf('n1', sampleAt(0, 100), sampleAt(2_000, 500, { voting }));
    expect(found.groups.map(({ group, perSecond }) => [group, perSecond])).toEqual([
      ['busy', 200],
      ['calm', 0],
    ]);
    expect(found.processes.map(({ name }) => name)).toEqual(['slow', 'web']);
    expect(found.votes).toEqual([{ group: 'busy', ...voting }]);
    const text = frameText(found, new Date(0), { columns: 100, rows: undefined });
    expect(text).toMatch(/^busy +leader +n1 +2 +200 +1.5 KiB$/mu);
    expect(text).toMatch(/^busy +state, phase 1 +8\.0 s +- +n2\/b$/mu);
  });

  it('counts a group that has begun anew from its beginning', () => {
    const anew = sampleAt(1_000, 30, { generation: 99 });
    expect(findingsOf('n1', sampleAt(0, 100), anew).groups[0]?.perSecond).toBe(30);
  });

  it('fits the screen, and says what it leaves out', () => {
    const groups = Array.from({ length: 50 }, (_, at) => ({ ...sampleGroup, group: `g${at}` }));
    const long = { ...process, name: 'x'.repeat(300) };
    const clients = Array.from({ length: 50 }, () => long);
    const full = { atMs: 0, groups: groups.map((one) => ({ ...one, voting })), clients };
    const found = findingsOf('n1', full, { ...full, atMs: 1_000 });
    const lines = frameText(found, new Date(0), { columns: 60, rows: 24 }).split('\n');
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(lines).toContainEqual(expect.stringMatching(/^groups \(\d+ of 50\):$/u));
  });
});

it('a terminal that does not say how large it is has the usual size', () => {
  expect(sizeOf({ columns: 0, rows: 0 })).toEqual({ columns: 80, rows: 24 });
  expect(sizeOf({ columns: 132, rows: 50 })).toEqual({ columns: 132, rows: 50 });
});

it('a screen gives back what was there before, once', () => {
  const written: string[] = [];
  const screen = new Screen({ columns: 10, rows: 2, write: (text) => written.push(text) });
  screen.show('one\ntwo\nthree');
  expect(written.join('')).not.toContain('three');
  screen.close();
  screen.close();
  expect(written.filter((text) => text.includes('\u001b[?1049l'))).toHaveLength(1);
  expect(written.at(-1)).toBe('\u001b[?25h\u001b[?1049l');
});
