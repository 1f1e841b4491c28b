import { type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Table, type TableRecord } from '@group-services/name-server';
import { type Logger, ProgramFailure } from '@group-services/runtime';
import { makeDirectories } from '@group-services/transport';
import { DirectoryLock } from './directory-lock.js';
import { decodeJournal, decodeSnapshot, encodeRecord, encodeSnapshot } from './format.js';

/** Records in a journal, beyond twice the size of the table, after which it is replaced. */
const JOURNAL_RECORDS_MAX = 10_000;
const SNAPSHOT = 'snapshot';

/**
 * The table on disk: a snapshot and the journal of the records since.
 *
 * The snapshot names its journal, and takes the place of the one before by a rename: at every moment
 * exactly one pair counts, whatever a crash leaves behind. The store keeps a table of its own, which
 * holds what is on disk and nothing more; the engine's may be ahead.
 */
export class FileStore {
  readonly #directory: string;
  readonly #lock: DirectoryLock;
  readonly #logger: Logger;
  readonly #table: Table;
  #journal: FileHandle | undefined;
  #journalNumber: number;
  #journalRecords = 0;

  private constructor(
    { directory, lock, logger }: { directory: string; lock: DirectoryLock; logger: Logger },
    { table, journalNumber }: { table: Table; journalNumber: number },
  ) {
    this.#directory = directory;
    this.#lock = lock;
    this.#logger = logger;
    this.#table = table;
    this.#journalNumber = journalNumber;
  }

  /**
   * Opens a store, which is made if it is not there.
   *
   * @throws ProgramFailure when the directory cannot be used, is used by another process, or is damaged
   */
  static async open(directory: string, logger: Logger): Promise<FileStore> {
    try {
      await makeDirectories(directory);
      const lock = await DirectoryLock.take(directory);
      try {
        const store = new FileStore({ directory, lock, logger }, await load(directory, logger));
        await store.#replaceJournal();
        return store;
      } catch (error) {
        await lock.release();
        throw error;
      }
    } catch (error) {
      if (error instanceof ProgramFailure) throw error;
      throw new ProgramFailure(`cannot use the store ${directory}: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }

  /** A table of what is on disk, for an engine to own. */
  restore(): Table {
    return Table.restore(this.#table.snapshot(), []);
  }

  /** Resolves when the records are on disk. One call at a time; after a failure there is no next. */
  async append(records: readonly TableRecord[]): Promise<void> {
    if (this.#journal === undefined || records.length === 0) return;
    await this.#journal.appendFile(records.map(encodeRecord).join(''));
    await this.#journal.datasync();
    for (const record of records) this.#table.apply(record);
    this.#journalRecords += records.length;
    const size = this.#table.groupCount + this.#table.nodeCount;
    if (this.#journalRecords > JOURNAL_RECORDS_MAX + 2 * size) await this.#replaceJournal();
  }

  async close(): Promise<void> {
    await this.#journal?.close();
    this.#journal = undefined;
    await this.#lock.release();
  }

  /** Writes a snapshot of what is on disk and begins a new journal. */
  async #replaceJournal(): Promise<void> {
    const next = this.#journalNumber + 1;
    const journal = await open(join(this.#directory, journalName(next)), 'w');
    await journal.datasync();
    const content = encodeSnapshot({ journal: next, table: this.#table.snapshot() });
    await writeDurably(join(this.#directory, `${SNAPSHOT}.new`), content);
    await syncDirectory(this.#directory);
    await rename(join(this.#directory, `${SNAPSHOT}.new`), join(this.#directory, SNAPSHOT));
    await syncDirectory(this.#directory);
    await this.#journal?.close();
    this.#journal = journal;
    this.#journalNumber = next;
    this.#journalRecords = 0;
    await removeOtherJournals(this.#directory, next);
    this.#logger.debug({ journal: next }, 'the table was written anew');
  }
}

async function load(
  directory: string,
  logger: Logger,
): Promise<{ readonly table: Table; readonly journalNumber: number }> {
  const content = await readIfThere(join(directory, SNAPSHOT));
  if (content === undefined) return { table: new Table(), journalNumber: 0 };
  const snapshot = decodeSnapshot(content.toString('utf8'));
  if (snapshot === undefined) throw damaged(directory, SNAPSHOT);
  const name = journalName(snapshot.journal);
  const journal = decodeJournal((await readIfThere(join(directory, name))) ?? Buffer.alloc(0));
  if (journal.state === 'damaged') throw damaged(directory, name);
  if (journal.state === 'torn') {
    const fields = { file: join(directory, name), goodBytes: journal.goodBytes };
    logger.warn(
      fields,
      'the last write was cut off by a crash and is ignored; nobody was told of it',
    );
  }
  const table = Table.restore(snapshot.table, journal.records);
  return { table, journalNumber: snapshot.journal };
}

function damaged(directory: string, file: string): ProgramFailure {
  const advice = 'restore it from a copy, or start with an empty directory: all groups start anew';
  return new ProgramFailure(`the store ${directory} is damaged in ${file}; ${advice}`);
}

function journalName(number: number): string {
  return `journal-${number}`;
}

async function removeOtherJournals(directory: string, current: number): Promise<void> {
  for (const name of await readdir(directory)) {
    if (/^journal-\d+$/u.test(name) && name !== journalName(current)) {
      await rm(join(directory, name));
    }
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
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

/** A new name is durable only with its directory. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The words of the operating system, for an operator. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
