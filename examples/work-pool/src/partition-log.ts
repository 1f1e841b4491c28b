import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const recordSchema = z.object({
  /** Start and end of a tenure, or an item done in it. */
  kind: z.enum(['start', 'done', 'end']),
  owner: z.string(),
  fence: z.string(),
  item: z.number().optional(),
});

/** One line of what happened to a partition. */
export type LogRecord = z.infer<typeof recordSchema>;

/**
 * What happened to one partition, as numbered files in a folder that all workers share.
 *
 * A record is put at the first free number by a link that exists or not, so whoever puts one has read all
 * before it. None goes behind a record of a greater fencing token: a worker that does not know yet that
 * it was replaced is refused, however late it comes.
 */
export class PartitionLog {
  readonly #folder: string;
  readonly #records: LogRecord[] = [];

  constructor(folder: string, partition: number) {
    this.#folder = join(folder, `partition-${partition}`);
  }

  /** Gives whether it was put there; it is refused when a record of a greater token is there. */
  async append(record: LogRecord): Promise<boolean> {
    await mkdir(this.#folder, { recursive: true });
    const draft = join(this.#folder, `draft-${randomUUID()}`);
    await writeFile(draft, JSON.stringify(record));
    try {
      for (;;) {
        const records = await this.read();
        if (records.some(({ fence }) => fence > record.fence)) return false;
        if (await linked(draft, this.#file(records.length))) return true;
        // Somebody else was faster; what it has written is to be read first.
      }
    } finally {
      await rm(draft);
    }
  }

  /** Everything so far. */
  async read(): Promise<readonly LogRecord[]> {
    for (;;) {
      const text = await readIfThere(this.#file(this.#records.length));
      if (text === undefined) return this.#records;
      this.#records.push(recordSchema.parse(JSON.parse(text)));
    }
  }

  #file(index: number): string {
    return join(this.#folder, String(index));
  }
}

/** The items, of so many, that are not done. */
export function openItems(records: readonly LogRecord[], items: number): readonly number[] {
  const done = new Set(records.flatMap(({ kind, item }) => (kind === 'done' ? [item] : [])));
  return Array.from({ length: items }, (_, item) => item).filter((item) => !done.has(item));
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
