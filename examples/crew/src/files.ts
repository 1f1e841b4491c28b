import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Folders that are made by tools and change while they run. */
const SKIPPED = new Set(['.git', 'node_modules', 'dist', '.turbo', 'test-results', 'coverage']);

/** Every file below a folder, as paths relative to it, in an order that is the same everywhere. */
export async function listFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isFile()) files.push(path);
      else if (entry.isDirectory() && !SKIPPED.has(entry.name)) folders.push(path);
    }
  }
  return files.sort();
}

/** The SHA-256 of one file, in hexadecimal. */
export async function hashFile(root: string, file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(root, file)), hash);
  return hash.digest('hex');
}

/** One number for a whole tree: the hash of all names and hashes in order. */
export function treeDigest(files: readonly string[], hashes: readonly string[]): string {
  const hash = createHash('sha256');
  for (const [index, file] of files.entries()) hash.update(`${hashes[index]} ${file}\n`);
  return hash.digest('hex');
}
