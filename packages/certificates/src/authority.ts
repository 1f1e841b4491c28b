import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/**
 * The authority of a domain: makes its own certificate, those of nodes, name servers and clients, and the
 * list of those it takes back. ECDSA on P-256 throughout, which every TLS 1.2 and 1.3 peer takes.
 */

const KEYS = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;

const DAY_MS = 24 * 60 * 60 * 1000;
/** Clocks of a domain may differ by so much before a new certificate counts as not valid yet. */
const BACKDATED_MS = 60 * 60 * 1000;
const AUTHORITY_DAYS = 3650;

/** A certificate and its private key, as PEM text. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface IssueOptions {
  /** Whom it stands for, as Group Services reads it. */
  readonly uri: string;
  /** The same for people. */
  readonly subject: { readonly domain: string; readonly role: string; readonly name: string };
  /** Whether its holder may accept connections, or only dial. */
  readonly serves: boolean;
  /** Names and IP addresses by which it is reached; loopback is always among them. */
  readonly hosts?: readonly string[] | undefined;
  readonly validFrom?: Date | undefined;
  readonly validUntil?: Date | undefined;
  /** Unless `validUntil` is given; 365 when left out. */
  readonly days?: number | undefined;
}

/** Makes the self-signed certificate of a domain's authority, good for ten years. */
export async function makeAuthority(domain: string, now = new Date()): Promise<KeyedCertificate> {
  const keys = await webcrypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ O: ['Group Services'] }, { CN: [`authority of ${domain}`.slice(0, 64)] }],
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter: new Date(now.getTime() + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: SIGNING,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      // Read by whoever issues certificates with it: they are for this domain.
      new x509.SubjectAlternativeNameExtension([
        { type: 'url', value: `group-services://${encodeURIComponent(domain)}/authority` },
      ]),
    ],
  });
  return { certificate: pem(made.toString('pem')), key: await keyPem(keys.privateKey) };
}

/** Makes a certificate of somebody who takes part in the domain. */
export async function issueCertificate(
  authority: KeyedCertificate,
  options: IssueOptions,
): Promise<KeyedCertificate> {
  const { subject, serves, uri, hosts = [], days = 365 } = options;
  const from = options.validFrom ?? new Date(Date.now() - BACKDATED_MS);
  const until = options.validUntil ?? new Date(Date.now() + days * DAY_MS);
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await webcrypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [
      { O: [subject.domain.slice(0, 64)] },
      { OU: [subject.role] },
      { CN: [subject.name.slice(0, 64)] },
    ],
    issuer: issuer.subjectName,
    notBefore: from,
    notAfter: until,
    signingAlgorithm: SIGNING,
    publicKey: keys.publicKey,
    signingKey: await signingKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(usages(serves)),
      new x509.SubjectAlternativeNameExtension(alternativeNames(uri, hosts)),
      await x509.AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export()),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(made.toString('pem')), key: await keyPem(keys.privateKey) };
}

/** Makes the list of the certificates that the authority has taken back. */
export async function revocationList(
  authority: KeyedCertificate,
  revoked: readonly string[],
  now = new Date(),
): Promise<string> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const made = await x509.X509CrlGenerator.create({
    issuer: issuer.subjectName,
    thisUpdate: new Date(now.getTime() - BACKDATED_MS),
    nextUpdate: new Date(now.getTime() + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: SIGNING,
    signingKey: await signingKey(authority.key),
    entries: revoked.map((text) => ({
      serialNumber: new x509.X509Certificate(text).serialNumber,
      revocationDate: now,
    })),
  });
  return pem(x509.PemConverter.encode(made.rawData, 'X509 CRL'));
}

/** Who cannot serve has a certificate that is of no use for pretending to be a daemon. */
function usages(serves: boolean): x509.ExtendedKeyUsage[] {
  const { clientAuth, serverAuth } = x509.ExtendedKeyUsage;
  return serves ? [serverAuth, clientAuth] : [clientAuth];
}

function alternativeNames(uri: string, hosts: readonly string[]): x509.JsonGeneralNames {
  const all = new Set(['localhost', '127.0.0.1', '::1', ...hosts]);
  const names = [...all].map((host) => ({
    type: isIP(host) === 0 ? ('dns' as const) : ('ip' as const),
    value: host,
  }));
  return [{ type: 'url', value: uri }, ...names];
}

/** 127 random bits: positive, and never the same twice. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

async function signingKey(keyText: string): Promise<webcrypto.CryptoKey> {
  const bytes = x509.PemConverter.decodeFirst(keyText);
  return await webcrypto.subtle.importKey('pkcs8', bytes, KEYS, false, ['sign']);
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', key);
  return pem(x509.PemConverter.encode(bytes, 'PRIVATE KEY'));
}

function pem(text: string): string {
  return `${text.trimEnd()}\n`;
}
