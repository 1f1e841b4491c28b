import { randomUUID } from 'node:crypto';
import { Driver } from '@group-services/core';
import {
  type DecodedTable,
  LeadEngine,
  type LeadInput,
  type LeadOutput,
  type LeadRequest,
  type StoredTable,
  Table,
  type TableRecord,
  type TableSnapshot,
} from '@group-services/name-server';
import { Complaints, type Logger, NodeHost } from '@group-services/runtime';
import type { Store } from '../store/contract.js';
import { decodeTable } from './decode-table.js';
import { EtcdClient } from './etcd-client.js';
import type { EtcdHealth } from './health.js';
import { type EtcdAccess, EtcdMembers } from './members.js';
import type { EtcdPlace } from './place.js';

/** What a key says of whoever is active. */
export interface Holder {
  /** Where daemons reach it. */
  readonly address: string;
  /** Where operators reach it. */
  readonly admin: string;
}

export interface LeadershipEvents {
  /** This one is active, and may use the store until it is deposed. */
  readonly activated: (store: Store) => void;
  /** It is not any more: the store has forgotten what was not written. */
  readonly deposed: (why: string) => void;
  /** An operator has to do something first. */
  readonly unusable: (text: string) => void;
  readonly otherIsActive?: (holder: Holder) => void;
}

export interface LeadershipOptions {
  readonly place: EtcdPlace;
  readonly access: EtcdAccess;
  readonly health: EtcdHealth;
  readonly leaseMs: number;
  readonly self: Holder;
  /** What a new store is called and begins with; without it a name of its own, and nothing. */
  readonly initial?: { readonly store: string; readonly table: Table } | undefined;
  /** What has to be there already; anything unless told otherwise. */
  readonly expect?: 'table' | 'nothing' | undefined;
  readonly logger: Logger;
  readonly events: LeadershipEvents;
}

