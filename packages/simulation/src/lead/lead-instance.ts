import { Driver, type GroupName, type Rng } from '@group-services/core';
import {
  type DecodedTable,
  KEYS,
  LeadEngine,
  type LeadInput,
  type LeadOutput,
  type StoredKey,
  Table,
  type TableRecord,
  type TableSnapshot,
} from '@group-services/name-server';
import { VirtualHost, type VirtualTime } from '@group-services/testkit';
import type { EtcdModel } from './etcd-model.js';
import type { EtcdPath } from './etcd-path.js';
import type { Asked, LeadLedger } from './lead-ledger.js';

/** What is to be told, and what has to be kept before. */
interface Word {
  readonly record?: TableRecord;
  readonly tell?: () => void;
}

/**
 * One name server's process on an etcd: the production engine of the lead, and instead of the engine that
 * answers daemons something smaller, which reads and counts versions of groups in the table.
 */
export class LeadInstance {
  readonly name: string;
  readonly #parts: InstanceParts;
  #life: Life | undefined;
  #starts = 0;

  constructor(parts: InstanceParts) {
    this.#parts = parts;
    this.name = parts.name;
  }

  /** Whether its word counts at this moment, if it had one. */
  get mayAnswer(): boolean {
    const { engine, host } = this.#life ?? {};
    return host !== undefined && engine?.mayAnswer(host.now()) === true;
  }

  start(): void {
    if (this.#life !== undefined) return;
    const { time, rng, leaseMs, path, etcd } = this.#parts;
    this.#starts += 1;
    const self = `${this.name}.${this.#starts}`;
    const rate = 1 + (rng.next() - 0.5) * CLOCKS_DIFFER;
    const host = new VirtualHost(time, { startsAt: rng.between(0, 1_000_000), rate });
    const engine = new LeadEngine({ self, leaseMs, initial: { store: 'store' }, decode });
    const driver = new Driver<LeadInput, LeadOutput>({
      engine,
      host,
      perform: (output) => this.#perform(life, output),
    });
    const unwatch = etcd.watch((key, holder) => {
      if (key === KEYS.active) path.told(() => driver.enqueue({ kind: 'holder', holder }));
    });
    const life: Life = {
      host,
      engine,
      driver,
      unwatch,
      words: [],
      table: undefined,
      isWriting: false,
    };
    this.#life = life;
    driver.enqueue({ kind: 'start' });
  }

  crash(): void {
    const life = this.#life;
    if (life === undefined) return;
    this.#life = undefined;
    life.unwatch();
    life.host.kill();
    life.driver.stop();
  }

  pause(): void {
    this.#life?.host.pause();
  }

  resume(): void {
    this.#life?.host.resume();
  }

  stepDown(): void {
    this.#life?.driver.enqueue({ kind: 'stepDown' });
  }

  /** A question has reached its machine; it is looked at when the process has time for it. */
  ask(asked: Asked): void {
    const life = this.#life;
    life?.host.defer(() => this.#onAsked(life, asked));
  }

  #onAsked(life: Life, asked: Asked): void {
    const { table } = life;
    // A daemon is not even taken in by one that may not answer.
    if (table === undefined || !this.#counts(life)) return;
    const group = asked.group as GroupName;
    const version = table.group(group)?.entry.version ?? 0;
    const { ledger } = this.#parts;
    if (asked.kind === 'read') {
      this.#say(life, { tell: () => ledger.answered(asked, version, this.name) });
      return;
    }
    const entry = { ...EMPTY, group, version: version + 1 };
    this.#commit(life, { kind: 'entry', entry, change: null });
    this.#say(life, { tell: () => ledger.answered(asked, version + 1, this.name) });
  }

  #counts({ engine, host }: Life): boolean {
    return engine.mayAnswer(host.now());
  }

  #commit(life: Life, record: TableRecord): void {
    life.table?.apply(record);
    this.#say(life, { record });
  }

  /** As the program's gate does it: what follows a record waits until it is kept. */
  #say(life: Life, word: Word): void {
    if (word.record === undefined && life.words.length === 0 && !life.isWriting) {
      if (this.#counts(life)) word.tell?.();
      return;
    }
    life.words.push(word);
    if (!life.isWriting) this.#writeNext(life);
  }

  #writeNext(life: Life): void {
    const batch = life.words.splice(0);
    life.isWriting = batch.length > 0;
    if (!life.isWriting) return;
    life.batch = batch;
    const records = batch.flatMap(({ record }) => record ?? []);
    life.driver.enqueue({ kind: 'write', records });
  }

  #perform(life: Life, output: LeadOutput): void {
    if (this.#life !== life) return;
    switch (output.kind) {
      case 'request':
        this.#parts.path.ask(
          output,
          (answer) => life.driver.enqueue({ kind: 'answered', number: output.number, answer }),
          () => life.driver.enqueue({ kind: 'failed', number: output.number, why: 'silence' }),
        );
        break;
      case 'activated':
        this.#activated(life, output.stored.table);
        break;
      case 'written':
        for (const { tell } of life.batch ?? []) if (this.#counts(life)) tell?.();
        this.#writeNext(life);
        break;
      case 'deposed':
        life.table = undefined;
        life.words = [];
        life.batch = undefined;
        life.isWriting = false;
        break;
      default:
    }
  }

  #activated(life: Life, snapshot: TableSnapshot): void {
    const { ledger, others } = this.#parts;
    const also = others().filter((other) => other !== this && other.mayAnswer);
    ledger.activated(
      this.name,
      also.map(({ name }) => name),
    );
    life.table = Table.restore(snapshot, []);
    this.#commit(life, { kind: 'start', epoch: life.table.epoch + 1 });
  }
}

/** One start of the process. */
interface Life {
  readonly host: VirtualHost;
  readonly engine: LeadEngine;
  readonly driver: Driver<LeadInput, LeadOutput>;
  readonly unwatch: () => void;
  /** While it is active. */
  table: Table | undefined;
  words: Word[];
  batch?: readonly Word[] | undefined;
  isWriting: boolean;
}

interface InstanceParts {
  readonly name: string;
  readonly time: VirtualTime;
  readonly rng: Rng;
  readonly leaseMs: number;
  readonly etcd: EtcdModel;
  readonly path: EtcdPath;
  readonly ledger: LeadLedger;
  readonly others: () => readonly LeadInstance[];
}

/** A twentieth between the fastest and the slowest clock; a tenth is allowed. */
const CLOCKS_DIFFER = 0.05;

type Entry = Extract<TableRecord, { readonly kind: 'entry' }>['entry'];
const EMPTY = { generation: 1, since: 1, leader: 'a.1.1', members: [] } as unknown as Omit<
  Entry,
  'group' | 'version'
>;

/** What the program reads with its schemas; nothing else writes here. */
function decode(keys: readonly StoredKey[]): DecodedTable {
  const found = new Map(keys.map(({ key, value }) => [key, value]));
  const store = found.get(KEYS.store);
  if (store === undefined) return { kind: 'empty' };
  const read = (key: string): never => JSON.parse(found.get(key) ?? 'null') as never;
  const below = (prefix: string): never[] =>
    [...found.keys()].filter((key) => key.startsWith(prefix)).map(read);
  const position: { readonly revision: number; readonly generation: number } = read(KEYS.position);
  const parts = { groups: below(KEYS.group('')), nodes: below(KEYS.node('')) };
  const table = { ...position, ...parts, lineage: read(KEYS.lineage) };
  return { kind: 'table', stored: { store: JSON.parse(store) as string, table } };
}
