import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GroupName, MembershipId, NodeName } from '@group-services/core';
import type { TableRecord } from '@group-services/name-server';
import { createLogger } from '@group-services/runtime';
import { describe, expect, it, onTestFinished } from 'vitest';

import { FileStore } from './file-store.js';
import { JournalWriter } from './format.js';

function record(group: string, version = 1): TableRecord {
  const leader = 'a.1.1' as MembershipId;
  const members = [{ id: leader, joinVersion: 1, full: true, address: 'tcp://ä:1' }];
  const entry = { group: group as GroupName, generation: 9, version, since: 1, leader, members };
  return { kind: 'entry', entry, change: null };
}

/** A directory, and a way to open its store; what is logged is kept. */
function workspace() {
  const directory = mkdtempSync(join(tmpdir(), 'gsns-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const logged: string[] = [];
  const destination = { write: (line: string) => void logged.push(line) };
  const logger = createLogger({ name: 'gsns', pretty: false, destination });
  const journal = () =>
    join(directory, readdirSync(directory).find((name) => name.startsWith('journal')) ?? '');
  return { directory, logged, journal, open: () => FileStore.open(directory, logger) };
}

describe('FileStore', () => {
  it('gives back what was appended, over any number of starts', async () => {
    const { open } = workspace();
    for (let start = 1; start <= 3; start += 1) {
      const store = await open();
      expect(store.restore().groupCount).toBe(start - 1);
      await store.append([record(`g${start}`), record(`g${start}`, 2)]);
      const node = { node: 'a' as NodeName, incarnation: start, address: 'tcp://a:1' };
      await store.append([{ kind: 'node', ...node }]);
      await store.close();
    }
    const table = await open().then(async (store) => {
      const restored = store.restore();
      await store.close();
      return restored;
    });
    expect(table.groupCount).toBe(3);
    expect(table.group('g2' as GroupName)?.entry.version).toBe(2);
    expect(table.node('a' as NodeName)?.incarnation).toBe(3);
    expect(table.generation).toBe(9);
  });

  it('keeps who was given up and who will not return', async () => {
    const { open } = workspace();
    const [a, b] = ['a', 'b'] as NodeName[];
    const common = { kind: 'node' as const, incarnation: 2, address: 'tcp://x:1' };
    const first = await open();
    await first.append([{ ...common, node: a as NodeName, forgotten: true }]);
    await first.append([{ ...common, node: b as NodeName, ephemeral: true }]);
    await first.close();
    // From the journal, and from the snapshot that the second start makes of it.
    for (let start = 2; start <= 3; start += 1) {
      const store = await open();
      const nodes = [...store.restore().nodes()];
      await store.close();
      expect(nodes).toMatchObject([
        { node: 'a', forgotten: true },
        { node: 'b', ephemeral: true },
      ]);
    }
  });

  it('ignores a torn end with a warning, and goes on after it', async () => {
    const { open, journal, logged } = workspace();
    const first = await open();
    await first.append([record('kept')]);
    await first.close();
    const writer = new JournalWriter(first.name, 1);
    writer.encode([record('kept')]);
    appendFileSync(journal(), writer.encode([record('torn')]).slice(0, -10));
    const second = await open();
    expect(logged.join('')).toContain('cut off by a crash');
    expect([...second.restore().groups()].map(({ entry }) => entry.group)).toEqual(['kept']);
    await second.append([record('new')]);
    await second.close();
    const third = await open();
    expect(third.restore().groupCount).toBe(2);
    await third.close();
  });

  it('replaces a long journal, so that the files stay in proportion to the table', async () => {
    const { open, directory } = workspace();
    const store = await open();
    const many = Array.from({ length: 6000 }, (_, index) => record('g', index + 1));
    for (let round = 0; round < 3; round += 1) await store.append(many);
    await store.close();
    expect(readdirSync(directory).sort()).toEqual(['identity', 'journal-2', 'lock-1', 'snapshot']);
    const again = await open();
    expect(again.restore().group('g' as GroupName)?.entry.version).toBe(6000);
    await again.close();
  });

  it('says what is wrong with a directory that cannot be used', async () => {
    const { directory } = workspace();
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const logger = createLogger({ name: 'gsns', level: 'silent' });
    const unusable = [join(file, 'store'), file, '/proc/nothing/can/be/made/here'];
    for (const path of unusable) {
      await expect(FileStore.open(path, logger)).rejects.toThrow(/cannot use the store/u);
    }
  });

  it('leaves no file open in a directory that it cannot use after all', async () => {
    const { open, directory } = workspace();
    await (await open()).close();
    // What looks like an older journal cannot be removed.
    mkdirSync(join(directory, 'journal-99'));
    await expect(open()).rejects.toThrow(/cannot use the store/u);
    const files = readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readlinkSync(join('/proc/self/fd', fd));
      } catch {
        return '';
      }
    });
    expect(files.filter((file) => file.startsWith(directory))).toEqual([]);
  });

  it('loses nothing when the table cannot be written anew', async () => {
    const { open, directory } = workspace();
    const store = await open();
    await store.append([record('first')]);
    const inTheWay = join(directory, 'snapshot.new');
    mkdirSync(inTheWay);
    const many = Array.from({ length: 10_010 }, (_, index) => record('g', index + 1));
    await expect(store.append(many)).rejects.toThrow();
    await store.close();
    await expect(open()).rejects.toThrow(/cannot use the store/u);
    rmdirSync(inTheWay);
    const again = await open();
    expect(again.restore().groupCount).toBe(2);
    expect(again.restore().group('g' as GroupName)?.entry.version).toBe(10_010);
    await again.close();
  });

  it('keeps the old pair when a crash came before the rename', async () => {
    const { open, directory } = workspace();
    const store = await open();
    await store.append([record('kept')]);
    await store.close();
    writeFileSync(join(directory, 'journal-2'), '');
    writeFileSync(join(directory, 'snapshot.new'), 'half a snapsh');
    const again = await open();
    expect(again.restore().groupCount).toBe(1);
    await again.close();
  });
});
