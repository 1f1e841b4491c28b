import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { baseOf } from './base.js';
import { licencesOf } from './licences.js';
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

describe('where the site stands', () => {
  test('is the host itself, or a folder of it, however that is written', () => {
    expect(baseOf(undefined)).toBe('/');
    expect(baseOf('/')).toBe('/');
    expect(baseOf('docs')).toBe('/docs/');
    expect(baseOf('/docs/group-services/')).toBe('/docs/group-services/');
  });

  test.each(['/../up', 'https://host/docs', '/a b/', '/docs?x'])('%s is no folder', (text) => {
    expect(() => baseOf(text)).toThrow('SITE_BASE');
  });
});

test('licences are those of the packages that modules are from, each once, and none of our own', () => {
  const vitest = join(root, 'node_modules', 'vitest');
  const modules = [`${vitest}/dist/a.js`, `\0${vitest}/dist/b.js?x=1`, '/src/own.ts'];
  const text = licencesOf(modules);
  expect(text.match(/^## vitest \d/gm)).toHaveLength(1);
  expect(text).not.toContain('own.ts');
  expect(text).toContain('Permission is hereby granted');
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
