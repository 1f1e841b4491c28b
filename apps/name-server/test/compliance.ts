import type { GroupName, MembershipId, NodeName } from '@group-services/core';
import type { TableRecord } from '@group-services/name-server';
import { describe, expect, it } from 'vitest';
import type { Store } from '../src/store/contract.js';

/** What the suite needs of an implementation. */
export interface StoreSubject {
  /** Opens it, and makes it at first. Each subject is another one. */
  readonly open: () => Promise<Store>;
}

/** A group's entry, whose version tells it from another. */
export function entryRecord(group: string, version = 1): TableRecord {
  const leader = 'a.1.1' as MembershipId;
  const members = [{ id: leader, joinVersion: 1, full: true, address: 'tcp://ä:1' }];
  const entry = { group: group as GroupName, generation: 9, version, since: 1, leader, members };
  return { kind: 'entry', entry, change: null };
}

/**
 * Runs the Store contract (`src/store/contract.ts`) against an implementation. `keeps`: it is there to survive its name server, so
 * that what it acknowledged comes back.
 */
export function storeCompliance(
  name: string,
  { keeps, make }: { readonly keeps: boolean; readonly make: () => StoreSubject },
): void {
  describe(`${name} as a store`, () => {
    everyStore(make);
    if (keeps) storesThatKeep(make);
    else storesThatKeepNothing(make);
  });
}

/** Uses a store that is opened for it and closed behind it. */
async function using<T>({ open }: StoreSubject, use: (store: Store) => T | Promise<T>): Promise<T> {
  const store = await open();
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

function everyStore(make: () => StoreSubject): void {
  it('has a name that no other has', async () => {
    const names = [make(), make()].map((subject) => using(subject, (store) => store.name));
    const [one, other] = await Promise.all(names);
    expect(one).not.toBe('');
    expect(one).not.toBe(other);
  });

  it('takes records, also none at all', async () => {
    await using(make(), async (store) => {
      await store.append([]);
      await store.append([entryRecord('g'), entryRecord('g', 2)]);
      await store.append([{ kind: 'gone', group: 'g' as GroupName, generation: 9 }]);
    });
  });

  it('may be closed twice', async () => {
    const store = await make().open();
    await store.close();
    await expect(store.close()).resolves.toBeUndefined();
  });
}

function storesThatKeepNothing(make: () => StoreSubject): void {
  it('begins anew, under another name', async () => {
    const subject = make();
    const first = await using(subject, async (store) => {
      expect(store.restore()).toBeUndefined();
      await store.append([entryRecord('g')]);
      return store.name;
    });
    await using(subject, (store) => {
      expect(store.restore()).toBeUndefined();
      expect(store.name).not.toBe(first);
    });
  });
}

function storesThatKeep(make: () => StoreSubject): void {
  it('is empty at first', async () => {
    await using(make(), (store) => {
      const table = store.restore();
      expect([table?.groupCount, table?.nodeCount, table?.generation]).toEqual([0, 0, 0]);
    });
  });

  it('has the same name whenever it is opened', async () => {
    const subject = make();
    const name = await using(subject, (store) => store.name);
    expect(await using(subject, (store) => store.name)).toBe(name);
  });

  it('gives back what was appended, over any number of starts', async () => {
    const subject = make();
    for (let start = 1; start <= 3; start += 1) {
      await using(subject, async (store) => {
        expect(store.restore()?.groupCount).toBe(start - 1);
        await store.append([entryRecord(`g${start}`), entryRecord(`g${start}`, 2)]);
        const node = { node: 'a' as NodeName, incarnation: start, address: 'tcp://a:1' };
        await store.append([{ kind: 'node', ...node }]);
      });
    }
    const table = await using(subject, (store) => store.restore());
    expect(table?.groupCount).toBe(3);
    expect(table?.group('g2' as GroupName)?.entry.version).toBe(2);
    expect(table?.node('a' as NodeName)?.incarnation).toBe(3);
    expect(table?.generation).toBe(9);
  });

  it('keeps who was given up and who will not return', async () => {
    const subject = make();
    const [a, b] = ['a', 'b'] as NodeName[];
    const common = { kind: 'node' as const, incarnation: 2, address: 'tcp://x:1' };
    await using(subject, async (store) => {
      await store.append([{ ...common, node: a as NodeName, forgotten: true }]);
      await store.append([{ ...common, node: b as NodeName, ephemeral: true }]);
    });
    // As it was appended, and as the second start has kept it.
    for (let start = 2; start <= 3; start += 1) {
      const nodes = await using(subject, (store) => [...(store.restore()?.nodes() ?? [])]);
      expect(nodes).toMatchObject([
        { node: 'a', forgotten: true },
        { node: 'b', ephemeral: true },
      ]);
    }
  });

  it('comes to the table that its records come to, whatever they are', async () => {
    const subject = make();
    const records: readonly TableRecord[] = [
      { kind: 'start', epoch: 1_000 },
      entryRecord('kept'),
      entryRecord('dissolved'),
      { kind: 'gone', group: 'dissolved' as GroupName, generation: 9 },
      { kind: 'generation', generation: 12 },
      { kind: 'node', node: 'n1' as NodeName, incarnation: 7, address: 'tcp://n1:1' },
      { kind: 'node', node: 'n2' as NodeName, incarnation: 8, address: 'tcp://n2:1' },
      { kind: 'forgotten', node: 'n2' as NodeName },
      { kind: 'doubted' },
      { kind: 'settled' },
    ];
    const expected = await using(subject, async (store) => {
      const table = store.restore();
      await store.append(records);
      for (const record of records) table?.apply(record);
      return table?.snapshot();
    });
    expect(expected).toBeDefined();
    expect(await using(subject, (store) => store.restore()?.snapshot())).toEqual(expected);
  });

  it('gives a table away: what its owner does to it is not kept', async () => {
    const subject = make();
    await using(subject, (store) => {
      store.restore()?.apply(entryRecord('not appended'));
      expect(store.restore()?.groupCount).toBe(0);
    });
    expect(await using(subject, (store) => store.restore()?.groupCount)).toBe(0);
  });

  it('refuses a second user while it is open', async () => {
    const subject = make();
    await using(subject, async (store) => {
      await expect(subject.open()).rejects.toThrow();
      await store.append([entryRecord('g')]);
    });
    expect(await using(subject, (store) => store.restore()?.groupCount)).toBe(1);
  });
}
