import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's, and where others put it. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What is missing on this machine, as a sentence; undefined when there is a browser. */
export function missingBrowser(): string | undefined {
  if (PLACES.some((place) => existsSync(place))) return undefined;
  return 'there is no Chromium (Debian package chromium)';
}

/** A browser without a window. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = PLACES.find((place) => existsSync(place));
  if (executablePath === undefined) throw new Error(missingBrowser());
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return await chromium.launch({ executablePath, args: [...root, '--disable-gpu'] });
}
