import type { BigIntStats } from 'node:fs';
import { open, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Table } from '@group-services/name-server';
import { ProgramFailure } from '@group-services/runtime';
import {
  type Damage,
  decodeIdentity,
  decodeJournal,
  decodeSnapshot,
  encodeIdentity,
  FILES,
  type Identity,
  isDamage,
  journalName,
} from './format.js';

/** What is in the directory of a store. */
export type DirectoryContent =
  /** Nothing that a name server was ever answered from. */
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'store';
      readonly store: string;
      readonly table: Table;
      readonly journal: number;
      /** The directory is where its identity was written: it was neither copied nor moved. */
      readonly isInPlace: boolean;
      /** The end of a write that a crash cut off; undefined when there is none. */
      readonly torn: { readonly file: string; readonly offset: number } | undefined;
    };

/**
 * Reads a store, and changes nothing.
 *
 * @throws ProgramFailure when it is damaged, with the file, the place, and what to do
 */
export async function readDirectory(directory: string): Promise<DirectoryContent> {
  const names = await readdir(directory);
  const identity = await readIdentity(directory);
  if (identity === undefined) return await withoutIdentity(directory, names);
  const { store } = identity;
  const snapshot = await decoded(directory, FILES.snapshot, decodeSnapshot);
  if (snapshot === undefined) throw missing(directory, FILES.snapshot, 'the store was used before');
  if (snapshot.store !== store) throw foreign(directory, FILES.snapshot);
  const file = journalName(snapshot.journal);
  const content = await readIfThere(join(directory, file));
  if (content === undefined) throw missing(directory, file, 'the snapshot names it');
  const journal = decodeJournal(content, { store, journal: snapshot.journal });
  if (journal.damage !== undefined) throw damaged(directory, file, journal.damage);
  return {
    kind: 'store',
    store,
    table: Table.restore(snapshot.table, journal.records),
    journal: snapshot.journal,
    isInPlace: await isInPlace(directory, identity),
    torn: journal.isTorn ? { file: join(directory, file), offset: journal.goodBytes } : undefined,
  };
}

/**
 * Says in a directory which store it is, and where it stands. From then on the directory is not taken for
 * an empty one, and a copy of it not for itself.
 */
export async function writeIdentity(directory: string, store: string): Promise<void> {
  const path = join(directory, `${FILES.identity}.new`);
  const file = await open(path, 'w');
  try {
    const place = placeOf(await file.stat({ bigint: true }));
    await file.writeFile(encodeIdentity({ store, place }));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(path, join(directory, FILES.identity));
  await syncDirectory(directory);
}

/** A new name is durable only with its directory. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A first start that was cut off leaves files of a table that never answered anybody. */
async function withoutIdentity(
  directory: string,
  names: readonly string[],
): Promise<DirectoryContent> {
  const journals = names.filter((name) => /^journal-\d+$/u.test(name));
  const snapshot = await decoded(directory, FILES.snapshot, decodeSnapshot);
  const contents = await Promise.all(journals.map((name) => readFile(join(directory, name))));
  const records = contents.filter((content) => content.indexOf(0x0a) < content.lastIndexOf(0x0a));
  const hasAnswered = records.length > 0 || (snapshot?.table.revision ?? 0) > 0;
  if (!hasAnswered && journals.length <= 1) return { kind: 'empty' };
  throw missing(directory, FILES.identity, 'other files of a store are there');
}

async function readIdentity(directory: string): Promise<Identity | undefined> {
  return await decoded(directory, FILES.identity, decodeIdentity);
}

async function decoded<T extends object>(
  directory: string,
  file: string,
  decode: (content: Buffer) => T | Damage,
): Promise<T | undefined> {
  const content = await readIfThere(join(directory, file));
  if (content === undefined) return undefined;
  const value = decode(content);
  if (isDamage(value)) throw damaged(directory, file, value);
  return value;
}

async function isInPlace(directory: string, { place }: Identity): Promise<boolean> {
  const stats = await stat(join(directory, FILES.identity), { bigint: true });
  if (place.file !== `${stats.ino}`) return false;
  // Where a file system does not know when a file was made, it says when it was changed last.
  return stats.birthtimeNs === stats.ctimeNs || place.born === `${stats.birthtimeNs}`;
}

function placeOf(stats: BigIntStats): Identity['place'] {
  return { file: `${stats.ino}`, born: `${stats.birthtimeNs}` };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const ADVICE =
  'restore the whole directory from a copy; or, when there is none, move it away and start with an ' +
  'empty one: groups whose daemons all register go on, the others start anew';

function damaged(directory: string, file: string, { offset, what }: Damage): ProgramFailure {
  const where = `${join(directory, file)}, at byte ${offset}`;
  return new ProgramFailure(`the store is damaged in ${where}: ${what}; ${ADVICE}`);
}

function missing(directory: string, file: string, why: string): ProgramFailure {
  return new ProgramFailure(
    `the store is damaged: ${join(directory, file)} is missing, and ${why}; ${ADVICE}`,
  );
}

function foreign(directory: string, file: string): ProgramFailure {
  return new ProgramFailure(
    `the store is damaged: ${join(directory, file)} belongs to another store; ${ADVICE}`,
  );
}
