import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Table, type TableRecord } from '@group-services/name-server';
import { type Logger, ProgramFailure } from '@group-services/runtime';
import { makeDirectories } from '@group-services/transport';
import type { Store } from './contract.js';
import { readDirectory, syncDirectory, writeIdentity } from './directory.js';
import { DirectoryLock } from './directory-lock.js';
import { encodeSnapshot, FILES, JournalWriter, journalName } from './format.js';

/** Records in a journal, beyond twice the size of the table, after which it is replaced. */
const JOURNAL_RECORDS_MAX = 10_000;

/**
 * The table on disk: a snapshot and the journal of the records since.
 *
 * The snapshot names its journal, and takes the place of the one before by a rename: at every moment
 * exactly one pair counts, whatever a crash leaves behind. The store keeps a table of its own, which
 * holds what is on disk and nothing more; the engine's may be ahead.
 */
export class FileStore implements Store {
  readonly name: string;
  readonly #directory: string;
  readonly #lock: DirectoryLock;
  readonly #logger: Logger;
  readonly #table: Table;
  #journal: Journal | undefined;

  private constructor(
    { directory, lock, logger }: { directory: string; lock: DirectoryLock; logger: Logger },
    { name, table }: { name: string; table: Table },
  ) {
    this.#directory = directory;
    this.#lock = lock;
    this.#logger = logger;
    this.name = name;
    this.#table = table;
  }

  /**
   * Opens a store, which is made if it is not there; `initial`: it is made of this, and must not be there.
   *
   * @throws ProgramFailure when the directory cannot be used, is used by another process, or is damaged
   */
  static async open(
    directory: string,
    logger: Logger,
    initial?: { readonly store: string; readonly table: Table },
  ): Promise<FileStore> {
    return await withReason(directory, async () => {
      await makeDirectories(directory);
      const lock = await DirectoryLock.take(directory);
      let begun: FileStore | undefined;
      try {
        return await openLocked({ directory, lock, logger, initial }, (name, table) => {
          begun = new FileStore({ directory, lock, logger }, { name, table });
          return begun;
        });
      } catch (error) {
        // Its journal may be open already.
        if (begun === undefined) await lock.release();
        else await begun.close();
        throw error;
      }
    });
  }

  restore(): Table {
    return Table.restore(this.#table.snapshot(), []);
  }

  /** They are on disk by then. */
  async append(records: readonly TableRecord[]): Promise<void> {
    const journal = this.#journal;
    if (journal === undefined || records.length === 0) return;
    await this.#lock.check();
    await journal.file.appendFile(journal.writer.encode(records));
    await journal.file.datasync();
    for (const record of records) this.#table.apply(record);
    journal.records += records.length;
    const size = this.#table.groupCount + this.#table.nodeCount;
    if (journal.records > JOURNAL_RECORDS_MAX + 2 * size) await this.beginJournal(journal.number);
  }

  async close(): Promise<void> {
    await this.#journal?.file.close();
    this.#journal = undefined;
    await this.#lock.release();
  }

  /** Writes a snapshot of what is on disk and begins the journal after the one with this number. */
  async beginJournal(former: number): Promise<void> {
    const number = former + 1;
    const writer = new JournalWriter(this.name, number);
    const file = await open(join(this.#directory, journalName(number)), 'w');
    try {
      await file.writeFile(writer.header);
      await file.datasync();
      const table = this.#table.snapshot();
      const content = encodeSnapshot({ store: this.name, journal: number, table });
      await writeDurably(join(this.#directory, `${FILES.snapshot}.new`), content);
      await syncDirectory(this.#directory);
      await this.#lock.check();
      await rename(
        join(this.#directory, `${FILES.snapshot}.new`),
        join(this.#directory, FILES.snapshot),
      );
      await syncDirectory(this.#directory);
    } catch (error) {
      await file.close();
      throw error;
    }
    await this.#journal?.file.close();
    this.#journal = { number, file, writer, records: 0 };
    await removeOtherJournals(this.#directory, number);
    this.#logger.debug({ journal: number }, 'the table was written anew');
  }
}

interface Journal {
  readonly number: number;
  readonly file: FileHandle;
  readonly writer: JournalWriter;
  records: number;
}

/**
 * Says that a directory is the newest state of its store, although it stands elsewhere than it was
 * written: it was moved, or restored from a copy that nothing has followed.
 */
export async function adoptDirectory(directory: string): Promise<string> {
  return await withReason(directory, async () => {
    const lock = await DirectoryLock.take(directory);
    try {
      const content = await readDirectory(directory);
      if (content.kind === 'empty') throw new ProgramFailure(`there is no store in ${directory}`);
      await writeIdentity(directory, content.store);
      return content.store;
    } finally {
      await lock.release();
    }
  });
}

interface Locked {
  readonly directory: string;
  readonly lock: DirectoryLock;
  readonly logger: Logger;
  readonly initial: { readonly store: string; readonly table: Table } | undefined;
}

async function openLocked(
  { directory, logger, initial }: Locked,
  make: (name: string, table: Table) => FileStore,
): Promise<FileStore> {
  const content = await readDirectory(directory);
  if (content.kind === 'empty') {
    const name = initial?.store ?? randomUUID();
    const store = make(name, Table.restore(initial?.table.snapshot(), []));
    await store.beginJournal(0);
    await writeIdentity(directory, name);
    logger.info({ store: name }, 'the directory is a new store');
    return store;
  }
  if (initial !== undefined) {
    throw new ProgramFailure(`there is a store in ${directory} already; move it away first`);
  }
  const { store: name, table, journal, torn, isInPlace } = content;
  if (torn !== undefined) {
    logger.warn(
      torn,
      'the last write was cut off by a crash and is ignored; nobody was told of it',
    );
  }
  if (!isInPlace) {
    const advice = 'if it was moved and is the newest, say so before the start: gsns store adopt';
    const text = 'the directory of the store was copied or moved, so that it may be an old one';
    logger.warn({ store: name, directory }, `${text}; ${advice}`);
    table.apply({ kind: 'doubted' });
  }
  const store = make(name, table);
  await store.beginJournal(journal);
  // Only now that the doubt is on disk: a crash before this line leaves the directory out of place.
  if (!isInPlace) await writeIdentity(directory, name);
  return store;
}

async function removeOtherJournals(directory: string, current: number): Promise<void> {
  for (const name of await readdir(directory)) {
    if (/^journal-\d+$/u.test(name) && name !== journalName(current)) {
      await rm(join(directory, name));
    }
  }
}

async function writeDurably(path: string, content: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** What goes wrong with a directory, in words for an operator. */
async function withReason<T>(directory: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof ProgramFailure) throw error;
    throw new ProgramFailure(`cannot use the store ${directory}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** The words of the operating system, for an operator. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
