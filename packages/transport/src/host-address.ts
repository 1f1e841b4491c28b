import { type AddressFormat, addressFormat } from './address.js';

/** Where a socket of TCP or UDP is. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const PORT_MAX = 65_535;

export const tcpAddresses: AddressFormat<HostPort> = addressFormat('tcp://host:port', (rest) =>
  parseHostPort(rest, 'tcp'),
);

export const tlsAddresses: AddressFormat<HostPort> = addressFormat('tls://host:port', (rest) =>
  parseHostPort(rest, 'tls'),
);

/** Host and port, or what is wrong with them. */
export function parseHostPort(rest: string, scheme: string): HostPort | string {
  const match = /^(?:\[([0-9a-f:.]+(?:%[^\]]+)?)\]|([^:/?#\s[\]]+)):(\d{1,5})$/iu.exec(rest);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined) return `expected ${scheme}://host:port, an IPv6 host in brackets`;
  return port > PORT_MAX ? `the port must be at most ${PORT_MAX}` : { host, port };
}

/** The textual form of such an end. */
export function hostAddress(scheme: 'tcp' | 'tls' | 'udp', { host, port }: HostPort): string {
  return host.includes(':') ? `${scheme}://[${host}]:${port}` : `${scheme}://${host}:${port}`;
}
