import {
  type IssueOptions,
  issueCertificate,
  type KeyedCertificate,
  makeAuthority,
} from '@group-services/certificates';

import { type Identity, identityUri, parseIdentity } from '../src/index.js';
import type { TlsCredentials } from '../src/tls.js';

/** An authority for tests, and what it issues. */
export interface TestAuthority {
  readonly authority: KeyedCertificate;
  readonly issue: (
    uri: string,
    options?: Partial<IssueOptions>,
  ) => Promise<TlsCredentials & { readonly cert: string }>;
}

export async function testAuthority(domain = 'shop'): Promise<TestAuthority> {
  const authority = await makeAuthority(domain);
  return {
    authority,
    issue: async (uri, options) => {
      const identity: Identity | undefined = parseIdentity(uri);
      const { certificate, key } = await issueCertificate(authority, {
        uri,
        subject: { domain, role: identity?.role ?? 'other', name: 'somebody' },
        serves: identity?.role !== 'client',
        ...options,
      });
      return { cert: certificate, key, ca: authority.certificate };
    },
  };
}

export const NODE: string = identityUri({ role: 'node', domain: 'shop', name: 'n1' });
export const CLIENT: string = identityUri({ role: 'client', domain: 'shop', name: 'billing' });
