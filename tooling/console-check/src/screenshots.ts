// Makes the pictures of the console in docs/images: `npm run screenshots`. A small domain is played through
// what is to be seen, and a browser without a window looks at it, in light and dark, wide and narrow.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { missingBrowser, openBrowser } from './browser.js';
import { play } from './play.js';

const WIDE = { width: 1280, height: 860 };
const NARROW = { width: 390, height: 844 };

type View = '' | '-dark' | '-narrow' | '-narrow-dark';

/** Which pictures are kept of each scene: few, and all ways of looking among them. */
const WANTED: Readonly<Record<string, readonly View[]>> = {
  domain: [''],
  group: ['', '-dark', '-narrow'],
  timeline: ['', '-narrow-dark'],
  problems: ['-dark'],
  charts: ['-dark'],
  'name-server': [''],
};

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
    const views = { '': wide, '-dark': dark, '-narrow': narrow, '-narrow-dark': narrowDark };
    const take = async (name: string, hash: string): Promise<void> => {
      const wanted = WANTED[name] ?? [];
      await Promise.all(
        wanted.map((view) => views[view].evaluate(`location.hash = ${JSON.stringify(hash)}`)),
      );
      await wide.waitForTimeout(SETTLE_MS);
      for (const view of wanted) {
        const file = `console-${name}${view}.png`;
        await views[view].screenshot({ path: join(folder, file) });
        console.log(file);
      }
    };
    const open = (url: string) =>
      Promise.all([wide, dark, narrow, narrowDark].map((page) => page.goto(url)));
    await play({ open, take });
  } finally {
    await browser.close();
  }
}
