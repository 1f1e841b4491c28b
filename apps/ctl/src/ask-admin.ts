import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';

import type { Access } from './access.js';

/** The answer of an admin endpoint, whose body is still on its way. */
export interface AdminAnswer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Asks an admin endpoint. Over `https://` by Node's own client, since the authority of a domain and an
 * operator's certificate cannot be given to `fetch`.
 */
export async function askAdmin(
  url: URL,
  signal: AbortSignal,
  { adminToken, tls }: Access,
  method: 'GET' | 'POST' = 'GET',
): Promise<AdminAnswer> {
  const headers = adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` };
  if (url.protocol === 'https:') {
    const asked = request(url, { ...tls, method, headers, signal, agent: false });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, body: answer };
  }
  const answer = await fetch(url, { method, headers, signal, redirect: 'error' });
  return { status: answer.status, body: answer.body ?? empty() };
}

async function* empty(): AsyncGenerator<Uint8Array> {}
