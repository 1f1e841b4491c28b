import { type AddressFormat, addressFormat } from './address.js';
import { type HostPort, hostAddress, parseHostPort } from './host-address.js';

/** Datagrams that leave room for the headers of IP and UDP on networks with a little less than 1,500. */
export const DATAGRAM_BYTES_DEFAULT = 1_400;
/** Below this the headers weigh too much; above, no datagram exists. */
export const DATAGRAM_BYTES_MIN = 576;
export const DATAGRAM_BYTES_MAX = 65_000;

const TTL_MAX = 255;

/** An IP multicast group that daemons join to hear what goes to several of them. */
export interface MulticastGroup {
  readonly host: string;
  readonly port: number;
}

/**
 * `udp://host:port`, and behind a question mark: `multicast=239.x.y.z:port`, `interface=` (an IPv4
 * address of this host), `ttl=` and `datagram=` (bytes). The last three concern only who listens.
 */
export interface UdpAddress {
  readonly scheme: 'udp';
  readonly host: string;
  readonly port: number;
  readonly multicast?: MulticastGroup | undefined;
  readonly networkInterface?: string | undefined;
  readonly ttl?: number | undefined;
  readonly datagramBytes?: number | undefined;
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/u;

export const udpAddresses: AddressFormat<UdpAddress> = addressFormat('udp://host:port', parseUdp);

function parseUdp(rest: string): UdpAddress | string {
  const [ends = '', query, ...more] = rest.split('?');
  const end = parseHostPort(ends, 'udp');
  if (typeof end === 'string') return end;
  if (more.length > 0) return 'more than one question mark';
  const given = new Map<string, string>();
  for (const part of query?.split('&') ?? []) {
    const at = part.indexOf('=');
    const name = part.slice(0, Math.max(at, 0));
    if (!NAMES.includes(name)) return `unknown ${part}; known are ${NAMES.join(', ')}`;
    if (given.has(name)) return `${name} is given twice`;
    given.set(name, part.slice(at + 1));
  }
  return withOptions(end, given);
}

const NAMES: readonly string[] = ['multicast', 'interface', 'ttl', 'datagram'];

function withOptions(end: HostPort, given: ReadonlyMap<string, string>): UdpAddress | string {
  const multicast = given.get('multicast');
  const group = multicast === undefined ? undefined : parseGroup(multicast);
  if (typeof group === 'string') return group;
  const networkInterface = given.get('interface');
  if (networkInterface !== undefined && !IPV4.test(networkInterface)) {
    return 'interface must be an IPv4 address of this host';
  }
  if (group === undefined && (networkInterface !== undefined || given.has('ttl'))) {
    return 'interface and ttl need multicast';
  }
  const ttl = whole(given.get('ttl'), 0, TTL_MAX);
  if (ttl === 'bad') return `ttl must be from 0 to ${TTL_MAX}`;
  const datagramBytes = whole(given.get('datagram'), DATAGRAM_BYTES_MIN, DATAGRAM_BYTES_MAX);
  if (datagramBytes === 'bad') {
    return `datagram must be from ${DATAGRAM_BYTES_MIN} to ${DATAGRAM_BYTES_MAX}`;
  }
  const options = { multicast: group, networkInterface, ttl, datagramBytes };
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return { scheme: 'udp', ...end, ...Object.fromEntries(set) };
}

function parseGroup(text: string): MulticastGroup | string {
  const end = parseHostPort(text, 'multicast=group');
  if (typeof end === 'string' || end.port === 0 || !IPV4.test(end.host)) {
    return 'expected multicast=239.x.y.z:port';
  }
  const [first = 0, second, third] = end.host.split('.').map(Number);
  if (first < 224 || first > 239) return `${end.host} is no multicast address (224 to 239)`;
  if (first === 224 && second === 0 && third === 0) {
    return `${end.host} belongs to the network's own protocols; take one of 239.x.y.z`;
  }
  return end;
}

function whole(text: string | undefined, min: number, max: number): number | 'bad' | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,6}$/u.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : 'bad';
}

/** The textual form of a UDP end, with its multicast group if it has one. */
export function udpAddress(host: string, port: number, multicast?: MulticastGroup): string {
  const end = hostAddress('udp', { host, port });
  return multicast === undefined ? end : `${end}?multicast=${multicast.host}:${multicast.port}`;
}
