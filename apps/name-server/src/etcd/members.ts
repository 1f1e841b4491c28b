import { Agent, type IncomingMessage, request as plainRequest } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import type { EtcdHealth } from './health.js';

/**
 * The members of an etcd, spoken to as etcd offers it for whoever has no gRPC: each call is a POST of JSON
 * (ADR 0032). Connections are kept. One member is asked as long as it answers; when it does not, or says that
 * it is not able to, the next call goes to the next one.
 */
export class EtcdMembers {
  readonly #options: EtcdMembersOptions;
  readonly #agent: Agent;
  #current = 0;
  #token: string | undefined;

  constructor(options: EtcdMembersOptions) {
    this.#options = options;
    const { members, tls } = options;
    const isSecure = members.some((it) => it.startsWith('https:'));
    const kept = { keepAlive: true, maxSockets: SOCKETS_MAX };
    this.#agent = isSecure ? new SecureAgent({ ...kept, ...tls }) : new Agent(kept);
  }

  close(): void {
    this.#agent.destroy();
  }

  /**
   * Asks until one member answers or the time is over.
   *
   * @throws EtcdError
   */
  async call(path: string, body: object, timeoutMs: number): Promise<unknown> {
    const { health } = this.#options;
    const begun = performance.now();
    try {
      const answer = await this.#anyMember(path, body, begun + timeoutMs);
      health.answered(this.#member, performance.now() - begun);
      return answer;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      health.failed(error instanceof EtcdError ? error.reason : 'failed', text);
      throw error;
    }
  }

  /** Like `call`, for an answer that goes on: one line of it after the other, until `signal` ends it. */
  async *stream(path: string, body: object, signal: AbortSignal): AsyncGenerator<unknown> {
    const member = this.#member;
    const idle = AbortSignal.timeout(CONNECT_MS);
    const head = await this.#post(member, path, body, AbortSignal.any([signal, idle])).catch(
      (error: unknown) => {
        this.#next(member);
        throw error;
      },
    );
    head.setEncoding('utf8');
    const end = (): void => void head.destroy();
    signal.addEventListener('abort', end, { once: true });
    try {
      let rest = '';
      for await (const chunk of head) {
        rest += chunk;
        if (rest.length > ANSWER_CHARACTERS_MAX)
          throw new EtcdError('malformed', 'an endless line');
        const lines = rest.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') yield parsed(line);
      }
    } finally {
      signal.removeEventListener('abort', end);
      head.destroy();
    }
  }

  get #member(): string {
    return this.#options.members[this.#current % this.#options.members.length] ?? '';
  }

  #next(failed: string): void {
    if (failed === this.#member) this.#current += 1;
  }

  async #anyMember(path: string, body: object, until: number): Promise<unknown> {
    let last: unknown;
    for (let attempt = 0; attempt < this.#options.members.length; attempt += 1) {
      const member = this.#member;
      const leftMs = Math.ceil(until - performance.now());
      if (leftMs <= 0) break;
      try {
        return await this.#ask(member, path, body, leftMs);
      } catch (error) {
        last = error;
        if (!(error instanceof EtcdError) || !error.isOfMember) throw error;
        this.#next(member);
        // What was sent may have been done: only what was certainly not is tried elsewhere at once.
        if (error.reason !== 'unreachable') break;
      }
    }
    throw last ?? new EtcdError('timeout', 'no time was left');
  }

  async #ask(member: string, path: string, body: object, timeoutMs: number): Promise<unknown> {
    const { user } = this.#options;
    if (user === undefined) return await this.#exchange(member, path, body, timeoutMs);
    const isNew = this.#token === undefined;
    const token = this.#token ?? (await this.#logIn(member, user, timeoutMs));
    this.#token = token;
    try {
      return await this.#exchange(member, path, body, timeoutMs);
    } catch (error) {
      if (!(error instanceof EtcdError) || error.reason !== 'unauthenticated') throw error;
      if (this.#token === token) this.#token = undefined;
      if (isNew) throw error;
      // Tokens end, and an etcd that starts again knows none of before: what was refused was not done.
      return await this.#ask(member, path, body, timeoutMs);
    }
  }

  async #logIn(member: string, user: EtcdUser, timeoutMs: number): Promise<string> {
    const body = { name: user.name, password: user.password() };
    const answer = await this.#exchange(member, '/v3/auth/authenticate', body, timeoutMs);
    const token =
      typeof answer === 'object' && answer !== null && 'token' in answer && answer.token;
    if (typeof token !== 'string') throw new EtcdError('malformed', `${member} gave no token`);
    return token;
  }

  async #exchange(member: string, path: string, body: object, timeoutMs: number): Promise<unknown> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await this.#post(member, path, body, signal);
      const text = await textOf(response);
      if (response.statusCode === 200) return parsed(text);
      throw refusal(member, response.statusCode ?? 0, text);
    } catch (error) {
      if (error instanceof EtcdError) throw error;
      if (signal.aborted) {
        throw new EtcdError('timeout', `${member} did not answer within ${timeoutMs} ms`);
      }
      throw unreachable(member, error);
    }
  }

  #post(member: string, path: string, body: object, signal: AbortSignal): Promise<IncomingMessage> {
    const content = Buffer.from(JSON.stringify(body));
    const headers = {
      'content-type': 'application/json',
      'content-length': content.byteLength,
      ...(this.#token !== undefined && { authorization: this.#token }),
    };
    const options = { method: 'POST', agent: this.#agent, headers, signal };
    const send = member.startsWith('https:') ? secureRequest : plainRequest;
    return new Promise((resolve, reject) => {
      const request = send(`${member}${path}`, options, resolve);
      request.on('error', reject);
      request.end(content);
    });
  }
}

