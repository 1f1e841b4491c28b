import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Links, slugOf } from './links.js';
import { sections } from './pages.js';
import { sequenceDiagram } from './sequence-diagram.js';

const root = resolve(import.meta.dirname, '../../..');
const pages = sections(root).flatMap((section) => section.pages);

describe('pages', () => {
  test('no two have one address, and each document is one page', () => {
    expect(new Set(pages.map(({ path }) => path)).size).toBe(pages.length);
    expect(new Set(pages.map(({ source }) => source)).size).toBe(pages.length);
  });

  test('links between documents stay on the site, others go to the repository', () => {
    const links = new Links(root, pages);
    const from = 'start/getting-started';
    expect(links.resolve(from, 'COOKBOOK.md#a-lock')).toBe('/start/cookbook#a-lock');
    expect(links.resolve('coming-from/etcd', '../LIMITS.md')).toBe('/start/limits');
    expect(links.resolve(from, '../packages/recipes')).toBe('/libraries/recipes');
    expect(links.resolve(from, '#a-vote')).toBe('#a-vote');
    expect(links.resolve(from, 'https://etcd.io')).toBe('https://etcd.io');
    const repository = 'https://github.com/group-services/group-services';
    expect(links.resolve(from, '../biome.json')).toBe(`${repository}/blob/main/biome.json`);
    expect(links.resolve(from, '../packages/core/src')).toBe(
      `${repository}/tree/main/packages/core/src`,
    );
  });

  test('headings are addressed as where documents are written', () => {
    expect(slugOf('Limits (told by the daemon, fixed so far)')).toBe(
      'limits-told-by-the-daemon-fixed-so-far',
    );
  });
});

describe('a sequence diagram', () => {
  test('has a head for each participant, and a line for each message', () => {
    const svg = sequenceDiagram(
      'sequenceDiagram\nparticipant A as a & b\nA->>B: one\nB-->>A: two\nA-xB: <lost>\nNote over A,B: so',
    );
    expect(svg.match(/class="head"/g)).toHaveLength(2);
    expect(svg.match(/class="arrow/g)).toHaveLength(3);
    expect(svg).toContain('a &amp; b');
    expect(svg).toContain('&lt;lost&gt;');
    expect(svg.match(/class="note"/g)).toHaveLength(1);
  });

  test('what is not understood is an error', () => {
    expect(() => sequenceDiagram('graph TD\nA-->B')).toThrow('only sequence diagrams');
    expect(() => sequenceDiagram('sequenceDiagram\nloop every second')).toThrow('not understood');
  });
});
