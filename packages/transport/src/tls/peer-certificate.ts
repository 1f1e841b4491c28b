import type { X509Certificate } from 'node:crypto';

import { type Identity, parseIdentity } from './identity.js';

/** What the certificate of a link's other end says; its authority is ours, and it is in force. */
export interface PeerCertificate {
  /** Whom it stands for in Group Services; none if it was made for something else. */
  readonly identities: readonly Identity[];
  /** Its subject in one line, for people and logs. */
  readonly subject: string;
}

export function peerCertificate(certificate: X509Certificate): PeerCertificate {
  return {
    identities: alternativeNames(certificate.subjectAltName).flatMap(({ kind, value }) => {
      const identity = kind === 'URI' ? parseIdentity(value) : undefined;
      return identity === undefined ? [] : [identity];
    }),
    subject: oneLine(certificate.subject),
  };
}

/** One alternative name of a certificate: `URI`, `DNS` or `IP Address`, and its value. */
export interface AlternativeName {
  readonly kind: string;
  readonly value: string;
}

/** `DNS:localhost, URI:"a, b", IP Address:127.0.0.1`: a value in quotes is JSON and may hold commas. */
const ONE_NAME = /(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/gu;

/** Takes apart what Node tells of a certificate's alternative names; what is not quoted as it must be is none. */
export function alternativeNames(text = ''): readonly AlternativeName[] {
  return [...text.matchAll(ONE_NAME)].flatMap(([, kind = '', written = '']) => {
    const value = written.startsWith('"') ? unquoted(written) : written;
    return value === undefined ? [] : [{ kind, value }];
  });
}

function unquoted(written: string): string | undefined {
  try {
    return String(JSON.parse(written));
  } catch {
    // Made so that its reader fails: it names nobody.
    return undefined;
  }
}

/** A subject as Node writes it, without its line ends. */
export function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}
