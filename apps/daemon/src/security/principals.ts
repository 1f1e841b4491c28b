import { identityText } from '@group-services/runtime';
import type { Link, Transport } from '@group-services/transport';
import type { Hello } from '@group-services/wire';

import type { GoodToken, Tokens } from './tokens.js';

/** Who a process is, for permissions and limits. */
export interface Principal {
  readonly name: string;
  /** By what it has proved that, if by a token: it has to stay good. */
  readonly token: GoodToken | undefined;
}

/** Whoever can open the socket of this host. */
const LOCAL = 'local';
/** Whoever reaches an endpoint over TCP that asks for nothing. */
const ANONYMOUS = 'anonymous';

export type Identified =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly text: string };

const TOKEN_LENGTH_MAX = 1024;

/**
 * Finds out who a process is: by its token, else by its certificate, else by the way it comes. A token
 * that is given has to be good, also where none is asked for.
 */
export function identify(link: Link, hello: Hello, place: Place): Identified {
  const { domain, tokens, privacy } = place;
  if (hello.auth !== undefined) return byToken(link, hello.auth, place);
  if (link.peer !== undefined) return byCertificate(link, domain);
  if (link.remote.startsWith('tls:')) {
    return denied('give a client certificate or a token: this endpoint asks for one');
  }
  if (privacy === 'host') return named(LOCAL);
  if (tokens === undefined) return named(ANONYMOUS);
  return denied('give a token: this endpoint asks for one (see gsctl token new)');
}

/** Where somebody comes in. */
export interface Place {
  readonly domain: string;
  readonly tokens: Tokens | undefined;
  /** Of the transport by which he comes. */
  readonly privacy: Transport['privacy'];
}

function byToken(
  link: Link,
  { scheme: kind, data }: NonNullable<Hello['auth']>,
  { tokens, privacy }: Place,
): Identified {
  if (kind !== 'token' || typeof data !== 'string' || data.length > TOKEN_LENGTH_MAX) {
    return denied('credentials of another kind than a token');
  }
  if (privacy === undefined && !isLoopback(link.remote)) {
    const scheme = /^[^:]*/u.exec(link.remote)?.[0];
    return denied(
      `a token over ${scheme}:// can be read on its way, and counts as known to others now: replace it, and connect by tls:// or unix://`,
    );
  }
  if (tokens === undefined) return denied('this daemon takes no tokens (gsd --tokens)');
  const found = tokens.find(data);
  if (found === undefined) return denied('this token is not known here');
  if (found === 'expired') return denied('this token has expired');
  return { ok: true, principal: { name: found.principal, token: found } };
}

function byCertificate(link: Link, domain: string): Identified {
  const identities = link.peer?.identities ?? [];
  const own = identities.find((one) => one.role === 'client' && one.domain === domain);
  if (own?.role === 'client') return named(own.name);
  const shown = identities.map(identityText).join(' and ') || `nobody (${link.peer?.subject})`;
  return denied(`the certificate stands for ${shown}, not for a client of domain ${domain}`);
}

function isLoopback(remote: string): boolean {
  return /^[^:/]+:\/\/(?:127\.|\[::1\]|\[::ffff:127\.)/u.test(remote);
}

function named(name: string): Identified {
  return { ok: true, principal: { name, token: undefined } };
}

function denied(text: string): Identified {
  return { ok: false, text };
}
