import { systemCodeOf, TransportError, toTransportError } from '../errors.js';

const OTHER_AUTHORITY = 'does not come from an authority that is trusted here';

/** Why a certificate is not accepted, by the name that Node gives it; the end of "the certificate …". */
const CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet; compare the clocks of the two hosts',
  CERT_REVOKED: 'has been revoked',
  CRL_HAS_EXPIRED: 'cannot be checked: the list of revoked certificates is out of date',
  UNABLE_TO_GET_CRL: 'cannot be checked: there is no list of revoked certificates of its authority',
  INVALID_PURPOSE: 'was issued for something else, such as a client and not a server',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is not for this address',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: OTHER_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: OTHER_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: OTHER_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: OTHER_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: OTHER_AUTHORITY,
  CERT_SIGNATURE_FAILURE: OTHER_AUTHORITY,
};

const PLAIN = 'the other side does not speak TLS';
const UNHEARD = 'it did not finish the TLS handshake';

/** Other troubles of a handshake. An alert is what the other side thinks of us. */
const HANDSHAKE: Readonly<Record<string, string>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: PLAIN,
  ERR_SSL_HTTP_REQUEST: PLAIN,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: PLAIN,
  ERR_SSL_RECORD_LAYER_FAILURE: PLAIN,
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks no version of TLS from 1.2 on',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'there is no version of TLS that both sides speak',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'the other side does not trust the authority of our certificate',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the other side asks for a certificate',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'the other side does not accept our certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'the other side says that our certificate has expired',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'the other side says that our certificate is revoked',
  ERR_TLS_HANDSHAKE_TIMEOUT: UNHEARD,
  ECONNRESET: UNHEARD,
};

/** Why the certificate of the other end is not accepted. */
export function untrusted(address: string, code: string): TransportError {
  const why = CERTIFICATE[code] ?? `is not accepted (${code})`;
  return new TransportError('untrusted', address, {
    message: `the certificate of ${address} ${why}`,
  });
}

/** Whoever dialled showed no certificate. */
export function nothingShown(address: string): TransportError {
  return new TransportError('untrusted', address, {
    message: `${address} showed no certificate, and one is required here`,
  });
}

/** Translates what went wrong while a TLS link was being made. */
export function tlsError(
  action: 'dial' | 'accept',
  address: string,
  error: unknown,
): TransportError {
  const code = systemCodeOf(error) ?? '';
  if (CERTIFICATE[code] !== undefined) return untrusted(address, code);
  const why = HANDSHAKE[code];
  const verb = action === 'dial' ? 'cannot connect to' : 'no TLS with';
  if (why !== undefined && (action === 'accept' || code !== 'ECONNRESET')) {
    const message = `${verb} ${address}: ${why}`;
    return new TransportError('untrusted', address, { message, cause: error });
  }
  if (action === 'dial') return toTransportError('dial', address, error);
  const reason = error instanceof Error ? error.message : String(error);
  return new TransportError('untrusted', address, { message: `${verb} ${address}: ${reason}` });
}
