import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderFixture } from '@group-services/example-harness/workshop';
import { expect, test as plain } from 'vitest';
import type { Manifest } from './group.js';
import { newestOf, partsOf, problemsOf } from './manifests.js';
import { ProcessFolder } from './parts.js';

const test = plain.extend(folderFixture);

async function manifestOf(folder: string, balances: readonly number[]): Promise<Manifest> {
  const parts = balances.map((balance, owner) =>
    new ProcessFolder(folder, owner).writePart(7, balance),
  );
  return { number: 7, parts: await Promise.all(parts) };
}

test('a manifest with all its parts is right', async ({ folder }) => {
  const manifest = await manifestOf(folder, [90, 110]);
  expect(await problemsOf(manifest, { folder, processes: 2, sum: 200 })).toEqual([]);
});

test('a part that is missing, changed, or somebody else’s is found', async ({ folder }) => {
  const expected = { folder, processes: 3, sum: 300 };
  const manifest = await manifestOf(folder, [90, 110, 100]);
  const [one, two, three] = manifest.parts;
  if (one === undefined || two === undefined || three === undefined) throw new Error('no parts');
  expect(await problemsOf({ number: 7, parts: [one, two] }, expected)).toEqual([
    'checkpoint 7 has the parts of 0 1',
  ]);
  await writeFile(join(folder, one.file), '{"owner":0,"balance":91}');
  await rm(join(folder, two.file));
  const parts = [one, two, { ...three, file: one.file }];
  expect(await problemsOf({ number: 7, parts }, expected)).toEqual([
    `checkpoint 7: ${one.file} has another digest`,
    expect.stringContaining('ENOENT'),
    `checkpoint 7: ${one.file} has another digest`,
  ]);
});

test('parts of different places in the order do not sum up', async ({ folder }) => {
  const manifest = await manifestOf(folder, [90, 111]);
  expect(await problemsOf(manifest, { folder, processes: 2, sum: 200 })).toEqual([
    'checkpoint 7 sums up to 201, not 200',
  ]);
});

test('a manifest is replaced, and its part recovered', async ({ folder }) => {
  const mine = new ProcessFolder(folder, 1);
  expect(await mine.readManifest()).toEqual({ number: 0, parts: [] });
  expect(await mine.recover(await mine.readManifest())).toBe(100);
  const manifest = await manifestOf(folder, [90, 110]);
  await mine.writeManifest({ number: 6, parts: [] });
  await mine.writeManifest(manifest);
  expect(await mine.readManifest()).toEqual(manifest);
  expect(await mine.recover(manifest)).toBe(110);
});

test('votes bring parts in any order, and the newest manifest of several', () => {
  const part = (owner: number) => ({ owner, file: `process-${owner}/part`, digest: '' });
  const rider = (owner: number) => ({
    from: `n/p${owner}`,
    message: { kind: 'part' as const, part: part(owner) },
  });
  expect(partsOf([rider(2), rider(0), rider(1)])).toEqual([part(0), part(1), part(2)]);
  const newest = (number: number) => ({
    from: 'n/p',
    message: { kind: 'newest' as const, manifest: { number, parts: [] } },
  });
  expect(newestOf([newest(1), newest(3), newest(2)]).number).toBe(3);
});
