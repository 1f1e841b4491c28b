import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The licences of the libraries of others that are in the scripts of the site. Most of them ask that their
 * text is handed on, and nobody would keep a list by hand right.
 */
export const LICENCES_FILE = 'licences.txt';

/** What the builder of the site calls when it has put the modules together. */
interface Emitting {
  emitFile(file: { type: 'asset'; fileName: string; source: string }): void;
}

/** A plugin of Vite that writes them down beside the pages. */
export function licences() {
  return {
    name: 'licences',
    generateBundle(this: Emitting, _options: unknown, bundle: Readonly<Record<string, object>>) {
      const modules = Object.values(bundle).flatMap((part) =>
        'moduleIds' in part && Array.isArray(part.moduleIds) ? part.moduleIds.map(String) : [],
      );
      this.emitFile({ type: 'asset', fileName: LICENCES_FILE, source: licencesOf(modules) });
    },
  };
}

/** The texts of all packages that these modules are from. */
export function licencesOf(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((id) => folderOf(id) ?? []));
  const texts = new Map([...folders].map((folder) => entryOf(folder)));
  const sorted = [...texts].sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([title, text]) => `## ${title}\n\n${text.trim()}\n`).join('\n');
}

/** The folder of the package that a module is from; undefined: it is our own. */
function folderOf(id: string): string | undefined {
  const path = id.replace(/^\0/, '').replace(/[?#].*$/, '');
  return /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

function entryOf(folder: string): readonly [string, string] {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Readonly<Record<'name' | 'version' | 'license', string>>;
  const file = licenceIn(folder);
  const text = file === undefined ? `Published under ${license}, without a text of it.` : file;
  return [`${name} ${version} (${license})`, text];
}

function licenceIn(folder: string): string | undefined {
  const name = readdirSync(folder).find((file) => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(file));
  return name === undefined ? undefined : readFileSync(join(folder, name), 'utf8');
}
