import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname, join, posix, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileOf, serve } from './web-server.js';

// The site as people get it: built (from turbo's cache, if nothing has changed), every link followed, and
// looked at in a real browser.

const root = resolve(import.meta.dirname, '../../..');
const built = join(root, 'apps', 'site', 'dist', 'site');
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = PLACES.find((place) => existsSync(place));
if (executablePath === undefined) {
  process.stderr.write('site: not opened, there is no Chromium (Debian package chromium)\n');
}

/** Generous: only what fails reaches it. */
const BUILD_MS = 540_000;
const LOOK_MS = 120_000;

beforeAll(() => {
  const turbo = join(root, 'node_modules', '.bin', 'turbo');
  const made = spawnSync(turbo, ['run', 'site', '--output-logs=errors-only'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`${made.stdout}\n${made.stderr}`);
}, BUILD_MS);

function pagesBelow(folder: string): readonly string[] {
  return readdirSync(join(built, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return pagesBelow(path);
    return path.endsWith('.html') ? [path] : [];
  });
}

/** Where a page leads within the site, and what it is made of. */
function targetsOf(page: string, text: string): readonly string[] {
  const found = text.matchAll(/\s(?:href|src)="([^"]+)"/g);
  return [...found]
    .map(([, target = '']) => target.replaceAll('&amp;', '&'))
    .filter((target) => !/^(?:[a-z][a-z+.-]*:|\/\/)/i.test(target))
    .map((target) => new URL(target, `http://site/${page}`))
    .map(({ pathname, hash }) => `${pathname}${hash}`);
}

test('every link within the site leads to a page, and to a place on it', () => {
  const pages = pagesBelow('').filter((page) => page !== '404.html');
  expect(pages.length).toBeGreaterThan(60);
  const texts = new Map(pages.map((page) => [page, readFileSync(join(built, page), 'utf8')]));
  const broken: string[] = [];
  for (const [page, text] of texts) {
    for (const target of new Set(targetsOf(page, text))) {
      const [pathname = '', anchor = ''] = target.split('#');
      const file = fileOf(built, pathname);
      const there = file === undefined ? '' : (texts.get(file.slice(built.length + 1)) ?? '');
      // In what is no page the anchor names a part of a picture.
      const isPlace = anchor !== '' && file?.endsWith('.html') === true;
      const isThere = !isPlace || there.includes(`id="${decodeURIComponent(anchor)}"`);
      if (file === undefined || !isThere) broken.push(`${page}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

test('the licences of all that the pages are made with come along, and pages lead to them', () => {
  const manifest = join(root, 'apps', 'playground', 'package.json');
  const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  const foreign = Object.keys(dependencies).filter((name) => !name.startsWith('@group-services/'));
  const carried = { 'licences.txt': ['vue', 'vitepress', 'minisearch'] };
  const inFolders = { ...carried, 'playground/licences.txt': foreign };
  for (const [file, names] of Object.entries(inFolders)) {
    const text = readFileSync(join(built, file), 'utf8');
    const titles = [...text.matchAll(/^## (\S+)/gm)].map(([, name]) => name);
    expect(titles, file).toEqual(expect.arrayContaining(names));
    expect(text).toContain('Permission is hereby granted');
  }
  expect(readFileSync(join(built, 'index.html'), 'utf8')).toContain('href="/licences.txt"');
});

test('the reference has all libraries, and what they export', () => {
  const list = readFileSync(join(built, 'api', 'modules.html'), 'utf8');
  for (const name of ['client', 'recipes', 'testing', 'transport']) {
    expect(list).toContain(`@group-services/${name}`);
  }
  const functions = readdirSync(join(built, 'api', 'functions')).join(' ');
  for (const name of ['client.connect', 'recipes.mutex', 'testing.startDomain', 'tcp.tcp']) {
    expect(functions).toContain(name);
  }
});

describe.skipIf(executablePath === undefined)('in a browser', () => {
  let browser: Browser;
  let web: { readonly url: string; readonly server: Server };
  const complaints: string[] = [];

  beforeAll(async () => {
    web = await serve(built);
    const args = process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : ['--disable-gpu'];
    browser = await chromium.launch({ executablePath: executablePath ?? '', args });
  }, LOOK_MS);

  afterAll(async () => {
    await browser.close();
    web.server.close();
  });

  async function open(path: string, width = 1280): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    page.setDefaultTimeout(LOOK_MS);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        complaints.push(`${path}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
    page.on('request', (request) => {
      const url = request.url();
      if (/^https?:/.test(url) && !url.startsWith(web.url)) complaints.push(`${path} asks ${url}`);
    });
    await page.goto(`${web.url}${path}`, { waitUntil: 'load' });
    return page;
  }

  test('no page complains, asks others for anything, or is too wide for a phone', async () => {
    const firsts = ['/index.html', '/start/concepts.html', '/coming-from/redis-locks.html'];
    const folders = new Set(pagesBelow('').map((page) => dirname(page)));
    const others = ['operate', 'inside']
      .filter((folder) => folders.has(folder))
      .map((folder) => `/${pagesBelow(folder)[0]}`);
    for (const path of [...firsts, ...others, '/api/index.html', '/playground/index.html']) {
      const page = await open(path, 390);
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      // The reference has a theme of its own, whose tables are wide.
      if (!path.startsWith('/api')) expect(wide, path).toBeLessThanOrEqual(390);
      await page.close();
    }
    expect(complaints).toEqual([]);
  });

  test('diagrams are drawn, and the search finds what is written', async () => {
    const page = await open('/start/concepts.html');
    expect(await page.locator('.sequence svg').count()).toBeGreaterThan(2);
    await page.locator('#local-search button').first().click();
    await page.locator('#localsearch-input').fill('fence');
    await page.locator('#localsearch-list a').first().waitFor();
    expect(await page.locator('#localsearch-list').textContent()).toMatch(/fence/i);
    await page.close();
    expect(complaints).toEqual([]);
  });

  test('the playground runs a takeover, and its link shows it again', async () => {
    const page = await open('/playground/index.html#seed=5&daemons=4&at=6000');
    await page.locator('#play', { hasText: 'Play' }).waitFor();
    expect(await page.locator('footer a').getAttribute('href')).toBe('licences.txt');
    const clock = page.locator('#clock');
    await expect.poll(() => clock.textContent(), { timeout: LOOK_MS }).toMatch(/^6\.00 s/);
    await page.locator('#speed').selectOption('1');
    await page.locator('#kill-leader').click();
    await page.locator('#takeover li.done').nth(4).waitFor();
    const story = (await page.locator('#story').textContent()) ?? '';
    expect(story).toMatch(/Daemon n\d is killed/);
    expect(story).toMatch(/claims the lead/);
    await page.locator('#play').click();
    await page.locator('#share').click();
    const { hash } = new URL(page.url());
    const said = await page.locator('#takeover').textContent();
    expect(said).toMatch(/took \d/);

    const again = await open(`/playground/index.html${hash}`);
    await expect
      .poll(
        () =>
          again
            .locator('#takeover')
            .textContent()
            .catch(() => ''),
        { timeout: LOOK_MS },
      )
      .toBe(said);
    await page.close();
    await again.close();
    expect(complaints).toEqual([]);
  });
});
