import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readScale, type ScaleFigures } from './scale-file.js';
import { scaleDocumentsOf } from './scale-page.js';

const DOCS = join(import.meta.dirname, '..', '..', '..', 'docs');
const PAGE = 'before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n';

function sparse(daemons: number, bytesPerSecond: number): ScaleFigures {
  const failed = { toldMs: 3, groups: 4 };
  return {
    ...{ daemons, groups: daemons, providers: 3, formedMs: 5 },
    idle: { framesPerSecond: 1, bytesPerSecond, renewalBytesPerSecond: 50, largestFrameBytes: 90 },
    killed: failed,
    vanished: failed,
  };
}

describe('scaleDocumentsOf', () => {
  it('replaces what stands between the lines', () => {
    const text = scaleDocumentsOf([sparse(10, 1_234)], PAGE).get('SCALE.md') ?? '';
    expect(text).toMatch(/^before\n/);
    expect(text).toMatch(/\nafter\n$/);
    expect(text).not.toContain('old');
    expect(text).toContain('| 10 | 10 | 3 | 5 | 1.0 | 1,234 | 50 | 90 | 3 | 3 | 4 |  |');
  });

  it('draws a curve where one measure grows, by powers of ten', () => {
    const made = scaleDocumentsOf([sparse(1_000, 100), sparse(10, 100), sparse(100, 1_000)], PAGE);
    const svg = made.get(join('images', 'scale', 'idle-by-daemons.svg')) ?? '';
    const [, points = ''] = /polyline points="([^"]+)"/.exec(svg) ?? [];
    const places = points.split(' ').map((place) => place.split(',').map(Number));
    const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = [], [x3 = 0, y3 = 0] = []] = places;
    // From left to right in equal steps, whatever the order; more is higher.
    expect(x2 - x1).toBeCloseTo(x3 - x2, 0);
    expect(x2).toBeGreaterThan(x1);
    expect(y3).toBe(y1);
    expect(y2).toBeLessThan(y1);
  });

  it('draws no curve of a single point', () => {
    expect([...scaleDocumentsOf([sparse(10, 1)], PAGE).keys()]).toEqual(['SCALE.md']);
  });
});

it('what is no such file is named', () => {
  expect(() => readScale(join(DOCS, 'performance', 'figures.json'))).toThrow(
    /figures\.json is not what npm run sim/,
  );
});

describe('the published figures of large domains', () => {
  it('are those of the page and its charts', () => {
    const published = readScale(join(DOCS, 'performance', 'scale.json'));
    const page = readFileSync(join(DOCS, 'SCALE.md'), 'utf8');
    for (const [path, text] of scaleDocumentsOf(published, page)) {
      expect(readFileSync(join(DOCS, path), 'utf8')).toBe(text);
    }
  });
});
