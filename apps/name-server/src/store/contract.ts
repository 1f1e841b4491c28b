import type { Table, TableRecord } from '@group-services/name-server';

/**
 * The Store contract: what every place where a name server keeps its table promises, and what the
 * compliance suite checks.
 *
 * A store holds one table. A name server takes a copy of it when it starts, and from then on gives it every
 * change. It answers nobody before the changes that the answer rests on are kept, so that a store that
 * keeps what it has acknowledged makes a crash invisible. A store that *keeps* has one user at a time: who opens
 * it while another has it is refused, whatever machine they are on.
 */
export interface Store {
  /**
   * Given to the store when it was made; no other ever has it. Daemons remember it, and believe a name
   * server of another store less.
   */
  readonly name: string;

  /**
   * The table as it was kept, which belongs to the caller. Undefined: this store keeps nothing, and a name
   * server begins with nothing and has nothing to wait for.
   */
  restore(): Table | undefined;

  /**
   * Resolves when these records are kept, all of them and in this order. One call at a time. After a
   * rejection it is unknown what was kept, and there is no further call.
   */
  append(records: readonly TableRecord[]): Promise<void>;

  /** Lets go of everything; whoever opens the store next finds all that was kept. Idempotent. */
  close(): Promise<void>;
}
