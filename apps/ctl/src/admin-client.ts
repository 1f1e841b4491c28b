import * as z from 'zod';
import { type Access, NO_ACCESS } from './access.js';
import { type AdminOwner, adminAdvice } from './admin-advice.js';
import { askAdmin } from './ask-admin.js';
import { CommandFailure, EXIT_STATUS } from './exit-status.js';

/** The daemon itself waits up to 5 s for its name server. */
const ANSWER_LIMIT_MS = 7_000;

const refusalSchema = z.object({ error: z.string() });

/** Far above what a daemon full of groups answers. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

export interface AdminClientOptions {
  readonly limitMs?: number | undefined;
  readonly access?: Access | undefined;
  /** Whose endpoint it is, for messages: a daemon's unless told otherwise. */
  readonly whose?: AdminOwner | undefined;
}

/** Reads the daemon's admin endpoint; whatever goes wrong is a {@link CommandFailure}. */
export class AdminClient {
  readonly #base: string;
  readonly #limitMs: number;
  readonly #access: Access;
  readonly #whose: AdminOwner;

  constructor(base: string, options: AdminClientOptions = {}) {
    this.#base = base;
    this.#limitMs = options.limitMs ?? ANSWER_LIMIT_MS;
    this.#access = options.access ?? NO_ACCESS;
    this.#whose = options.whose ?? 'daemon';
  }

  /** An answer that is no JSON. */
  async text(path: string): Promise<string> {
    const url = new URL(path, this.#base);
    const { status, text } = await this.#read(url);
    if (status === 401 || status === 403) throw this.#denied(url, text);
    if (status !== 200) throw this.#unusable(url, `status ${status}`);
    return text;
  }

  /** `fine`: the statuses that such an answer may have. */
  async get<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    fine: readonly number[] = [200],
  ): Promise<z.output<Schema>> {
    const found = await this.find(path, schema, { fine });
    if (found === undefined) throw this.#unusable(new URL(path, this.#base), 'status 404');
    return found;
  }

  /** Has something done. */
  async post<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
    const found = await this.find(path, schema, { method: 'POST' });
    if (found === undefined) throw this.#unusable(new URL(path, this.#base), 'status 404');
    return found;
  }

  /** Undefined: the daemon knows nothing of that name. `cancel` ends the question at once. */
  async find<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    {
      cancel,
      fine = [200],
      method,
    }: {
      readonly cancel?: AbortSignal | undefined;
      readonly fine?: readonly number[];
      readonly method?: 'GET' | 'POST';
    } = {},
  ): Promise<z.output<Schema> | undefined> {
    const url = new URL(path, this.#base);
    const { status, text } = await this.#read(url, cancel, method);
    if (status === 404) return undefined;
    if (status === 401 || status === 403) throw this.#denied(url, text);
    if (!fine.includes(status)) throw this.#unusable(url, `status ${status}`);
    const result = schema.safeParse(parsed(text));
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    const place = issue?.path.join('.') ?? '';
    throw this.#unusable(url, `${place === '' ? 'the answer' : place}: ${issue?.message}`);
  }

  async #read(
    url: URL,
    cancel?: AbortSignal,
    method?: 'GET' | 'POST',
  ): Promise<{ status: number; text: string }> {
    const limit = new AbortController();
    // It keeps the process alive, unlike AbortSignal.timeout: an answer cut off by the death of the
    // daemon may never end, and nothing else would be left to wait for.
    const timer = setTimeout(() => limit.abort(), this.#limitMs);
    const signal = cancel === undefined ? limit.signal : AbortSignal.any([limit.signal, cancel]);
    try {
      const { status, body } = await askAdmin(url, signal, this.#access, method);
      const text = await textOf(body);
      if (text !== undefined) return { status, text };
    } catch (error) {
      throw this.#unreachable(url, error, limit.signal.aborted);
    } finally {
      clearTimeout(timer);
    }
    throw this.#unusable(url, `more than ${ANSWER_BYTES_MAX} bytes`);
  }

  #unreachable(url: URL, error: unknown, isLate: boolean): CommandFailure {
    const { message, code } = reasonOf(error);
    const why = isLate ? `no answer within ${this.#limitMs} ms` : message;
    const advice = adminAdvice(this.#whose, url.origin, code);
    return new CommandFailure(
      EXIT_STATUS.unreachable,
      `cannot reach the ${this.#whose}'s admin endpoint at ${url.origin}: ${why}. ${advice}`,
      { cause: error },
    );
  }

  #denied(url: URL, text: string): CommandFailure {
    const why = refusalSchema.safeParse(parsed(text)).data?.error ?? 'it says no more';
    return new CommandFailure(
      EXIT_STATUS.failed,
      `the admin endpoint at ${url.origin} refuses: ${why}. Give --admin-token-file or --token-file, or a certificate.`,
    );
  }

  #unusable(url: URL, why: string): CommandFailure {
    return new CommandFailure(
      EXIT_STATUS.failed,
      `${url.href} does not answer as a ${this.#whose} of this version does (${why}). ` +
        `Are gsctl and ${this.#whose === 'daemon' ? 'gsd' : 'gsns'} of the same release?`,
    );
  }
}

/**
 * Where the admin endpoint is reached from here. A daemon that listens on all addresses tells that
 * address, which is none to connect to: the host of the client endpoint is.
 */
export function reachableAdmin(admin: string, endpoint: string): string {
  const url = new URL(admin);
  if (url.hostname !== '0.0.0.0' && url.hostname !== '[::]') return admin;
  const host = /^(?:tcp|tls):\/\/(.+):\d+$/u.exec(endpoint)?.[1];
  url.hostname = host ?? '127.0.0.1';
  return url.origin;
}

/** The text of the body; undefined when it is too long. */
async function textOf(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (length > ANSWER_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Undefined fits no schema, so that text that is no JSON is an answer that does not fit. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The reason lies below fetch's own error; what it is about has a name in Node. */
function reasonOf(error: unknown): { readonly message: string; readonly code?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  if (error.cause instanceof Error) return reasonOf(error.cause);
  const code = 'code' in error ? String(error.code) : undefined;
  return { message: error.message, ...(code !== undefined && { code }) };
}
