/** Whose endpoint an admin endpoint is, for messages. */
export type AdminOwner = 'daemon' | 'name server';

const OTHER_AUTHORITY = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
]);

/**
 * What to do when an admin endpoint is not reached: about the certificate, if that is what is not taken (by its
 * name in Node), else about the address.
 */
export function adminAdvice(whose: AdminOwner, origin: string, code: string | undefined): string {
  const program = whose === 'daemon' ? 'gsd' : 'gsns';
  if (code !== undefined && OTHER_AUTHORITY.has(code)) {
    return `Whom gsctl trusts at ${origin} is said by --tls-ca: the ca.crt of the domain.`;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `Ask at an address that its certificate names, or make one for this address (gsctl certs issue … --host) and give it to ${program} (--tls-cert).`;
  }
  if (code === 'CERT_HAS_EXPIRED') {
    return `Make another one (gsctl certs issue) and give it to ${program} (--tls-cert).`;
  }
  return `Run gsctl on the node of the ${whose}, or let ${program} listen where it is reached (--admin).`;
}
