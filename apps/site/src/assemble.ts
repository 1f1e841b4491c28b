import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from './pages.js';

/** Copies the documents to where the site is built from, each under the address of its page. */
export function assemble(root: string, pages: readonly Page[], into: string): void {
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  const own = join(root, 'apps', 'site', 'src');
  cpSync(join(own, 'home.md'), join(into, 'index.md'));
  cpSync(join(own, 'mark.svg'), join(into, 'public', 'mark.svg'));
  const images = join(root, 'docs', 'images');
  if (existsSync(images)) cpSync(images, join(into, 'public', 'images'), { recursive: true });
  for (const { source, path } of pages) {
    const target = join(into, `${path}.md`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, readFileSync(join(root, source)));
  }
}
