import type { TableRecord } from '@group-services/name-server';

import {
  decodeIdentity,
  decodeJournal,
  decodeSnapshot,
  encodeIdentity,
  encodeSnapshot,
  isDamage,
  JournalWriter,
  seedOf,
  writeLine,
} from '../readers.js';
import { bytesOf, type Target } from '../target.js';

/**
 * The files of a name server's store: as they are, where a checksum finds most changes, and with the
 * content of one line changed before its checksum is made, so that what reads the content is reached.
 */

const STORE = 'fuzzed';

const entry = {
  group: 'billing',
  generation: 3,
  version: 7,
  since: 5,
  leader: 'n1.1.1',
  members: [{ id: 'n1.1.1', joinVersion: 1, full: true, address: 'tcp://127.0.0.1:7401' }],
};

const records: readonly object[] = [
  { kind: 'start', epoch: 1_700_000_000_000 },
  { kind: 'generation', generation: 4 },
  { kind: 'entry', entry, change: 'n1.1/1' },
  { kind: 'gone', group: 'billing', generation: 3 },
  { kind: 'node', node: 'n1', incarnation: 5, address: 'tcp://127.0.0.1:7401', ephemeral: true },
  { kind: 'forgotten', node: 'n2' },
  { kind: 'doubted' },
  { kind: 'settled' },
];

const table = {
  generation: 4,
  revision: 12,
  lineage: { standing: 'settled', starts: [{ epoch: 1, from: 0 }] },
  groups: [{ entry, change: null }],
  nodes: [{ node: 'n1', incarnation: 5, address: 'tcp://127.0.0.1:7401' }],
};

const writer = new JournalWriter(STORE, 1);
const journal = writer.header + writer.encode(records as readonly TableRecord[]);
const place = { file: '1:2', born: '1700000000000000000' };
const identity = encodeIdentity({ store: STORE, place });
const snapshot = encodeSnapshot({ store: STORE, journal: 1, table } as never);

function readJournal(content: Buffer): boolean {
  const { damage, records: found } = decodeJournal(content, { store: STORE, journal: 1 });
  return damage === undefined && found.length > 0;
}

/** One line more behind the header of a journal, or the one line of a snapshot. */
function readContent(input: Uint8Array): boolean {
  const json = new TextDecoder().decode(input);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // Whatever has a good checksum was written by JSON.stringify.
    return false;
  }
  const lines = new JournalWriter(STORE, 1);
  const content = lines.header + lines.encode([value as TableRecord]);
  const { text } = writeLine(value, seedOf('snapshot'));
  return readJournal(Buffer.from(content)) || !isDamage(decodeSnapshot(Buffer.from(text)));
}

const contents = [...records, { format: 2, store: STORE, journal: 1, table }];

export const storeTargets: readonly Target[] = [
  {
    name: 'store-journal',
    corpus: bytesOf([journal]),
    read: (input) => readJournal(Buffer.from(input)),
  },
  {
    name: 'store-snapshot',
    corpus: bytesOf([snapshot, identity]),
    read: (input) => {
      const content = Buffer.from(input);
      return !isDamage(decodeSnapshot(content)) || !isDamage(decodeIdentity(content));
    },
  },
  {
    name: 'store-content',
    corpus: bytesOf(contents.map((value) => JSON.stringify(value))),
    read: readContent,
  },
];
