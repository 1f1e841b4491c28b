import { type DecodedTable, KEYS, type StoredKey } from '@group-services/name-server';
import * as z from 'zod';
import { lineageSchema, storedGroupSchema, storedNodeSchema, storeName } from '../store/format.js';

const positionSchema = z.object({
  revision: z.number().int().min(0),
  generation: z.number().int().min(0),
});

const GROUPS = KEYS.group('');
const NODES = KEYS.node('');

/** Reads a table out of its keys; what is not as it was written is damage, and names its key. */
export function decodeTable(prefix: string, keys: readonly StoredKey[]): DecodedTable {
  const found = new Map(keys.map(({ key, value }) => [key, value]));
  found.delete(KEYS.active);
  if (found.size === 0) return { kind: 'empty' };
  if (!found.has(KEYS.store)) {
    const advice = `if it was a copy that has not come to its end: etcdctl del --prefix ${prefix}`;
    return damaged(prefix, `${KEYS.store} is missing, so it is no whole table; ${advice}`);
  }
  const read = <Schema extends z.ZodType>(key: string, schema: Schema): z.output<Schema> => {
    const result = schema.safeParse(parsed(found.get(key)));
    if (result.success) return result.data;
    throw new Unreadable(`${key} is not as a name server writes it`);
  };
  try {
    const store = read(KEYS.store, storeName);
    const lineage = read(KEYS.lineage, lineageSchema);
    const { revision, generation } = read(KEYS.position, positionSchema);
    const groups = [...found.keys()]
      .filter((key) => key.startsWith(GROUPS))
      .map((key) => read(key, storedGroupSchema));
    const nodes = [...found.keys()]
      .filter((key) => key.startsWith(NODES))
      .map((key) => read(key, storedNodeSchema));
    const stranger = [...found.keys()].find((key) => !isOurs(key));
    if (stranger !== undefined) {
      return damaged(prefix, `${stranger} is none of ours: each domain has a prefix of its own`);
    }
    const table = { revision, generation, lineage, groups, nodes };
    return { kind: 'table', stored: { store, table } };
  } catch (error) {
    if (error instanceof Unreadable) return damaged(prefix, error.message);
    throw error;
  }
}

class Unreadable extends Error {}

function isOurs(key: string): boolean {
  const own: readonly string[] = [KEYS.store, KEYS.epoch, KEYS.lineage, KEYS.position];
  return own.includes(key) || key.startsWith(GROUPS) || key.startsWith(NODES);
}

function damaged(prefix: string, what: string): DecodedTable {
  return { kind: 'damaged', text: `the table below ${prefix} in etcd cannot be used: ${what}` };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
