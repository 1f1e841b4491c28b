import {
  adminConflicts,
  type TlsConfig,
  type TlsConflict,
  tlsConflicts,
} from '@group-services/runtime';
import { schemeOf, type Transport } from '@group-services/transport';

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

/** Certificates are of no use where daemons are reached by a transport that neither encrypts nor shows them. */
export function openTransports(
  { tlsCert, listen }: Pick<SecurityConfig, 'tlsCert' | 'listen'>,
  plugged: readonly Transport[],
): { readonly option: 'listen'; readonly message: string }[] {
  const transport = plugged.find(({ scheme }) => scheme === schemeOf(listen));
  if (tlsCert === undefined || transport === undefined || transport.privacy !== undefined)
    return [];
  const how = `${transport.scheme}:// is not protected by the certificates that are given`;
  return [{ option: 'listen', message: `${how}: its transport does not say that it is private` }];
}
