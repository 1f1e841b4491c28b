import type { LeadAnswer, LeadRequest, StoredKey } from '@group-services/name-server';
import type { Scheduled, VirtualTime } from '@group-services/testkit';

interface Key {
  readonly value: string;
  readonly created: number;
  readonly lease: string;
}

interface HeldLease {
  readonly ttlMs: number;
  ends: Scheduled;
}

type Contents = ReadonlyMap<string, Key>;

/** A member that lags is behind by so many transactions at most. */
const LAG_MAX = 12;
/** How long leases that are over may stay until etcd looks. */
const LOOKS_EVERY_MS = 500;

/**
 * An etcd as its users see it: transactions one after the other, a revision for each, leases that end with their
 * keys, and members that lag when they are asked for what they have.
 */
export class EtcdModel {
  readonly #time: VirtualTime;
  readonly #draw: { next(): number };
  #keys = new Map<string, Key>();
  readonly #past: Contents[] = [];
  readonly #leases = new Map<string, HeldLease>();
  readonly #watches = new Set<(key: string, value: string | undefined) => void>();
  #revision = 1;
  #lastLease = 0;
  /** Without a majority nothing is done, and no lease ends. */
  #hasMajority = true;

  constructor(time: VirtualTime, draw: { next(): number }) {
    this.#time = time;
    this.#draw = draw;
  }

  get hasMajority(): boolean {
    return this.#hasMajority;
  }

  losesMajority(): void {
    this.#hasMajority = false;
    for (const lease of this.#leases.values()) lease.ends.cancel();
  }

  /** Whoever leads etcd then gives every lease its whole time again. */
  regainsMajority(): void {
    this.#hasMajority = true;
    for (const id of this.#leases.keys()) this.#prolong(id);
  }

  /** Gives what ends it. */
  watch(tell: (key: string, value: string | undefined) => void): () => void {
    this.#watches.add(tell);
    return () => void this.#watches.delete(tell);
  }

  /** Undefined: it is refused. */
  serve(request: LeadRequest): LeadAnswer | undefined {
    switch (request.kind) {
      case 'grant': {
        this.#lastLease += 1;
        const lease = String(this.#lastLease);
        const ttlMs = Math.ceil(request.ttlMs / 1_000) * 1_000;
        this.#leases.set(lease, { ttlMs, ends: this.#time.after(0, () => {}) });
        this.#prolong(lease);
        return { kind: 'granted', lease, ttlMs };
      }
      case 'keepAlive':
        this.#prolong(request.lease);
        return { kind: 'keptAlive', ttlMs: this.#leases.get(request.lease)?.ttlMs ?? 0 };
      case 'revoke':
        this.#end(request.lease);
        return { kind: 'revoked' };
      case 'get':
        return { kind: 'got', found: request.keys.map((key) => stored(this.#keys, key)) };
      case 'read':
        return { kind: 'contents', keys: this.#read(request.consistency) };
      case 'transact':
        return this.#transact(request);
    }
  }

  #read(consistency: 'linearizable' | 'serializable'): StoredKey[] {
    const lag = Math.floor(this.#draw.next() * LAG_MAX);
    const lagging = consistency === 'serializable' ? this.#past.at(-1 - lag) : undefined;
    const contents = lagging ?? this.#keys;
    return [...contents.keys()].flatMap((key) => stored(contents, key) ?? []);
  }

  #transact(request: Extract<LeadRequest, { kind: 'transact' }>): LeadAnswer | undefined {
    const { when, changes, otherwise } = request;
    const leases = changes.flatMap(({ lease }) => lease ?? []);
    if (leases.some((lease) => !this.#leases.has(lease))) return undefined;
    const done = when.every((condition) => {
      const key = this.#keys.get(condition.key);
      return 'created' in condition
        ? String(key?.created ?? 0) === condition.created
        : key?.value === condition.value;
    });
    if (done) this.#change(changes);
    const found = done ? [] : otherwise.map((key) => stored(this.#keys, key));
    return { kind: 'transacted', done, revision: String(this.#revision), found };
  }

  #change(changes: Extract<LeadRequest, { kind: 'transact' }>['changes']): void {
    this.#past.push(new Map(this.#keys));
    if (this.#past.length > LAG_MAX) this.#past.shift();
    this.#revision += 1;
    for (const { key, value, lease = '0' } of changes) {
      if (value === undefined) this.#keys.delete(key);
      else {
        const created = this.#keys.get(key)?.created ?? this.#revision;
        this.#keys.set(key, { value, created, lease });
      }
      for (const tell of this.#watches) tell(key, value);
    }
  }

  #prolong(id: string): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    lease.ends.cancel();
    const looksAfter = this.#draw.next() * LOOKS_EVERY_MS;
    lease.ends = this.#time.after(lease.ttlMs + looksAfter, () => this.#end(id));
  }

  #end(id: string): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    lease.ends.cancel();
    this.#leases.delete(id);
    const bound = [...this.#keys].filter(([, key]) => key.lease === id);
    if (bound.length > 0) this.#change(bound.map(([key]) => ({ key, value: undefined })));
  }
}

function stored(keys: Contents, name: string): StoredKey | undefined {
  const key = keys.get(name);
  if (key === undefined) return undefined;
  return { key: name, value: key.value, created: String(key.created), lease: key.lease };
}
