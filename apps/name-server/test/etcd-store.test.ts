import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TableRecord } from '@group-services/name-server';
import { createLogger } from '@group-services/runtime';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openEtcdStore } from '../src/etcd/open-store.js';
import { etcdPlace } from '../src/etcd/place.js';
import { storeCommand } from '../src/store/command.js';
import type { Store } from '../src/store/contract.js';
import { FileStore } from '../src/store/file-store.js';
import { entryRecord, storeCompliance } from './compliance.js';
import { EtcdCluster, noEtcd } from './etcd-cluster.js';

const logger = createLogger({ name: 'gsns', pretty: false, destination: { write: () => {} } });
const nobody = { tls: {}, user: undefined };

describe.skipIf(noEtcd !== undefined)('etcd', () => {
  let cluster: EtcdCluster;
  beforeAll(async () => {
    cluster = await EtcdCluster.start(1);
  });
  afterAll(async () => {
    await cluster.destroy();
  });

  const openAt = async (store: string): Promise<Store> => {
    const place = etcdPlace(store);
    if (place === undefined) throw new Error(`no place: ${store}`);
    return await openEtcdStore({ place, access: nobody, leaseMs: 2_000, logger });
  };

  storeCompliance('etcd', {
    keeps: true,
    make: () => {
      const store = cluster.newStore();
      return { open: () => openAt(store) };
    },
  });

  it('keeps more than fits into one transaction, in order, and reads it page by page', async () => {
    const place = cluster.newStore();
    const groups = Array.from({ length: 1_300 }, (_, at) => entryRecord(`g${at}`));
    const records: TableRecord[] = [...groups, ...groups.slice(0, 50).map(again)];
    const store = await openAt(place);
    await store.append(records);
    await store.close();
    const reopened = await openAt(place);
    const table = reopened.restore();
    await reopened.close();
    expect(table?.groupCount).toBe(1_300);
    expect(table?.revision).toBe(records.length);
    expect([...(table?.groups() ?? [])].filter(({ entry }) => entry.version === 2)).toHaveLength(
      50,
    );
  });

  it('is copied from a directory and back as the same store, and never over another', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gsns-copy-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [first, second] = [`file:${join(folder, 'first')}`, `file:${join(folder, 'second')}`];
    const place = cluster.newStore();
    const file = await FileStore.open(join(folder, 'first'), logger);
    await file.append(Array.from({ length: 250 }, (_, at) => entryRecord(`g${1_000 + at}`)));
    await file.append([{ kind: 'start', epoch: 7 }, { kind: 'settled' }]);
    const kept = [file.name, file.restore().snapshot()];
    expect(await storeCommand(['copy', first, place])).toMatchObject({ exitCode: 1 });
    await file.close();

    const done = { exitCode: 0, text: expect.stringContaining('250 groups') };
    expect(await storeCommand(['copy', first, place])).toMatchObject(done);
    const there = await openAt(place);
    expect([there.name, there.restore()?.snapshot()]).toEqual(kept);
    const inUse = { exitCode: 1, text: expect.stringContaining('in use') };
    expect(await storeCommand(['copy', place, second])).toMatchObject(inUse);
    await there.close();
    const taken = { exitCode: 1, text: expect.stringContaining('already') };
    expect(await storeCommand(['copy', first, place])).toMatchObject(taken);
    expect(await storeCommand(['copy', place, first])).toMatchObject(taken);
    expect(await storeCommand(['copy', place, second])).toMatchObject(done);
    const back = await FileStore.open(join(folder, 'second'), logger);
    expect([back.name, back.restore().snapshot()]).toEqual(kept);
    await back.close();
    const nothing = { exitCode: 1, text: expect.stringContaining('no table') };
    expect(await storeCommand(['copy', cluster.newStore(), second])).toMatchObject(nothing);
    const misuse = { exitCode: 2, text: expect.stringContaining('expected file:DIR or etcd:') };
    expect(await storeCommand(['copy', 'memory', second])).toMatchObject(misuse);
  });

  it('serves no copy that has not come to its end', async () => {
    const place = cluster.newStore();
    const [, , prefix = ''] = /^(.*?:\d+)\/(.*)$/u.exec(place.replace('etcd:http://', '')) ?? [];
    const encode = (text: string): string => Buffer.from(text).toString('base64');
    const body = { key: encode(`${prefix}/groups/g`), value: encode('{}') };
    const url = `${cluster.members[0]?.url}/v3/kv/put`;
    await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    await expect(openAt(place)).rejects.toThrow(/store is missing.*etcdctl del --prefix/u);
  });

  it('tells two prefixes apart of which one begins with the other', async () => {
    const place = cluster.newStore();
    const one = await openAt(place);
    const other = await openAt(`${place}0`);
    await one.append([entryRecord('g')]);
    await other.close();
    await one.close();
    const reopened = await openAt(`${place}0`);
    expect(reopened.restore()?.groupCount).toBe(0);
    await reopened.close();
  });
});

function again(record: TableRecord): TableRecord {
  return record.kind === 'entry' ? { ...record, entry: { ...record.entry, version: 2 } } : record;
}
