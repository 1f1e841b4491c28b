/**
 * What a name server asks of etcd, and what etcd answers, as data: the engine of the lead (`lead-engine.ts`)
 * asks, whoever drives it carries the questions over, and the simulator has an etcd of its own for them.
 *
 * Keys are those of one domain, without the prefix that it has in etcd. Leases and revisions are etcd's
 * numbers as it writes them; they are compared for being equal and nothing else.
 */
export type LeadRequest =
  /** A lease that ends so long after the last sign of life. */
  | { readonly kind: 'grant'; readonly ttlMs: number }
  | { readonly kind: 'keepAlive'; readonly lease: string }
  /** The end of a lease, and of every key that is bound to it. */
  | { readonly kind: 'revoke'; readonly lease: string }
  /** All changes if every condition holds; otherwise nothing, and what stands at some keys is told. */
  | {
      readonly kind: 'transact';
      readonly when: readonly Condition[];
      readonly changes: readonly KeyChange[];
      readonly otherwise: readonly string[];
    }
  /** What stands at these keys. */
  | { readonly kind: 'get'; readonly keys: readonly string[] }
  /** Everything, as of one revision. `linearizable`: of all that was ever acknowledged. */
  | { readonly kind: 'read'; readonly consistency: 'linearizable' | 'serializable' };

export type LeadAnswer =
  /** `ttlMs`: how long it lasts, which may be longer than was asked for. */
  | { readonly kind: 'granted'; readonly lease: string; readonly ttlMs: number }
  /** `ttlMs` 0: there is no such lease any more. */
  | { readonly kind: 'keptAlive'; readonly ttlMs: number }
  | { readonly kind: 'revoked' }
  /** `revision`: of the transaction. `found`: as asked for, if it was not done. */
  | {
      readonly kind: 'transacted';
      readonly done: boolean;
      readonly revision: string;
      readonly found: readonly (StoredKey | undefined)[];
    }
  | { readonly kind: 'got'; readonly found: readonly (StoredKey | undefined)[] }
  | { readonly kind: 'contents'; readonly keys: readonly StoredKey[] };

export type Condition =
  /** The key is the one that was made at this revision; `0`: there is none. */
  | { readonly key: string; readonly created: string }
  | { readonly key: string; readonly value: string };

export interface KeyChange {
  readonly key: string;
  /** Undefined: there is to be no such key. */
  readonly value: string | undefined;
  /** The key ends with this lease. */
  readonly lease?: string | undefined;
}

export interface StoredKey {
  readonly key: string;
  readonly value: string;
  /** The revision at which it was made. */
  readonly created: string;
  /** The lease that it is bound to; `0`: none. */
  readonly lease: string;
}
