import { X509Certificate } from 'node:crypto';
import { type Identity, identityUri } from '@group-services/transport';
import { alternativeNames, oneLine } from '@group-services/transport/tls';
import { CommandFailure, EXIT_STATUS } from '../exit-status.js';

/** What `certs show` says of a certificate. */
export interface CertificateFacts {
  readonly standsFor: readonly string[];
  readonly subject: string;
  readonly issuer: string;
  readonly isAuthority: boolean;
  readonly hosts: readonly string[];
  readonly validFrom: string;
  readonly validUntil: string;
  /** Whole days until its end; negative when it is over. */
  readonly daysLeft: number;
  readonly serialNumber: string;
  readonly fingerprint: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const AUTHORITY_URI = /^group-services:\/\/([^/]+)\/authority$/u;

export function readFacts(text: string, file: string, now = Date.now()): CertificateFacts {
  const read = parsed(text, file);
  const names = alternativeNames(read.subjectAltName);
  return {
    standsFor: names.flatMap(({ kind, value }) => (kind === 'URI' ? [value] : [])),
    subject: oneLine(read.subject),
    issuer: oneLine(read.issuer),
    isAuthority: read.ca,
    hosts: names.flatMap(({ kind, value }) => (kind === 'URI' ? [] : [value])),
    validFrom: new Date(read.validFrom).toISOString(),
    validUntil: new Date(read.validTo).toISOString(),
    daysLeft: Math.floor((new Date(read.validTo).getTime() - now) / DAY_MS),
    serialNumber: read.serialNumber,
    fingerprint: read.fingerprint256,
  };
}

/** The domain that an authority was made for; undefined when it was not made by `certs init`. */
export function domainOf(authority: string, file: string): string | undefined {
  const [domain] = readFacts(authority, file).standsFor.flatMap((uri) => {
    const found = AUTHORITY_URI.exec(uri)?.[1];
    return found === undefined ? [] : [decodeURIComponent(found)];
  });
  return domain;
}

export function factsText(facts: CertificateFacts): string {
  const end = facts.daysLeft < 0 ? 'it is over' : `${facts.daysLeft} days left`;
  const lines: [string, string][] = [
    ['stands for', facts.standsFor.join(', ') || 'nobody in Group Services'],
    ['subject', facts.subject],
    ['issuer', facts.issuer],
    ['authority', facts.isAuthority ? 'yes' : 'no'],
    ['hosts', facts.hosts.join(', ') || '-'],
    ['valid', `${facts.validFrom} to ${facts.validUntil} (${end})`],
    ['serial number', facts.serialNumber],
    ['SHA-256', facts.fingerprint],
  ];
  return lines.map(([name, value]) => `${name.padEnd(14)} ${value}`).join('\n');
}

/** How an identity is written in a certificate, and who it is for people. */
export function subjectOf(identity: Identity) {
  const { role, domain } = identity;
  const name = role === 'name-server' ? role : identity.name;
  return { uri: identityUri(identity), subject: { domain, role, name }, serves: role !== 'client' };
}

function parsed(text: string, file: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (error) {
    const message = `${file} is no certificate in PEM form`;
    throw new CommandFailure(EXIT_STATUS.failed, message, { cause: error });
  }
}
