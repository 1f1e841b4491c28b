import { crc32 } from 'node:zlib';
import { isNodeName, type NodeName } from '@group-services/core';
import type { TableRecord, TableSnapshot } from '@group-services/name-server';
import { entrySchema } from '@group-services/wire';
import { z } from 'zod';

/**
 * The files of the store: lines of a CRC-32 (8 hexadecimal digits), a space, and JSON.
 */

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const group = entrySchema.shape.group;
const node = z.custom<NodeName>((value) => typeof value === 'string' && isNodeName(value));
const stored = { entry: entrySchema, change: z.string().nullable() };
const storedNode = {
  node,
  incarnation: count,
  address: z.string(),
  ephemeral: z.boolean().optional(),
  forgotten: z.boolean().optional(),
};

const recordSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('entry'), ...stored }),
  z.object({ kind: z.literal('gone'), group, generation: count }),
  z.object({ kind: z.literal('generation'), generation: count }),
  z.object({ kind: z.literal('node'), ...storedNode }),
  z.object({ kind: z.literal('forgotten'), node }),
]);

const snapshotSchema = z.object({
  format: z.literal(1),
  /** The number of the journal that goes on from here. */
  journal: count,
  table: z.object({
    generation: count,
    groups: z.array(z.object(stored)),
    nodes: z.array(z.object(storedNode)),
  }),
});

/** A snapshot file's content. */
export interface StoredSnapshot {
  readonly journal: number;
  readonly table: TableSnapshot;
}

export function encodeRecord(record: TableRecord): string {
  return encodeLine(record);
}

export function encodeSnapshot({ journal, table }: StoredSnapshot): string {
  return encodeLine({ format: 1, journal, table });
}

/** The snapshot in a file's text; undefined when it is damaged. */
export function decodeSnapshot(content: string): StoredSnapshot | undefined {
  return snapshotSchema.safeParse(decodeLine(content.replace(/\n$/u, ''))).data;
}

/** What a journal holds. */
export interface DecodedJournal {
  readonly records: readonly TableRecord[];
  /** Bytes up to the end of the last good line. */
  readonly goodBytes: number;
  /**
   * `torn`: the end of the file is the beginning of a write that a crash cut off; it was never
   * answered. `damaged`: good lines follow a bad one, which no crash of ours can cause.
   */
  readonly state: 'whole' | 'torn' | 'damaged';
}

export function decodeJournal(content: Buffer): DecodedJournal {
  const records: TableRecord[] = [];
  let goodBytes = 0;
  let bad = false;
  for (let at = 0; at < content.length; ) {
    const newline = content.indexOf(0x0a, at);
    const end = newline < 0 ? content.length : newline;
    const line = newline < 0 ? undefined : decodeLine(content.toString('utf8', at, end));
    const record = recordSchema.safeParse(line).data;
    at = end + 1;
    if (record === undefined) {
      bad = true;
    } else if (bad) {
      return { records, goodBytes, state: 'damaged' };
    } else {
      records.push(record);
      goodBytes = at;
    }
  }
  return { records, goodBytes, state: bad ? 'torn' : 'whole' };
}

function encodeLine(value: unknown): string {
  const json = JSON.stringify(value);
  return `${checksum(json)} ${json}\n`;
}

function decodeLine(line: string): unknown {
  const json = line.slice(9);
  if (line[8] !== ' ' || checksum(json) !== line.slice(0, 8)) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    // The checksum fits by chance; what does not parse is as bad as one that does not fit.
    return undefined;
  }
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
