import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { summarize } from '../statistics.js';
import { readFigures } from './figures-file.js';
import { documentsOf } from './publish.js';

const PAGE = 'before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n';

function figures(median: number) {
  const figure = {
    work: 'W1',
    title: 'ordered multicast, 1 sender',
    metric: { name: 'throughput', unit: 'msg/s', better: 'higher' as const },
    sameOrder: true,
  };
  const of = (system: string, value: number, ratioToRelayMsg: number) => ({
    ...figure,
    system,
    figures: [value],
    summary: summarize([value]),
    ratioToRelayMsg,
  });
  const results = [of('relay-msg', 1000, 1), of('group-services', median, median / 1000)];
  return { hardware: '2 x <fast>', repetitions: 5, scale: {}, results };
}

describe('documentsOf', () => {
  it('replaces what stands between the lines and leaves the rest', () => {
    const text = documentsOf(figures(800), PAGE).get('PERFORMANCE.md');
    expect(text).toMatch(/^before\n/);
    expect(text).toMatch(/\nafter\n$/);
    expect(text).not.toContain('old');
    expect(text).toContain('| group-services | 800 | 800 – 800 | 1 | 0.80 | same |');
  });

  it('draws longer bars for more, and keeps what could be markup as text', () => {
    const svg = documentsOf(figures(500), PAGE).get(
      join('images', 'performance', 'throughput.svg'),
    );
    const widths = [...(svg ?? '').matchAll(/height="12" fill="#\w+"\/>\n<text/g)];
    expect(widths).toHaveLength(4);
    const bars = [...(svg ?? '').matchAll(/<rect x="250" y="\d+" width="([\d.]+)"/g)].map(widthOf);
    expect(bars[0]).toBeCloseTo((bars[1] ?? 0) / 2, 0);
  });

  it('refuses a page without the lines', () => {
    expect(() => documentsOf(figures(1), 'nothing here')).toThrow('lacks the lines');
  });
});

describe('the published figures', () => {
  it('are those of the page and its charts', () => {
    const published = readFigures(join(DOCS, 'performance', 'figures.json'));
    const page = readFileSync(join(DOCS, 'PERFORMANCE.md'), 'utf8');
    for (const [path, text] of documentsOf(published, page)) {
      expect(readFileSync(join(DOCS, path), 'utf8')).toBe(text);
    }
  });
});

const DOCS = join(import.meta.dirname, '..', '..', '..', 'docs');

function widthOf(match: RegExpMatchArray): number {
  return Number(match[1]);
}
