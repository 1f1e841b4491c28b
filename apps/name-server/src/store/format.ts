import { isNodeName, type NodeName } from '@group-services/core';
import type { TableRecord, TableSnapshot } from '@group-services/name-server';
import { entrySchema } from '@group-services/wire';
import * as z from 'zod';
import { readLine, seedOf, type WrittenLine, writeLine } from './lines.js';

/** The files of a store, as lines (`lines.ts`): who it is, a snapshot, and the journal that goes on from it. */

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const group = entrySchema.shape.group;
const node = z.custom<NodeName>((value) => typeof value === 'string' && isNodeName(value));
const stored = { entry: entrySchema, change: z.string().nullable() };
const storedNode = {
  node,
  incarnation: count,
  address: z.string(),
  ephemeral: z.boolean().optional(),
  release: z.string().max(64).optional(),
  forgotten: z.boolean().optional(),
};
export const storeName = z.string().min(1).max(64);

export const storedGroupSchema = z.object(stored);
export const storedNodeSchema = z.object(storedNode);

const recordSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('entry'), ...stored }),
  z.object({ kind: z.literal('gone'), group, generation: count }),
  z.object({ kind: z.literal('generation'), generation: count }),
  z.object({ kind: z.literal('node'), ...storedNode }),
  z.object({ kind: z.literal('forgotten'), node }),
  z.object({ kind: z.literal('start'), epoch: count }),
  z.object({ kind: z.literal('doubted') }),
  z.object({ kind: z.literal('settled') }),
]);

export const lineageSchema = z.object({
  standing: z.enum(['new', 'doubted', 'settled']),
  starts: z.array(z.object({ epoch: count, from: count })),
});

const snapshotSchema = z.object({
  format: z.literal(2),
  store: storeName,
  /** The number of the journal that goes on from here. */
  journal: count,
  table: z.object({
    generation: count,
    revision: count,
    lineage: lineageSchema,
    groups: z.array(storedGroupSchema),
    nodes: z.array(storedNodeSchema),
  }),
});

const identitySchema = z.object({
  format: z.literal(2),
  store: storeName,
  /** Where the file itself was when it was written; a copy is elsewhere. */
  place: z.object({ file: z.string(), born: z.string() }),
});

const headerSchema = z.object({ format: z.literal(2), store: storeName, journal: count });

export const FILES = { identity: 'identity', snapshot: 'snapshot' } as const;

export function journalName(number: number): string {
  return `journal-${number}`;
}

/** A snapshot file's content. */
export interface StoredSnapshot {
  readonly store: string;
  readonly journal: number;
  readonly table: TableSnapshot;
}

/** Says which store a directory is. Once it is there, the directory is never taken for an empty one. */
export type Identity = z.infer<typeof identitySchema>;

/** Where a file has something that nobody wrote. */
export interface Damage {
  readonly offset: number;
  readonly what: string;
}

export function encodeIdentity(identity: Omit<Identity, 'format'>): string {
  return writeLine({ format: 2, ...identity }, seedOf(FILES.identity)).text;
}

export function decodeIdentity(content: Buffer): Identity | Damage {
  return single(content, FILES.identity, identitySchema);
}

export function encodeSnapshot(snapshot: StoredSnapshot): string {
  return writeLine({ format: 2, ...snapshot }, seedOf(FILES.snapshot)).text;
}

export function decodeSnapshot(content: Buffer): StoredSnapshot | Damage {
  return single(content, FILES.snapshot, snapshotSchema);
}

export function isDamage(decoded: object): decoded is Damage {
  return 'offset' in decoded;
}

/** Writes the lines of one journal; each goes on from the one before. */
export class JournalWriter {
  readonly #header: WrittenLine;
  #checksum: number;

  constructor(store: string, journal: number) {
    this.#header = writeLine({ format: 2, store, journal }, seedOf('journal'));
    this.#checksum = this.#header.checksum;
  }

  /** The first line: without it there is no journal. */
  get header(): string {
    return this.#header.text;
  }

  encode(records: readonly TableRecord[]): string {
    const lines = records.map((record) => {
      const { text, checksum } = writeLine(record, this.#checksum);
      this.#checksum = checksum;
      return text;
    });
    return lines.join('');
  }
}

/** What a journal holds. */
export interface DecodedJournal {
  readonly records: readonly TableRecord[];
  /** Bytes up to the end of the last whole line. */
  readonly goodBytes: number;
  /** The file ends in the middle of a line: a write that a crash cut off, and that was never answered. */
  readonly isTorn: boolean;
  /** Something that no crash can cause. */
  readonly damage: Damage | undefined;
}

export function decodeJournal(
  content: Buffer,
  expected: { readonly store: string; readonly journal: number },
): DecodedJournal {
  const records: TableRecord[] = [];
  const at = (offset: number, what: string): DecodedJournal => ({
    records,
    goodBytes: offset,
    isTorn: false,
    damage: { offset, what },
  });
  const first = readLine(content, 0, seedOf('journal'));
  // It was on disk before the snapshot that names it.
  if (first.kind === 'torn') return at(0, 'the first line is missing or cut off');
  if (first.kind === 'damaged') return at(0, first.what);
  const header = headerSchema.safeParse(first.value).data;
  if (header?.store !== expected.store || header.journal !== expected.journal) {
    return at(0, 'it is the journal of something else');
  }
  let { end, checksum } = first;
  while (end < content.length) {
    const line = readLine(content, end, checksum);
    if (line.kind === 'torn') return { records, goodBytes: end, isTorn: true, damage: undefined };
    if (line.kind === 'damaged') return at(end, line.what);
    const record = recordSchema.safeParse(line.value).data;
    if (record === undefined) return at(end, 'a record of an unknown kind stands there');
    records.push(record);
    ({ end, checksum } = line);
  }
  return { records, goodBytes: end, isTorn: false, damage: undefined };
}

function single<T>(content: Buffer, name: string, schema: z.ZodType<T>): T | Damage {
  const line = readLine(content, 0, seedOf(name));
  if (line.kind === 'torn') return { offset: content.length, what: 'the file ends too early' };
  if (line.kind === 'damaged') return { offset: 0, what: line.what };
  if (line.end < content.length) return { offset: line.end, what: 'something follows the end' };
  const value = schema.safeParse(line.value).data;
  return value ?? { offset: 0, what: 'the content is of another format' };
}
