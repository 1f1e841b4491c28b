import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

export interface PageFile {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/**
 * The files of a page, by the path under which a browser asks for them. The folder is listed once: what a
 * request names is looked up in that list and never becomes a path of the file system.
 */
export class PageFiles {
  readonly #folder: string;
  #files: ReadonlyMap<string, PageFile> | undefined;

  /** Nothing is read before somebody asks. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  find(path: string): PageFile | undefined {
    this.#files ??= this.#list();
    return this.#files.get(path);
  }

  /** A page that cannot be read is none; whoever asks for it is told that there is nothing. */
  #list(): ReadonlyMap<string, PageFile> {
    try {
      return filesIn(this.#folder);
    } catch {
      return new Map();
    }
  }
}

function filesIn(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const name of namesIn(folder)) {
    const contentType = CONTENT_TYPES[extname(name)];
    if (contentType === undefined) continue;
    const path = `/${name.split(sep).join('/')}`;
    const file = { contentType, bytes: readFileSync(join(folder, name)) };
    files.set(path === '/index.html' ? '/' : path, file);
  }
  return files;
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
