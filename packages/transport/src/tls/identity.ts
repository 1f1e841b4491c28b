/**
 * Whom a certificate stands for, written as one URI among its alternative names:
 * `group-services://DOMAIN/node/NAME`, `…/client/NAME` or `…/name-server`. Whoever holds the key of such a
 * certificate is that node, process or name server, whatever address it comes from.
 */

const SCHEME = 'group-services://';

/** Who takes part in a domain. */
export type Identity =
  | { readonly role: 'node' | 'client'; readonly domain: string; readonly name: string }
  | { readonly role: 'name-server'; readonly domain: string };

/** The URI; names are escaped, so that none can pretend to be two. */
export function identityUri(identity: Identity): string {
  const domain = encodeURIComponent(identity.domain);
  if (identity.role === 'name-server') return `${SCHEME}${domain}/name-server`;
  return `${SCHEME}${domain}/${identity.role}/${encodeURIComponent(identity.name)}`;
}

/** Who a URI stands for; undefined: it is none of Group Services, or is not written as it must be. */
export function parseIdentity(uri: string): Identity | undefined {
  if (!uri.startsWith(SCHEME)) return undefined;
  const [domain, role, name, ...more] = uri.slice(SCHEME.length).split('/').map(decoded);
  if (domain === undefined || domain === '' || more.length > 0) return undefined;
  if (role === 'name-server') return name === undefined ? { role, domain } : undefined;
  if ((role !== 'node' && role !== 'client') || name === undefined || name === '') return undefined;
  return { role, domain, name };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    // A broken escape is nobody's name.
    return undefined;
  }
}