/** One instance among those that share an etcd: does what the engine of the lead decides. */
export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #host = new NodeHost();
  readonly #engine: LeadEngine;
  readonly #driver: Driver<LeadInput, LeadOutput>;
  readonly #members: EtcdMembers;
  readonly #client: EtcdClient;
  readonly #complaints: Complaints;
  readonly #ended = new AbortController();
  #closed: Promise<void> | undefined;
  #isClosed: () => void = () => {};
  readonly #self: string;
  #holder: string | undefined;
  #store: EtcdStore | undefined;
  /** Time of day since when it is as it is. */
  #since = Date.now();

  constructor(options: LeadershipOptions) {
    const { place, access, health, leaseMs, self, initial, logger } = options;
    this.#options = options;
    this.#complaints = new Complaints(logger);
    this.#members = new EtcdMembers({ members: place.members, health, ...access });
    this.#client = new EtcdClient(this.#members, place.prefix);
    this.#self = JSON.stringify({ ...self, instance: randomUUID() });
    this.#engine = new LeadEngine({
      self: this.#self,
      leaseMs,
      initial: initial ?? { store: randomUUID() },
      decode: (keys) => expected(decodeTable(place.prefix, keys), options),
    });
    this.#driver = new Driver<LeadInput, LeadOutput>({
      engine: this.#engine,
      host: this.#host,
      perform: (output) => this.#perform(output),
    });
  }

  start(): void {
    this.#driver.enqueue({ kind: 'start' });
    const tell = (holder: string | undefined): void => {
      this.#driver.enqueue({ kind: 'holder', holder });
    };
    void this.#client.watchActive(tell, this.#ended.signal);
  }

  /** Whether what this one says counts at this very moment. */
  get mayAnswer(): boolean {
    return this.#engine.mayAnswer(this.#host.now());
  }

  /** Who is active, as far as is known, and whether that is this one. */
  get state(): LeadershipState {
    const { state } = this.#engine;
    const role = state === 'active' ? 'active' : 'standby';
    return { role, since: this.#since, active: readHolder(this.#holder) };
  }

  /** Another one is to be active. */
  stepDown(): void {
    this.#driver.enqueue({ kind: 'stepDown' });
  }

  /** Gives the lead back, so that nobody has to wait for it. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= new Promise<void>((resolve) => {
      this.#isClosed = resolve;
      this.#ended.abort();
      this.#driver.enqueue({ kind: 'close' });
    }).then(() => {
      this.#driver.stop();
      this.#members.close();
    });
    return this.#closed;
  }

  #perform(output: LeadOutput): void {
    const { events, logger } = this.#options;
    switch (output.kind) {
      case 'request':
        void this.#ask(output.number, output.request, output.timeoutMs);
        break;
      case 'activated':
        this.#since = Date.now();
        this.#store = new EtcdStore(output.stored, (records) =>
          this.#driver.enqueue({ kind: 'write', records }),
        );
        events.activated(this.#store);
        break;
      case 'written':
        this.#store?.written();
        break;
      case 'deposed':
        this.#since = Date.now();
        events.deposed(output.why);
        this.#store?.deposed(output.why);
        this.#store = undefined;
        break;
      case 'holder':
        this.#holds(output.holder);
        break;
      case 'unusable':
        events.unusable(output.text);
        break;
      case 'closed':
        this.#isClosed();
        break;
      case 'log':
        logger[output.level](output.fields, output.event);
        break;
    }
  }

  #holds(holder: string | undefined): void {
    if (holder === this.#holder) return;
    this.#holder = holder;
    const { logger, events } = this.#options;
    const known = readHolder(holder);
    if (holder === this.#self) return;
    if (known === undefined) logger.debug('no name server is active');
    else logger.info({ active: known.address }, 'another name server is active');
    if (known !== undefined) events.otherIsActive?.(known);
  }

  async #ask(number: number, request: LeadRequest, timeoutMs: number): Promise<void> {
    const { place } = this.#options;
    const etcd = { etcd: place.members.join(' ') };
    try {
      const answer = await this.#client.ask(request, timeoutMs);
      this.#complaints.worked(etcd, 'etcd answers again');
      this.#driver.enqueue({ kind: 'answered', number, answer });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!this.#ended.signal.aborted) this.#complaints.failed(etcd, `etcd does not serve: ${why}`);
      this.#driver.enqueue({ kind: 'failed', number, why });
    }
  }
}

export interface LeadershipState {
  readonly role: 'active' | 'standby';
  readonly since: number;
  readonly active: Holder | undefined;
}

/** The table in etcd for as long as this instance is active. */
class EtcdStore implements Store {
  readonly name: string;
  readonly #table: TableSnapshot;
  readonly #write: (records: readonly TableRecord[]) => void;
  #waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
  #isOver = false;

  constructor({ store, table }: StoredTable, write: (records: readonly TableRecord[]) => void) {
    this.name = store;
    this.#table = table;
    this.#write = write;
  }

  restore(): Table {
    return Table.restore(this.#table, []);
  }

  async append(records: readonly TableRecord[]): Promise<void> {
    if (records.length === 0) return;
    if (this.#isOver) throw new Error('this name server is not active any more');
    await new Promise<void>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#write(records);
    });
  }

  async close(): Promise<void> {}

  written(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve();
  }

  deposed(why: string): void {
    this.#isOver = true;
    this.#waiting?.reject(new Error(why));
    this.#waiting = undefined;
  }
}

/** What somebody else has written there may be anything. */
function readHolder(text: string | undefined): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(text ?? '');
    if (typeof holder !== 'object' || holder === null) return undefined;
    const { address, admin } = holder as Partial<Record<string, unknown>>;
    if (typeof address !== 'string' || typeof admin !== 'string') return undefined;
    return address.length > 512 || admin.length > 512 ? undefined : { address, admin };
  } catch {
    return undefined;
  }
}

function expected(decoded: DecodedTable, { expect, place }: LeadershipOptions): DecodedTable {
  if (expect === 'table' && decoded.kind === 'empty') {
    return { kind: 'damaged', text: `there is no table below ${place.prefix} in etcd` };
  }
  if (expect === 'nothing' && decoded.kind === 'table') {
    const advice = `give another prefix, or etcdctl del --prefix ${place.prefix}`;
    const text = `there is a table below ${place.prefix} in etcd already; ${advice}`;
    return { kind: 'damaged', text };
  }
  return decoded;
}
