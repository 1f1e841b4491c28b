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
import type { GroupName } from '@group-services/core';
import { createLogger } from '@group-services/runtime';
import { describe, expect, it, onTestFinished } from 'vitest';

import { entryRecord } from '../../test/compliance.js';
import { FileStore } from './file-store.js';
import { JournalWriter } from './format.js';

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
  it('ignores a torn end with a warning, and goes on after it', async () => {
    const { open, journal, logged } = workspace();
    const first = await open();
    await first.append([entryRecord('kept')]);
    await first.close();
    const writer = new JournalWriter(first.name, 1);
    writer.encode([entryRecord('kept')]);
    appendFileSync(journal(), writer.encode([entryRecord('torn')]).slice(0, -10));
    const second = await open();
    expect(logged.join('')).toContain('cut off by a crash');
    expect([...second.restore().groups()].map(({ entry }) => entry.group)).toEqual(['kept']);
    await second.append([entryRecord('new')]);
    await second.close();
    const third = await open();
    expect(third.restore().groupCount).toBe(2);
    await third.close();
  });

  it('replaces a long journal, so that the files stay in proportion to the table', async () => {
    const { open, directory } = workspace();
    const store = await open();
    const many = Array.from({ length: 6000 }, (_, index) => entryRecord('g', index + 1));
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
    await store.append([entryRecord('first')]);
    const inTheWay = join(directory, 'snapshot.new');
    mkdirSync(inTheWay);
    const many = Array.from({ length: 10_010 }, (_, index) => entryRecord('g', index + 1));
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
    await store.append([entryRecord('kept')]);
    await store.close();
    writeFileSync(join(directory, 'journal-2'), '');
    writeFileSync(join(directory, 'snapshot.new'), 'half a snapsh');
    const again = await open();
    expect(again.restore().groupCount).toBe(1);
    await again.close();
  });
});
