// Makes the pictures of the console in docs/images: `npm run screenshots`. A small domain is played through
// what is to be seen, and a browser without a window looks at it, in light and dark, wide and narrow.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { missingBrowser, openBrowser } from './browser.js';
import { play } from './play.js';

const WIDE = { width: 1280, height: 860 };
const NARROW = { width: 390, height: 844 };

/** Until the pages have asked twice, and charts have something to show. */
const SETTLE_MS = 3_000;

const missing = missingBrowser();
if (missing === undefined) await main(resolve(process.argv[2] ?? 'docs/images'));
else {
  console.error(`${missing}; the pictures are left as they are`);
  process.exitCode = 1;
}

async function main(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const browser = await openBrowser();
  try {
    const wide = await browser.newPage({ viewport: WIDE, colorScheme: 'light' });
    const dark = await browser.newPage({ viewport: WIDE, colorScheme: 'dark' });
    const narrow = await browser.newPage({ viewport: NARROW, colorScheme: 'light' });
    const narrowDark = await browser.newPage({ viewport: NARROW, colorScheme: 'dark' });
    const take = async (name: string, hash: string): Promise<void> => {
      const pages: readonly (readonly [Page, string])[] = [
        [wide, name],
        [dark, `${name}-dark`],
        [narrow, `${name}-narrow`],
        [narrowDark, `${name}-narrow-dark`],
      ];
      await Promise.all(
        pages.map(([page]) => page.evaluate(`location.hash = ${JSON.stringify(hash)}`)),
      );
      await wide.waitForTimeout(SETTLE_MS);
      for (const [page, file] of pages) {
        await page.screenshot({ path: join(folder, `console-${file}.png`) });
        console.log(`console-${file}.png`);
      }
    };
    const open = (url: string) =>
      Promise.all([wide, dark, narrow, narrowDark].map((page) => page.goto(url)));
    await play({ open, take });
  } finally {
    await browser.close();
  }
}
