import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Condition,
  KEYS,
  type KeyChange,
  type LeadAnswer,
  type LeadRequest,
  type StoredKey,
} from '@group-services/name-server';
import * as z from 'zod';
import { EtcdError, type EtcdMembers } from './members.js';

/** Carries what the engine of the lead asks to an etcd, below one prefix. */
export class EtcdClient {
  readonly #members: EtcdMembers;
  readonly #prefix: string;
  #pageKeys = PAGE_KEYS;

  constructor(members: EtcdMembers, prefix: string) {
    this.#members = members;
    this.#prefix = prefix;
  }

  /** @throws EtcdError */
  async ask(request: LeadRequest, timeoutMs: number): Promise<LeadAnswer> {
    switch (request.kind) {
      case 'grant': {
        // Etcd counts whole seconds, and has a least number of them.
        const body = { TTL: String(Math.ceil(request.ttlMs / 1000)) };
        const { ID, TTL } = await this.#call('/v3/lease/grant', body, grantSchema, timeoutMs);
        return { kind: 'granted', lease: ID, ttlMs: Number(TTL) * 1000 };
      }
      case 'keepAlive': {
        const body = { ID: request.lease };
        const said = await this.#call('/v3/lease/keepalive', body, aliveSchema, timeoutMs);
        return { kind: 'keptAlive', ttlMs: Number(said.result.TTL) * 1000 };
      }
      case 'revoke':
        return await this.#revoke(request.lease, timeoutMs);
      case 'transact':
        return await this.#transact(request, timeoutMs);
      case 'get': {
        const body = { success: request.keys.map((key) => this.#range(key)) };
        const { responses } = await this.#call('/v3/kv/txn', body, transactedSchema, timeoutMs);
        return { kind: 'got', found: this.#found(responses) };
      }
      case 'read':
        return { kind: 'contents', keys: await this.#read(request.consistency, timeoutMs) };
    }
  }

  /** Who is active, whenever that changes; begun anew whenever it breaks, until `signal` ends it. */
  async watchActive(
    tell: (holder: string | undefined) => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#watchOnce(tell, signal);
      } catch {
        // What calls meet says why; whoever is on standby looks by itself now and again.
      }
      await sleep(WATCH_AGAIN_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #watchOnce(tell: (holder: string | undefined) => void, signal: AbortSignal): Promise<void> {
    const body = { create_request: { key: this.#encode(KEYS.active) } };
    for await (const line of this.#members.stream('/v3/watch', body, signal)) {
      const { events = [] } = check(watchedSchema, line).result;
      const last = events.at(-1);
      if (last === undefined) continue;
      tell(last.type === 'DELETE' ? undefined : decode(last.kv?.value));
    }
  }

  async #revoke(lease: string, timeoutMs: number): Promise<LeadAnswer> {
    try {
      await this.#call('/v3/lease/revoke', { ID: lease }, z.unknown(), timeoutMs);
    } catch (error) {
      // Over already.
      if (!(error instanceof EtcdError) || error.reason !== 'not-found') throw error;
    }
    return { kind: 'revoked' };
  }

  async #transact(
    { when, changes, otherwise }: Extract<LeadRequest, { kind: 'transact' }>,
    timeoutMs: number,
  ): Promise<LeadAnswer> {
    const body = {
      compare: when.map((it) => this.#compare(it)),
      success: changes.map((it) => this.#change(it)),
      failure: otherwise.map((key) => this.#range(key)),
    };
    const said = await this.#call('/v3/kv/txn', body, transactedSchema, timeoutMs);
    const done = said.succeeded === true;
    const found = done ? [] : this.#found(said.responses);
    return { kind: 'transacted', done, revision: said.header.revision, found };
  }

  #compare(condition: Condition): object {
    const key = this.#encode(condition.key);
    return 'created' in condition
      ? { key, target: 'CREATE', result: 'EQUAL', create_revision: condition.created }
      : { key, target: 'VALUE', result: 'EQUAL', value: encode(condition.value) };
  }

  #change({ key: name, value, lease }: KeyChange): object {
    const key = this.#encode(name);
    if (value === undefined) return { request_delete_range: { key } };
    return { request_put: { key, value: encode(value), ...(lease !== undefined && { lease }) } };
  }

  #range(key: string): object {
    return { request_range: { key: this.#encode(key) } };
  }

  #found(responses: z.output<typeof transactedSchema>['responses']): (StoredKey | undefined)[] {
    return (responses ?? []).map(({ response_range }) => {
      const kv = response_range?.kvs?.[0];
      return kv === undefined ? undefined : this.#stored(kv);
    });
  }

  /** Page by page, all of one revision; pages that are too large for etcd are made smaller. */
  async #read(
    consistency: 'linearizable' | 'serializable',
    timeoutMs: number,
  ): Promise<StoredKey[]> {
    const until = performance.now() + timeoutMs;
    const keys: StoredKey[] = [];
    let from = encode(this.#prefix);
    let revision: string | undefined;
    for (;;) {
      const body = {
        key: from,
        range_end: encode(endOf(this.#prefix)),
        limit: String(this.#pageKeys),
        serializable: consistency === 'serializable',
        ...(revision !== undefined && { revision }),
      };
      const page = await this.#page(body, Math.max(1, until - performance.now()));
      if (page === undefined) continue;
      revision ??= page.header.revision;
      const kvs = page.kvs ?? [];
      keys.push(...kvs.map((kv) => this.#stored(kv)));
      const last = kvs.at(-1);
      if (page.more !== true || last === undefined) return keys;
      from = Buffer.concat([Buffer.from(last.key, 'base64'), Buffer.of(0)]).toString('base64');
    }
  }

  async #page(body: object, timeoutMs: number): Promise<z.output<typeof rangeSchema> | undefined> {
    try {
      return await this.#call('/v3/kv/range', body, rangeSchema, Math.ceil(timeoutMs));
    } catch (error) {
      const isTooLarge = error instanceof EtcdError && error.reason === 'too-large';
      if (!isTooLarge || this.#pageKeys === 1) throw error;
      this.#pageKeys = Math.ceil(this.#pageKeys / 4);
      return undefined;
    }
  }

  #stored({ key, value, create_revision: created, lease }: z.output<typeof kvSchema>): StoredKey {
    const name = Buffer.from(key, 'base64').toString('utf8').slice(this.#prefix.length);
    return { key: name, value: decode(value), created, lease: lease ?? '0' };
  }

  async #call<Schema extends z.ZodType>(
    path: string,
    body: object,
    schema: Schema,
    timeoutMs: number,
  ): Promise<z.output<Schema>> {
    return check(schema, await this.#members.call(path, body, timeoutMs));
  }

  #encode(key: string): string {
    return encode(`${this.#prefix}${key}`);
  }
}

const PAGE_KEYS = 512;
const WATCH_AGAIN_MS = 250;

/** Numbers of 64 bits are texts, and what is nothing is left out. */
const number = z.string().regex(/^-?\d{1,20}$/u);
const header = z.object({ revision: number });
const kvSchema = z.object({
  key: z.string(),
  value: z.string().optional(),
  create_revision: number,
  lease: number.optional(),
});
const rangeSchema = z.object({
  header,
  kvs: z.array(kvSchema).optional(),
  more: z.boolean().optional(),
});
const grantSchema = z.object({ ID: number, TTL: number });
const aliveSchema = z.object({ result: z.object({ TTL: number.default('0') }) });
const transactedSchema = z.object({
  header,
  succeeded: z.boolean().optional(),
  responses: z.array(z.object({ response_range: rangeSchema.partial().optional() })).optional(),
});
const watchedSchema = z.object({
  result: z.object({
    events: z
      .array(z.object({ type: z.string().optional(), kv: kvSchema.partial().optional() }))
      .optional(),
  }),
});

function check<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const what = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unexpected'}`;
  throw new EtcdError('malformed', `what answers is no etcd of version 3.4 or later (${what})`);
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function decode(base64: string | undefined): string {
  return Buffer.from(base64 ?? '', 'base64').toString('utf8');
}

/** The first text behind all that begin with this one, which ends with a slash. */
function endOf(prefix: string): string {
  return `${prefix.slice(0, -1)}0`;
}
