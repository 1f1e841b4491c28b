import type { TableRecord } from '@group-services/name-server';
import { createLogger } from '@group-services/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEtcdStore } from '../src/etcd/open-store.js';
import { etcdPlace } from '../src/etcd/place.js';
import type { Store } from '../src/store/contract.js';
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
