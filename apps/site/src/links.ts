import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Page } from './pages.js';

const REPOSITORY = 'https://github.com/group-services/group-services';

/**
 * Where a link of a document leads on the site: documents link each other, and sources, by their place in
 * the repository. What is a page stays on the site, everything else is shown by the repository.
 */
export class Links {
  readonly #root: string;
  readonly #bySource: ReadonlyMap<string, Page>;
  readonly #byPath: ReadonlyMap<string, Page>;

  constructor(root: string, pages: readonly Page[]) {
    this.#root = root;
    this.#bySource = new Map(pages.map((page) => [page.source, page]));
    this.#byPath = new Map(pages.map((page) => [page.path, page]));
  }

  /** `path`: of the page on which the link stands. */
  resolve(path: string, href: string): string {
    const from = this.#byPath.get(path);
    if (from === undefined || /^([a-z][a-z+.-]*:|#|\/)/i.test(href)) return href;
    const [file = '', anchor] = href.split('#');
    const target = posix.normalize(posix.join(posix.dirname(from.source), decodeURI(file)));
    // Pictures are copied with the documents.
    if (target.startsWith('docs/images/')) return target.slice('docs'.length);
    const suffix = anchor === undefined ? '' : `#${anchor}`;
    const page = this.#bySource.get(target) ?? this.#bySource.get(posix.join(target, 'README.md'));
    if (page !== undefined) return `/${page.path}${suffix}`;
    if (target === 'docs/adr') return '/decisions/0001-sans-io-engines-with-deadlines';
    return `${REPOSITORY}/${this.#kindOf(target)}/main/${target.replace(/\/$/, '')}${suffix}`;
  }

  #kindOf(target: string): 'blob' | 'tree' {
    const absolute = join(this.#root, target);
    return existsSync(absolute) && statSync(absolute).isDirectory() ? 'tree' : 'blob';
  }
}

/** Headings are addressed as where the documents are written, so that one link fits both. */
export function slugOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}
