import type { Table } from '@group-services/name-server';
import { type Logger, ProgramFailure } from '@group-services/runtime';
import type { Store } from '../store/contract.js';
import { EtcdHealth } from './health.js';
import { Leadership } from './leadership.js';
import type { EtcdAccess } from './members.js';
import type { EtcdPlace } from './place.js';

/** How long an etcd may take to answer whoever wants its table now. */
const LIMIT_MS = 15_000;

export interface OpenStoreOptions {
  readonly place: EtcdPlace;
  readonly access: EtcdAccess;
  readonly leaseMs: number;
  readonly logger: Logger;
  /** What a new store is called and begins with. */
  readonly initial?: { readonly store: string; readonly table: Table } | undefined;
  readonly expect?: 'table' | 'nothing' | undefined;
  /** Whoever uses the store finds out that another one does. */
  readonly lost?: ((why: string) => void) | undefined;
}

/**
 * Takes the table in etcd for oneself, as long as the store is open.
 *
 * @throws ProgramFailure when a name server is active on it, it cannot be used, or etcd does not answer
 */
export async function openEtcdStore(options: OpenStoreOptions): Promise<Store> {
  const { place, lost = () => {}, ...rest } = options;
  const where = `${place.members.join(',')}/${place.prefix}`;
  const health = new EtcdHealth();
  let timer: NodeJS.Timeout | undefined;
  let leadership: Leadership | undefined;
  try {
    const store = await new Promise<Store>((resolve, reject) => {
      const fail = (text: string): void => reject(new ProgramFailure(text));
      timer = setTimeout(() => {
        fail(`cannot use the store in etcd ${where}: ${health.trouble ?? 'it does not answer'}`);
      }, LIMIT_MS);
      leadership = new Leadership({
        ...rest,
        place,
        health,
        self: { address: '', admin: '' },
        events: {
          activated: resolve,
          deposed: lost,
          unusable: fail,
          otherIsActive: ({ address }) =>
            fail(`the store in etcd ${where} is in use by the name server at ${address}`),
        },
      });
      leadership.start();
    });
    const opened = leadership;
    return {
      name: store.name,
      restore: () => store.restore(),
      append: (records) => store.append(records),
      close: async () => await opened?.close(),
    };
  } catch (error) {
    await leadership?.close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
