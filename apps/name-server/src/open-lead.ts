import type { Logger } from '@group-services/runtime';
import { type NameServerConfig, storeDirectory } from './config.js';
import type { Holder } from './etcd/leadership.js';
import { etcdPlace } from './etcd/place.js';
import { type Lead, SoleLead } from './lead.js';
import { FileStore } from './store/file-store.js';
import { MemoryStore } from './store/memory-store.js';

/**
 * The lead that goes with the store: on memory or a directory there is no other name server. What speaks to
 * etcd is loaded by those alone who have one.
 *
 * @throws ProgramFailure when the store cannot be used
 */
export async function openLead(
  config: NameServerConfig,
  logger: Logger,
  own: () => Holder | undefined,
): Promise<Lead> {
  const place = etcdPlace(config.store);
  if (place === undefined) {
    const directory = storeDirectory(config);
    return new SoleLead(
      directory === undefined ? new MemoryStore() : await FileStore.open(directory, logger),
    );
  }
  const { SharedLead, etcdAccess } = await import('./etcd/shared-lead.js');
  return new SharedLead({
    place,
    access: etcdAccess(config, logger),
    leaseMs: config.etcdLease,
    self: () => own() ?? { address: config.listen, admin: config.admin },
    logger,
  });
}
