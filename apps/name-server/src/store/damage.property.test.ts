import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GroupName, MembershipId } from '@group-services/core';
import type { Table, TableRecord } from '@group-services/name-server';
import { createLogger, ProgramFailure } from '@group-services/runtime';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeCommand } from './command.js';
import { readDirectory } from './directory.js';
import { FileStore } from './file-store.js';

/** Issue 10, item 4: a damaged store is neither an empty nor a torn one. */

const RECORDS = 12;
const logger = createLogger({ name: 'gsns', level: 'silent' });
let home = '';
let sound = '';
let place = '';

function record(index: number): TableRecord {
  const leader = 'a.1.1' as MembershipId;
  const members = [{ id: leader, joinVersion: 1, full: true, address: 'tcp://ä:1' }];
  const group = `group ${index}` as GroupName;
  const entry = { group, generation: index + 1, version: 1, since: 1, leader, members };
  return { kind: 'entry', entry, change: null };
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'gsns-damage-'));
  sound = join(home, 'sound');
  place = join(home, 'changed');
  const store = await FileStore.open(sound, logger);
  for (let index = 0; index < RECORDS; index += 1) await store.append([record(index)]);
  await store.close();
});

afterAll(async () => {
  await rm(home, { recursive: true });
});

/** What is read of a copy in which one file has been changed. */
async function changed(
  file: string,
  change: (content: Buffer) => Buffer | undefined,
): Promise<{ readonly table: Table; readonly isTorn: boolean } | string> {
  await rm(place, { recursive: true, force: true });
  await cp(sound, place, { recursive: true });
  const content = change(await readFile(join(place, file)));
  if (content === undefined) await rm(join(place, file));
  else await writeFile(join(place, file), content);
  try {
    const read = await readDirectory(place);
    if (read.kind === 'empty') return 'empty';
    return { table: read.table, isTorn: read.torn !== undefined };
  } catch (error) {
    if (error instanceof ProgramFailure) return error.message;
    throw error;
  }
}

const file = fc.constantFrom('identity', 'snapshot', 'journal-1');

test('a flipped bit is found wherever it is, and said where', async () => {
  await fc.assert(
    fc.asyncProperty(file, fc.nat(), fc.nat(7), async (name, at, bit) => {
      const outcome = await changed(name, (content) => {
        const offset = at % content.length;
        content.writeUInt8(content.readUInt8(offset) ^ (1 << bit), offset);
        return content;
      });
      expect(outcome).toMatch(
        new RegExp(`is damaged in .*/${name}, at byte \\d+: .*; restore`, 'u'),
      );
    }),
    { numRuns: 150 },
  );
});

test('a journal that was cut anywhere behind its first line gives what was whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (at) => {
      const whole = await readFile(join(sound, 'journal-1'));
      const header = whole.indexOf(0x0a) + 1;
      const cut = at % (whole.length + 1);
      const outcome = await changed('journal-1', (content) => content.subarray(0, cut));
      if (cut < header) {
        expect(outcome).toMatch(/journal-1, at byte 0: the first line is missing or cut off/u);
        return;
      }
      if (typeof outcome === 'string') throw new Error(outcome);
      const lines = whole.subarray(header, cut).toString('latin1').split('\n');
      expect(outcome.table.groupCount).toBe(lines.length - 1);
      expect(outcome.isTorn).toBe(lines.at(-1) !== '');
    }),
    { numRuns: 100 },
  );
});

test('a cut identity or snapshot, and garbage anywhere, are damage', async () => {
  await fc.assert(
    fc.asyncProperty(file, fc.nat(), fc.nat(255), async (name, at, byte) => {
      const garbage = await changed(name, (content) => {
        const offset = at % content.length;
        content.writeUInt8(content.readUInt8(offset) ^ 0x80, offset);
        return content.fill(byte, offset + 1);
      });
      expect(garbage).toMatch(/is damaged/u);
      if (name === 'journal-1') return;
      const cut = await changed(name, (content) => content.subarray(0, at % content.length));
      expect(cut).toMatch(/is damaged/u);
    }),
    { numRuns: 60 },
  );
});

test.each(['identity', 'snapshot', 'journal-1'])(
  'a store without its %s is damaged',
  async (name) => {
    expect(await changed(name, () => undefined)).toMatch(
      new RegExp(`is damaged: .*/${name} is missing, and .*; restore`, 'u'),
    );
    expect(await changed(name, () => Buffer.alloc(0))).toMatch(/is damaged in/u);
  },
);

test('lines cannot be left out, doubled, exchanged, or come from another journal', async () => {
  const lines = (content: Buffer) => content.toString('utf8').split('\n');
  const edit = async (change: (all: string[]) => string[]) =>
    await changed('journal-1', (content) => Buffer.from(change(lines(content)).join('\n')));
  expect(await edit((all) => all.toSpliced(3, 1))).toMatch(/the checksum does not fit/u);
  expect(await edit((all) => all.toSpliced(3, 0, all[3] ?? ''))).toMatch(/does not fit/u);
  expect(await edit((all) => all.with(3, all[4] ?? '').with(4, all[3] ?? ''))).toMatch(
    /does not fit/u,
  );
  const other = join(home, 'other');
  await (await FileStore.open(other, logger)).close();
  const foreign = await readFile(join(other, 'journal-1'));
  expect(await changed('journal-1', () => foreign)).toMatch(/the journal of something else/u);
  const snapshot = await readFile(join(other, 'snapshot'));
  expect(await changed('snapshot', () => snapshot)).toMatch(/belongs to another store/u);
});

test('gsns store check says the same, and changes nothing', async () => {
  await changed('journal-1', (content) => content);
  const before = await readdir(place);
  expect(await storeCommand(['check', sound])).toMatchObject({
    exitCode: 0,
    text: expect.stringMatching(/is sound: store [0-9a-f-]{36}, 12 groups, 0 nodes/u),
  });
  expect((await storeCommand(['check', place])).text).toMatch(/it was copied or moved/u);
  expect(await readdir(place)).toEqual(before);
  const failure = await changed('snapshot', () => Buffer.from('x'));
  expect(await storeCommand(['check', place])).toEqual({ exitCode: 1, text: `gsns: ${failure}\n` });
  await changed('journal-1', (content) => content.subarray(0, -3));
  const torn = await storeCommand(['check', place]);
  expect(torn).toMatchObject({
    exitCode: 0,
    text: expect.stringMatching(/cut the last write off/u),
  });
  expect((await storeCommand(['check', join(home, 'nowhere')])).exitCode).toBe(1);
  expect((await storeCommand(['mend', sound])).exitCode).toBe(2);
  expect((await storeCommand(['check'])).exitCode).toBe(2);
});

test('a copy is doubted once, and believed when its operator says that it is the newest', async () => {
  const standing = async () => {
    const store = await FileStore.open(place, logger);
    await store.close();
    return store.restore().standing;
  };
  const settled = await FileStore.open(sound, logger);
  await settled.append([{ kind: 'start', epoch: 1 }, { kind: 'settled' }]);
  await settled.close();
  await changed('identity', (content) => content);
  expect([await standing(), await standing()]).toEqual(['doubted', 'doubted']);
  await changed('identity', (content) => content);
  expect(await storeCommand(['adopt', place])).toMatchObject({ exitCode: 0 });
  expect(await standing()).toBe('settled');
});
