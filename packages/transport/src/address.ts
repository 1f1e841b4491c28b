import { TransportError } from './errors.js';
import { parseHostPort, parseUdp, type UdpAddress } from './udp-address.js';

/** An address in parts. */
export type Address =
  | { readonly scheme: 'tcp' | 'tls'; readonly host: string; readonly port: number }
  | UdpAddress
  | { readonly scheme: 'unix'; readonly path: string }
  | { readonly scheme: 'memory'; readonly name: string };

/** The parts of an address of a certain scheme. */
type AddressOf<S extends AddressScheme> = Address extends infer One
  ? One extends { readonly scheme: string }
    ? S extends One['scheme']
      ? One & { readonly scheme: S }
      : never
    : never
  : never;

/** The schemes that an {@link Address} can have. */
export type AddressScheme = Address['scheme'];

export type ParsedAddress =
  | { readonly ok: true; readonly address: Address }
  /** `reason` says what is wrong and what was expected. */
  | { readonly ok: false; readonly reason: string };

/** Linux gives a socket path 108 bytes, other Unixes 104, the last of which is a zero. */
export const SOCKET_PATH_BYTES_MAX: number = process.platform === 'linux' ? 107 : 103;

/** Takes `tcp://host:port`, `tls://host:port`, `udp://host:port?…`, `unix:///path` or `memory://name` apart. */
export function parseAddress(text: string): ParsedAddress {
  const match = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/su.exec(text);
  const scheme = match?.[1];
  const rest = match?.[2] ?? '';
  switch (scheme) {
    case 'tcp':
    case 'tls':
      return parseHost(rest, scheme);
    case 'udp':
      return parseUdp(rest);
    case 'unix':
      return parseUnix(rest);
    case 'memory':
      if (rest === '') return bad('a name must follow memory://');
      return { ok: true, address: { scheme, name: rest } };
    case undefined:
      return bad('expected tcp://host:port or unix:///path');
    default:
      return bad(`unknown scheme ${scheme}; expected tcp://host:port or unix:///path`);
  }
}

/** The textual form of a TCP end. */
export function tcpAddress(host: string, port: number): string {
  return host.includes(':') ? `tcp://[${host}]:${port}` : `tcp://${host}:${port}`;
}

/** The textual form of a TLS end. */
export function tlsAddress(host: string, port: number): string {
  return tcpAddress(host, port).replace(/^tcp:/u, 'tls:');
}

/**
 * The parts of an address that must have a certain scheme.
 *
 * @throws TransportError `bad-address`
 */
export function requireAddress<S extends AddressScheme>(text: string, scheme: S): AddressOf<S> {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw badAddress(text, parsed.reason);
  if (!hasScheme(parsed.address, scheme)) throw badAddress(text, `expected ${scheme}://…`);
  return parsed.address;
}

function hasScheme<S extends AddressScheme>(address: Address, scheme: S): address is AddressOf<S> {
  return address.scheme === scheme;
}

function badAddress(text: string, reason: string): TransportError {
  return new TransportError('bad-address', text, { message: `bad address ${text}: ${reason}` });
}

function parseHost(rest: string, scheme: 'tcp' | 'tls'): ParsedAddress {
  const end = parseHostPort(rest, scheme);
  return typeof end === 'string' ? bad(end) : { ok: true, address: { scheme, ...end } };
}

function parseUnix(path: string): ParsedAddress {
  if (!path.startsWith('/')) return bad('expected unix:///absolute/path');
  if (path.endsWith('/')) return bad('the path must name a file, not a directory');
  if (path.includes('\0')) return bad('the path must not contain a zero byte');
  const bytes = Buffer.byteLength(path);
  if (bytes > SOCKET_PATH_BYTES_MAX) {
    const limit = `at most ${SOCKET_PATH_BYTES_MAX} are possible; choose a shorter directory`;
    return bad(`the socket path has ${bytes} bytes, ${limit}`);
  }
  return { ok: true, address: { scheme: 'unix', path } };
}

function bad(reason: string): ParsedAddress {
  return { ok: false, reason };
}
