import { assertNever } from '@group-services/core';
import type { Link } from '@group-services/transport';
import {
  decodeHandshakeAnswer,
  encodeHandshake,
  type Features,
  LIMITS,
  MAGIC,
  noCommonWire,
  type Refuse,
  type Welcome,
  wireOffer,
  wireOfWelcome,
} from '@group-services/wire';
import {
  ConnectFailedError,
  type GroupServicesError,
  IncompatibleError,
  NotAuthorizedError,
  UnavailableError,
} from '../api/errors.js';

/** A process belongs to the domain of its daemon, whichever that is. */
const ANY_DOMAIN = '*';

const OFFER = wireOffer();

/** The first frame of a process. */
export function sendHello(link: Link, name: string, token: string | undefined): void {
  const hello = encodeHandshake({
    kind: 'hello',
    magic: MAGIC,
    role: 'client',
    ...OFFER,
    domain: ANY_DOMAIN,
    name,
    ...(token !== undefined && { auth: { scheme: 'token', data: token } }),
  });
  link.send(hello);
}

/** A certificate of Group Services that is not a node's: its holder is no daemon, whatever it says. */
export function isNoDaemon({ peer }: Link): boolean {
  const identities = peer?.identities ?? [];
  return identities.length > 0 && identities.every(({ role }) => role !== 'node');
}

export function noDaemonError({ peer }: Link, endpoint: string): NotAuthorizedError {
  const message = `the certificate shown at ${endpoint} is not that of a daemon (${peer?.subject})`;
  return new NotAuthorizedError(message, { action: 'connect' });
}

export type Answer =
  | {
      readonly ok: true;
      readonly welcome: Welcome;
      readonly node: string;
      /** What both ends of this connection know beyond the wire format's first minor. */
      readonly features: Features;
    }
  | { readonly ok: false; readonly error: GroupServicesError };

/** What the first frame of the other side means. */
export function readAnswer(frame: Uint8Array, endpoint: string): Answer {
  const decoded = decodeHandshakeAnswer(frame);
  if (!decoded.ok) return noDaemon(endpoint, decoded.error);
  const answer = decoded.value;
  switch (answer.kind) {
    case 'welcome':
      return readWelcome(answer, endpoint);
    case 'refuse':
      return { ok: false, error: refusedError(answer, endpoint) };
    case 'challenge': {
      const message = `the daemon at ${endpoint} asks for credentials (${answer.scheme}), which this version cannot give`;
      return { ok: false, error: new NotAuthorizedError(message, { action: 'connect' }) };
    }
    default:
      return assertNever(answer);
  }
}

function readWelcome(welcome: Welcome, endpoint: string): Answer {
  const { node, wire, minor } = welcome;
  const agreed = wireOfWelcome(OFFER, welcome);
  if (agreed === undefined) {
    const daemon = { who: `the daemon at ${endpoint}`, wire: { min: wire, max: wire, minor } };
    const message = noCommonWire({ who: 'this library', wire: OFFER.wire }, daemon);
    return { ok: false, error: new IncompatibleError(message) };
  }
  if (node === undefined) return noDaemon(endpoint, 'it has no node name');
  return { ok: true, welcome, node, features: agreed.features };
}

function noDaemon(endpoint: string, why: string): Answer {
  const message = `what answers at ${endpoint} is not a Group Services daemon: ${why}`;
  return { ok: false, error: new ConnectFailedError(message, { endpoint, cause: new Error(why) }) };
}

function refusedError(refuse: Refuse, endpoint: string): GroupServicesError {
  const message = `the daemon at ${endpoint} refused the connection: ${refuse.text}`;
  switch (refuse.code) {
    case 'wire-version':
      return new IncompatibleError(`${message}; install versions that fit together`);
    case 'NOT_AUTHORIZED':
      return new NotAuthorizedError(message, { action: 'connect' });
    case 'overloaded':
    case 'stopping':
      return new UnavailableError(message, { cause: new Error(refuse.code) });
    case 'malformed':
    case 'domain':
    case 'role':
    case 'superseded':
    case 'NOT_ACTIVE':
      return new ConnectFailedError(message, { endpoint, cause: new Error(refuse.code) });
    default:
      return assertNever(refuse.code);
  }
}

/** Largest frames before and after WELCOME, in bytes. */
export const FRAME_LIMITS = { before: LIMITS.handshakeFrame, after: LIMITS.frame } as const;
