import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readText, root } from './repository.js';

// Comments, scenarios and documents lean on documents: `internal-layer.md` §5, `client-api.md`, Limits.
// What is cited has to be there, or the reader is sent to nowhere.

/** Where a document that is named without a folder may be, beside the folders above the citing file. */
const shelves = ['docs', 'docs/protocol', 'packages/client/test/contract'];

/** The document that a section without a name belongs to, by the place of the file. */
const homes: ReadonlyArray<{ readonly folder: string; readonly document: string }> = [
  { folder: 'packages/metagroup/', document: 'internal-layer.md' },
  { folder: 'packages/name-server/', document: 'internal-layer.md' },
  { folder: 'packages/liveness/', document: 'internal-layer.md' },
  { folder: 'packages/process-group/', document: 'external-layer.md' },
  { folder: 'docs/protocol/internal-layer.md', document: 'internal-layer.md' },
  { folder: 'docs/protocol/external-layer.md', document: 'external-layer.md' },
];

const numbers = String.raw`§§?\s*(\d[\d.]*(?:(?:[–-]|, | and )\d[\d.]*)*)`;
const name = String.raw`[${'`'}[]([\w./-]+\.(?:md|d\.ts))[${'`'}\]](?:\([^)]*\))?`;
const title = String.raw`(?:, (${'`'}[\w.]+${'`'}|[A-Z]\w+(?: and [A-Z]\w+)?))?`;
const citation = new RegExp(`${name}${title}(?: ${numbers})?|${numbers}`, 'g');

/**
 * What a file cites and is not there, each as `file: citation`. A section without a document is one of
 * the file's home; without a home, of the document that was named last.
 */
export function brokenCitations(file: string, text = readText(file)): readonly string[] {
  const broken: string[] = [];
  const home = homes.find(({ folder }) => file.startsWith(folder))?.document;
  let last = home;
  for (const match of unwrapped(text).matchAll(citation)) {
    const [, document, heading, own, bare] = match;
    if (document?.includes('NNNN')) continue;
    if (document !== undefined && !hasTitle(file, document, heading)) {
      broken.push(`${file}: ${document}, ${heading ?? 'not there'}`);
    }
    last = home ?? document ?? last;
    const cited = document ?? last;
    for (const section of sectionsNamed(own ?? bare ?? '')) {
      if (cited !== undefined && sectionsOf(file, cited).has(section)) continue;
      broken.push(`${file}: ${cited ?? 'no document named'} §${section}`);
    }
  }
  return broken;
}

/** `3.4–3.8` names its two ends. */
function sectionsNamed(list: string): readonly string[] {
  return list === '' ? [] : list.split(/[–-]|, | and /).map((part) => part.replace(/\.$/, ''));
}

/** Links of a Markdown file whose file or heading is not there, each as `file: link`. */
export function brokenLinks(file: string, text = readText(file)): readonly string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link ?? '')
    .filter((link) => !/^[a-z]+:/.test(link) && !isOfTheSite(file, link) && !leads(file, link))
    .map((link) => `${file}: ${link}`);
}

/** Numbers of features in a text: `M12`, `B3`. */
export function featuresIn(text: string): readonly string[] {
  return [...text.matchAll(/\b[MB][1-9]\d?\b/g)].map(([code]) => code);
}

/** The numbers that the ledger gives. */
export function ledger(): ReadonlySet<string> {
  const rows = readText('docs/protocol/features.md').matchAll(/^\| ([MB]\d+) \|/gm);
  return new Set([...rows].map(([, code]) => code ?? ''));
}

function leads(file: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : join(dirname(file), path);
  if (!existsSync(join(root, target))) return false;
  if (anchor === undefined || !target.endsWith('.md')) return true;
  return headings(readText(target)).some((heading) => slug(heading) === anchor);
}

function hasTitle(file: string, name: string, title: string | undefined): boolean {
  const path = pathOf(file, name);
  if (path === undefined) return false;
  if (title === undefined) return true;
  const text = readText(path);
  if (title.startsWith('`') || path.endsWith('.d.ts')) {
    return text.includes(title.replaceAll('`', ''));
  }
  return title
    .split(' and ')
    .every((part) => headings(text).some((heading) => heading.startsWith(part)));
}

/** Numbered headings of a document, and the numbered steps below them: step 5 of section 8 is 8.5. */
function sectionsOf(file: string, name: string): ReadonlySet<string> {
  const path = pathOf(file, name);
  const sections = new Set<string>();
  if (path === undefined) return sections;
  let section = '';
  for (const line of readText(path).split('\n')) {
    const heading = /^#+ (\d+(?:\.\d+)*)\.? /.exec(line)?.[1];
    if (heading !== undefined) section = heading;
    const step = /^(\d+)\. /.exec(line)?.[1];
    if (heading !== undefined) sections.add(heading);
    else if (step !== undefined) sections.add(`${section}.${step}`);
  }
  return sections;
}

function pathOf(file: string, name: string): string | undefined {
  const above = dirname(file)
    .split('/')
    .map((_, index, parts) => parts.slice(0, parts.length - index).join('/'));
  return [...above, '', ...shelves]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(join(root, path)));
}

/** A comment that goes on over several lines, as one. */
function unwrapped(text: string): string {
  return text.replace(/\n[ \t]*(?:\*(?!\/)|\/\/|#)?[ \t]*/g, ' ');
}

function headings(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading ?? '');
}

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
}

/** The anchor that a Markdown heading gets. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

/** A page that the site generates; its own test follows these links where they lead, in what is built. */
function isOfTheSite(file: string, link: string): boolean {
  return file.startsWith('apps/site/') && /[.]html(#|$)/.test(link);
}