/** Of a watch, and of what is asked beside it. */
const SOCKETS_MAX = 16;
const CONNECT_MS = 5_000;
const ANSWER_CHARACTERS_MAX = 64 * 1024 * 1024;

export interface EtcdUser {
  readonly name: string;
  /** Read anew with each log-in. */
  readonly password: () => string;
}

export interface EtcdMembersOptions {
  readonly members: readonly string[];
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly user: EtcdUser | undefined;
  readonly health: EtcdHealth;
}

/** What proves to etcd who we are. */
export type EtcdAccess = Pick<EtcdMembersOptions, 'tls' | 'user'>;

type EtcdReason =
  | 'unreachable'
  | 'unavailable'
  | 'timeout'
  | 'malformed'
  | 'unauthenticated'
  | 'not-found'
  | 'too-large'
  | 'refused';

/** Of those another member may do better. */
const OF_MEMBER: ReadonlySet<EtcdReason> = new Set(['unreachable', 'unavailable', 'timeout']);

/** Why there is no answer, for an operator. */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  readonly reason: EtcdReason;

  constructor(reason: EtcdReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }

  get isOfMember(): boolean {
    return OF_MEMBER.has(this.reason);
  }
}

/** Codes of gRPC that say more than `no`. */
const REASONS: Readonly<Record<number, EtcdReason>> = {
  4: 'timeout',
  5: 'not-found',
  14: 'unavailable',
  16: 'unauthenticated',
};

function refusal(member: string, status: number, text: string): EtcdError {
  const said = errorIn(text);
  const message = `${member} answers: ${said?.message ?? plain(status, text)}`;
  if (/invalid auth token/u.test(message)) return new EtcdError('unauthenticated', message);
  if (/larger than max|too large/u.test(message)) return new EtcdError('too-large', message);
  const reason = said === undefined ? 'unavailable' : (REASONS[said.code] ?? 'refused');
  return new EtcdError(reason, message);
}

/** What stands before etcd answers in plain words, as it does itself about some certificates. */
function plain(status: number, text: string): string {
  const words = text.replaceAll(/[^\x20-\x7e]+/gu, ' ').trim();
  return words === '' ? `status ${status}` : `status ${status}: ${words.slice(0, 300)}`;
}

function errorIn(text: string): { readonly message: string; readonly code: number } | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null) return undefined;
    const message = 'message' in answer ? answer.message : undefined;
    const code = 'code' in answer ? answer.code : undefined;
    if (typeof message !== 'string' || typeof code !== 'number') return undefined;
    return { message: message.slice(0, 300), code };
  } catch {
    return undefined;
  }
}

/** Nobody took the connection, so nothing was done; a connection that broke may have brought it there. */
function unreachable(member: string, error: unknown): EtcdError {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const isCertain = code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENOTFOUND';
  const message = `${member} is not reached: ${text}`;
  return new EtcdError(isCertain ? 'unreachable' : 'unavailable', message, { cause: error });
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) {
    text += chunk;
    if (text.length > ANSWER_CHARACTERS_MAX) throw new EtcdError('too-large', 'an endless answer');
  }
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EtcdError('malformed', 'what answers is no etcd: the answer is no JSON', {
      cause: error,
    });
  }
}
