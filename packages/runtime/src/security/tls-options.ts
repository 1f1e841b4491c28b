import { isLoopbackUrl } from '../admin/admin-guard.js';
import { flag, text } from '../config/values.js';
import type { TlsConfig } from './tls-files.js';

/** The name of a file of an operator. */
export function fileName() {
  return text('the name of a file', (value) => value.length > 0);
}

/** The options by which a program is given its certificates. */
export const tlsOptions = {
  tlsCert: {
    schema: fileName(),
    optional: true,
    description: 'own certificate, and those between it and the authority (PEM); see gsctl certs',
    placeholder: 'FILE',
  },
  tlsKey: {
    schema: fileName(),
    optional: true,
    description: 'the private key of --tls-cert (PEM), written by nobody but its owner',
    placeholder: 'FILE',
  },
  tlsCa: {
    schema: fileName(),
    optional: true,
    description: 'the authority that the certificates of others must come from (PEM)',
    placeholder: 'FILE',
  },
  tlsCrl: {
    schema: fileName(),
    optional: true,
    description: 'certificates that the authority has taken back (PEM)',
    placeholder: 'FILE',
  },
} as const;

export const allowInsecureUdp = {
  schema: flag(),
  default: 'false',
  description: 'udp:// is taken although certificates are given, which it cannot use',
} as const;

/** An option that does not fit the certificates that are given. */
export interface TlsConflict<Option extends string> {
  readonly option: Option | keyof TlsConfig;
  readonly message: string;
}

/** What is missing for these addresses to be protected, or for the certificates to be of use. */
export function tlsConflicts<Option extends string>(
  config: TlsConfig,
  addresses: Readonly<Record<Option, readonly (string | undefined)[]>>,
): TlsConflict<Option>[] {
  const names = { tlsCert: '--tls-cert', tlsKey: '--tls-key', tlsCa: '--tls-ca' } as const;
  const keys = ['tlsCert', 'tlsKey', 'tlsCa'] as const;
  const given = [...keys, 'tlsCrl' as const].filter((key) => config[key] !== undefined);
  const missing = keys.filter((key) => config[key] === undefined);
  if (given.length > 0) {
    return missing.map((option) => ({
      option,
      message: `is required when certificates are given: ${Object.values(names).join(', ')} go together`,
    }));
  }
  const options = Object.keys(addresses) as Option[]; // The keys of this record.
  return options.flatMap((option) => {
    const secure = addresses[option].find((address) => /^(?:tls|https):/u.test(address ?? ''));
    if (secure === undefined) return [];
    const message = `${secure} needs certificates: give ${Object.values(names).join(', ')} (see gsctl certs)`;
    return [{ option, message }];
  });
}

/** An admin endpoint that other hosts reach has to ask who somebody is. */
export function adminConflicts({
  admin,
  adminTokenFile,
}: {
  readonly admin: string;
  readonly adminTokenFile: string | undefined;
}): { readonly option: 'admin'; readonly message: string }[] {
  const asks = admin.startsWith('https:') || adminTokenFile !== undefined;
  if (asks || isLoopbackUrl(admin)) return [];
  const message = `${admin} is reached from other hosts: give --admin-token-file, or https:// and certificates`;
  return [{ option: 'admin', message }];
}
