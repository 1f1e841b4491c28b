import { constants, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';

/** Certificates and keys, as PEM text. */
export interface TlsCredentials {
  /** Our own certificate, and those between it and the authority. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The authorities that the other end's certificate must come from; those of Node when left out. */
  readonly ca?: string | undefined;
  /** Certificates that the authority has taken back. */
  readonly crl?: string | undefined;
}

/** Ours, ready for use in both directions. */
export interface Prepared {
  readonly options: SecureContextOptions;
  readonly context: SecureContext;
}

/**
 * Checks credentials and makes them ready.
 *
 * Sessions are never resumed: a certificate that has been taken back since would not be looked at again.
 *
 * @throws Error whose message says which of them cannot be used, and why
 */
export function prepare({ cert, key, ca, crl }: TlsCredentials): Prepared {
  if (ca !== undefined) checkAuthorities(ca);
  if (cert !== undefined) checked('the certificate', () => new X509Certificate(cert));
  const options: SecureContextOptions = {
    cert,
    key,
    ca,
    crl,
    minVersion: 'TLSv1.2',
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
  if (crl !== undefined) {
    checked('the list of revoked certificates', () => createSecureContext({ crl }));
  }
  return { options, context: checked('the key', () => createSecureContext(options)) };
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/gu;

/** OpenSSL reads up to the first block that it does not understand, and does not complain. */
function checkAuthorities(text: string): void {
  const blocks = text.match(BLOCK);
  if (blocks === null) throw new Error('the authority: there is no certificate in PEM form');
  for (const block of blocks) checked('the authority', () => new X509Certificate(block));
}

function checked<T>(what: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${what}: ${explained(why)}`, { cause: error });
  }
}

function explained(why: string): string {
  if (/key values mismatch/iu.test(why)) return 'it does not belong to the certificate';
  if (/no start line|unsupported|PEM/iu.test(why)) return `it is not in PEM form (${why})`;
  return why;
}
