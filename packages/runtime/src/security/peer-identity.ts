import type {
  Identity,
  Link,
  OutgoingFrame,
  PeerCertificate,
  TransportError,
} from '@group-services/transport';

import { handshakeFrame } from '../sessions/handshake-frame.js';

/** `node n1 of domain shop`, for people. */
export function identityText(identity: Identity): string {
  const { role, domain } = identity;
  return role === 'name-server'
    ? `the name server of domain ${domain}`
    : `${role} ${identity.name} of domain ${domain}`;
}

/**
 * Why the other end of a link is not who it says it is, or who was meant; undefined if it is. A link
 * without a certificate proves nothing and is taken at its word, as ever.
 */
export function identityProblem(link: Link, expected: Identity): string | undefined {
  const { peer } = link;
  if (peer === undefined || peer.identities.some((one) => isSame(one, expected))) return undefined;
  return `the certificate of ${link.remote} stands for ${shown(peer)}, not for ${identityText(expected)}`;
}

function shown({ identities, subject }: PeerCertificate): string {
  if (identities.length > 0) return identities.map(identityText).join(' and ');
  return `nobody in Group Services (${subject})`;
}

function isSame(one: Identity, other: Identity): boolean {
  const names = 'name' in one && 'name' in other ? one.name === other.name : true;
  return one.role === other.role && one.domain === other.domain && names;
}

/** Writes down who was refused because of its certificate, and gives what it is told. */
export function tellUntrusted(
  note: (remote: string, text: string) => void,
): (remote: string, error: TransportError) => OutgoingFrame {
  return (remote, { message }) => {
    note(remote, message);
    return handshakeFrame({ kind: 'refuse', code: 'NOT_AUTHORIZED', text: message.slice(0, 1024) });
  };
}
