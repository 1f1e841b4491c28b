import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { test as plain } from 'vitest';
import { missingBrowser, openBrowser } from '../src/browser.js';
import { Stage } from '../src/stage.js';

const missing = missingBrowser();

/** True where there is no browser; every test file says so by skipped tests. */
export const cannotRun: boolean = missing !== undefined;
if (missing !== undefined) console.log(`console: skipped, ${missing}`);

export const NODES = ['n1', 'n2', 'n3'] as const;

/** Generous: only a test that fails reaches it. */
const LIMIT_MS = 40_000;

interface Fixtures {
  /** One for all tests of a file. */
  readonly browser: Browser;
  /** A domain that all tests of a file share; they differ by the names of their groups. */
  readonly stage: Stage;
  /** Opens a page; that its policy was broken, or anything went wrong on it, fails the test. */
  readonly look: (url: string, options?: BrowserContextOptions) => Promise<Page>;
}

export const test = plain.extend<Fixtures>({
  browser: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs from this pattern.
    async ({}, use) => {
      const browser = await openBrowser();
      await use(browser);
      await browser.close();
    },
    { scope: 'file' },
  ],
  stage: [
    // biome-ignore lint/correctness/noEmptyPattern: as above.
    async ({}, use) => {
      await using stage = await Stage.start('shop', NODES);
      await use(stage);
    },
    { scope: 'file' },
  ],
  look: async ({ browser }, use) => {
    const pages: Page[] = [];
    const complaints: string[] = [];
    await use(async (url, options) => {
      const page = await browser.newPage(options);
      pages.push(page);
      page.setDefaultTimeout(LIMIT_MS);
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        // A daemon that is gone is a complaint of the browser, and what some tests are about.
        const isLoad = message.text().startsWith('Failed to load resource');
        if (message.type() === 'error' && !isLoad) complaints.push(message.text());
      });
      await page.goto(url);
      return page;
    });
    await Promise.all(pages.map((page) => page.close()));
    if (complaints.length > 0) throw new Error(`on the page: ${complaints.join('; ')}`);
  },
});

/** Waits until this text is on the page. */
export async function seen(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: LIMIT_MS });
}
