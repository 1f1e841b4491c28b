import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { peerCertificate } from '@group-services/transport/tls';

import { Attempts } from '../security/attempts.js';

/** Who may use an admin endpoint. */
export interface AdminAccess {
  /** The token of operators; undefined: there is none. */
  readonly token: () => string | undefined;
  /** Whose another token is, where processes have some. */
  readonly principalOf?: ((token: string) => string | undefined) | undefined;
  /** Whether a principal is an operator. */
  readonly mayOperate: (principal: string) => boolean;
  readonly domain: string;
}

/** Who asks. */
export interface Operator {
  /** Nothing was asked for, as on loopback without a token: it is somebody on this host. */
  readonly isProved: boolean;
  /** For logs: a principal, `admin token` or `local`. */
  readonly name: string;
}

export type Admission =
  | { readonly ok: true; readonly operator: Operator }
  | { readonly ok: false; readonly refusal: Refusal };

/** An answer that is no success, with its place in the program's contract. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 429 | 500 | 503;
  readonly error: string;
}

/** For whoever looks whether the program lives; they say nothing that has to be kept from others. */
const FOR_ALL = new Set(['/healthz', '/readyz']);

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;

/** Whether only this host reaches such an address. */
export function isLoopbackUrl(listen: string): boolean {
  return URL.canParse(listen) && LOOPBACK.test(new URL(listen).hostname);
}

/**
 * Decides who may ask an admin endpoint. On loopback without a token everybody on this host may; everywhere else
 * a token or a client certificate is asked for. No web page of another site is answered, nor, on loopback, one
 * that got its name to stand for this address (DNS rebinding), whatever it has.
 */
export class AdminGuard {
  readonly #listen: string;
  readonly #access: AdminAccess;
  readonly #attempts = new Attempts();

  constructor(listen: string, access: AdminAccess) {
    this.#listen = listen;
    this.#access = access;
  }

  /** Who makes a request, or why it is not answered. */
  admit(
    request: IncomingMessage,
    path: string,
    /** The file of a page, in which there is nothing. */
    { isForAll }: { readonly isForAll: boolean },
  ): Admission {
    const foreign = this.#foreign(request);
    if (foreign !== undefined) return refused(403, foreign);
    if (isForAll || FOR_ALL.has(path) || this.#isOpen) return ANYBODY;
    const address = request.socket.remoteAddress ?? '';
    const wait = this.#attempts.waitSeconds(address);
    if (wait > 0) return refused(429, `too many wrong tokens from ${address}; wait ${wait} s`);
    const token = bearerOf(request);
    if (token === undefined) return this.#byCertificate(request);
    const admission = this.#byToken(token);
    if (!admission.ok && admission.refusal.status === 401) this.#attempts.failed(address);
    return admission;
  }

  get #isOpen(): boolean {
    return isLoopbackUrl(this.#listen) && this.#access.token() === undefined;
  }

  /** A browser that was led here by somebody else's page. */
  #foreign({ headers, method, socket }: IncomingMessage): string | undefined {
    const { host = '', origin } = headers;
    const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
    const isOwn = LOOPBACK.test(name) || name === new URL(this.#listen).hostname;
    // Elsewhere it may have names that it does not know of: there a page that took one of them has no token.
    if (isLoopbackUrl(this.#listen) && !isOwn) {
      return `the host ${JSON.stringify(host)} is not this one: an address of loopback is expected`;
    }
    const scheme = socket instanceof TLSSocket ? 'https' : 'http';
    if (origin !== undefined && origin !== `${scheme}://${host}`) {
      return `requests of pages from ${JSON.stringify(origin)} are not answered`;
    }
    // A form that another page sends is a navigation as well.
    const isLink = headers['sec-fetch-mode'] === 'navigate' && method !== 'POST';
    const site = headers['sec-fetch-site'] ?? 'none';
    const isOwnSite = site === 'none' || site === 'same-origin';
    return isOwnSite || isLink ? undefined : 'requests of pages from other sites are not answered';
  }

  #byToken(token: string): Admission {
    const { token: own, principalOf } = this.#access;
    const expected = own();
    if (expected !== undefined && isSame(token, expected)) return proved('admin token');
    const principal = principalOf?.(token);
    if (principal === undefined) return refused(401, 'this token is not known here');
    return this.#principal(principal);
  }

  #byCertificate({ socket }: IncomingMessage): Admission {
    const { domain } = this.#access;
    const secure = socket instanceof TLSSocket ? socket : undefined;
    const shown = secure?.getPeerX509Certificate();
    if (secure === undefined || shown === undefined) {
      const ways = secure === undefined ? 'a token' : 'a token or a client certificate';
      return refused(401, `give ${ways} (authorization: Bearer …)`);
    }
    if (!secure.authorized) {
      const why = String(secure.authorizationError);
      return refused(401, `the certificate is not accepted (${why})`);
    }
    const client = peerCertificate(shown).identities.find(
      (one) => one.role === 'client' && one.domain === domain,
    );
    if (client?.role !== 'client') {
      return refused(403, `the certificate is not that of a client of domain ${domain}`);
    }
    return this.#principal(client.name);
  }

  #principal(name: string): Admission {
    if (this.#access.mayOperate(name)) return proved(name);
    return refused(403, `principal ${name} may not operate this domain`);
  }
}

const ANYBODY: Admission = { ok: true, operator: { isProved: false, name: 'local' } };

function proved(name: string): Admission {
  return { ok: true, operator: { isProved: true, name } };
}

function refused(status: Refusal['status'], error: string): Admission {
  return { ok: false, refusal: { status, error } };
}

function bearerOf({ headers }: IncomingMessage): string | undefined {
  return /^Bearer +(\S{1,1024})$/iu.exec(headers.authorization ?? '')?.[1];
}

/** In a time that says nothing of how much of it is right. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}
