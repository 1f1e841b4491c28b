import {
  adminConflicts,
  type TlsConfig,
  type TlsConflict,
  tlsConflicts,
} from '@group-services/runtime';

/** What options of security look at. */
interface SecurityConfig extends TlsConfig {
  readonly nameServer: readonly string[];
  readonly listen: string;
  readonly advertise: string | undefined;
  readonly client: readonly string[];
  readonly admin: string;
  readonly adminTokenFile: string | undefined;
  readonly allowInsecureUdp: boolean;
}

/** Options that together would leave open what their operator means to protect. */
export function securityMistakes(
  config: SecurityConfig,
): TlsConflict<'nameServer' | 'listen' | 'advertise' | 'client' | 'admin'>[] {
  const { nameServer, listen, advertise, client, admin } = config;
  const addresses = {
    nameServer,
    listen: [listen],
    advertise: [advertise],
    client,
    admin: [admin],
  };
  const conflicts = [...tlsConflicts(config, addresses), ...adminConflicts(config)];
  const isOpen = listen.startsWith('udp:') && config.tlsCert !== undefined;
  if (isOpen && !config.allowInsecureUdp) {
    const message =
      'udp:// cannot be protected by the certificates that are given: use tls://, or say --allow-insecure-udp';
    return [...conflicts, { option: 'listen' as const, message }];
  }
  return conflicts;
}
