import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { type Manifest, manifestSchema, type Part } from './group.js';

/** What each process begins with; transfers keep the sum over all of them. */
export const INITIAL_BALANCE = 100;

const contentsSchema = z.object({ owner: z.number(), balance: z.number() });

/** The folder of one process: its parts and its copy of the newest manifest. */
export class ProcessFolder {
  readonly #root: string;
  readonly #owner: number;

  constructor(root: string, owner: number) {
    this.#root = root;
    this.#owner = owner;
  }

  /**
   * Writes the part of a checkpoint. Its name holds its digest: a checkpoint that came to nothing, and
   * is taken again from another balance, never touches a file that a manifest may name.
   */
  async writePart(number: number, balance: number): Promise<Part> {
    const text = JSON.stringify({ owner: this.#owner, balance });
    const digest = digestOf(text);
    const file = `${this.#name}/part-${number}-${digest.slice(0, 12)}`;
    await writeDurably(join(this.#root, file), text);
    return { owner: this.#owner, file, digest };
  }

  /** Replaces the manifest in one step: a reader sees the old one or the new one, each complete. */
  async writeManifest(manifest: Manifest): Promise<void> {
    await writeDurably(join(this.#root, this.#name, 'MANIFEST'), JSON.stringify(manifest));
  }

  /** The newest manifest of this process; number 0 before the first. */
  async readManifest(): Promise<Manifest> {
    try {
      const text = await readFile(join(this.#root, this.#name, 'MANIFEST'), 'utf8');
      return manifestSchema.parse(JSON.parse(text));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        return { number: 0, parts: [] };
      }
      throw error;
    }
  }

  /** The balance of this process in that checkpoint. */
  async recover(manifest: Manifest): Promise<number> {
    if (manifest.number === 0) return INITIAL_BALANCE;
    const part = manifest.parts.find(({ owner }) => owner === this.#owner);
    if (part === undefined) throw new Error(`no part of process ${this.#owner}`);
    return await readPart(this.#root, part);
  }

  get #name(): string {
    return `process-${this.#owner}`;
  }
}

/** The balance in a part; an error when it is missing or has other contents than it should. */
export async function readPart(root: string, { file, digest, owner }: Part): Promise<number> {
  const text = await readFile(join(root, file), 'utf8');
  if (digestOf(text) !== digest) throw new Error(`${file} has another digest`);
  const contents = contentsSchema.parse(JSON.parse(text));
  if (contents.owner !== owner) throw new Error(`${file} is of process ${contents.owner}`);
  return contents.balance;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Contents first, then the name, then the folder that holds the name: each on the disk in turn. */
async function writeDurably(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.unfinished`;
  const file = await open(unfinished, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
