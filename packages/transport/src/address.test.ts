import { describe, expect, it } from 'vitest';

import { type AddressFormat, addressFormat, schemeOf } from './address.js';
import { hostAddress, tcpAddresses, tlsAddresses } from './host-address.js';
import { memoryAddresses } from './memory.js';
import { udpAddresses } from './udp-address.js';
import { SOCKET_PATH_BYTES_MAX, unixAddresses } from './unix-address.js';

const kinds: readonly AddressFormat<object>[] = [
  tcpAddresses,
  tlsAddresses,
  udpAddresses,
  unixAddresses,
  memoryAddresses,
];

/** That of its scheme; TCP's for what has none. */
function kindOf(text: string): AddressFormat<object> {
  return kinds.find(({ scheme }) => scheme === schemeOf(text)) ?? tcpAddresses;
}

describe('an address', () => {
  it.each([
    ['tcp://127.0.0.1:7400', { host: '127.0.0.1', port: 7400 }],
    ['tcp://node-1.example:0', { host: 'node-1.example', port: 0 }],
    ['tcp://[::1]:65535', { host: '::1', port: 65_535 }],
    ['tcp://[fe80::1%eth0]:1', { host: 'fe80::1%eth0', port: 1 }],
    ['udp://127.0.0.1:7401', { scheme: 'udp', host: '127.0.0.1', port: 7401 }],
    [
      'udp://10.0.0.1:7401?multicast=239.1.2.3:7402&interface=10.0.0.1&ttl=2&datagram=1200',
      {
        scheme: 'udp',
        host: '10.0.0.1',
        port: 7401,
        multicast: { host: '239.1.2.3', port: 7402 },
        networkInterface: '10.0.0.1',
        ttl: 2,
        datagramBytes: 1200,
      },
    ],
    ['unix:///run/gs/gsd.sock', { path: '/run/gs/gsd.sock' }],
    ['memory://n1', { name: 'n1' }],
    ['tls://h:1', { host: 'h', port: 1 }],
  ])('is taken apart: %s', (text, parts) => {
    const kind = kindOf(text);
    expect(kind.partsOf(text)).toEqual(parts);
    expect(kind.addressProblem(text)).toBeUndefined();
  });

  it.each([
    ['', /expected tcp/u],
    ['127.0.0.1:7400', /expected tcp/u],
    ['http://127.0.0.1:7400', /expected tcp/u],
    ['tcp://127.0.0.1', /host:port/u],
    ['tcp://:7400', /host:port/u],
    ['tcp://::1:7400', /brackets/u],
    ['tcp://h:7400/path', /host:port/u],
    ['tcp://h:65536', /at most 65535/u],
    ['udp://127.0.0.1', /host:port/u],
    ['udp://h:1?multicast=10.0.0.1:7402', /no multicast address/u],
    ['udp://h:1?multicast=224.0.0.5:7402', /network's own/u],
    ['udp://h:1?multicast=239.1.2.3', /multicast=239/u],
    ['udp://h:1?multicast=239.1.2.3:7402&ttl=256', /ttl must/u],
    ['udp://h:1?ttl=1', /need multicast/u],
    ['udp://h:1?multicast=239.1.2.3:7402&interface=eth0', /IPv4 address/u],
    ['udp://h:1?datagram=100', /datagram must/u],
    ['udp://h:1?colour=red', /unknown colour=red/u],
    ['udp://h:1?datagram=600&datagram=700', /twice/u],
    ['unix://relative.sock', /absolute/u],
    ['unix:///run/', /file/u],
    ['unix:///a\0b', /zero byte/u],
    ['memory://', /name/u],
    ['tls://h', /tls:\/\/host:port/u],
  ])('is refused with what is wrong: %j', (text, reason) => {
    const kind = kindOf(text);
    expect(kind.addressProblem(text)).toMatch(reason);
    const badAddress = {
      code: 'bad-address',
      address: text,
      message: expect.stringMatching(reason),
    };
    expect(() => kind.partsOf(text)).toThrow(expect.objectContaining(badAddress));
  });

  it('knows how long a socket path may be, in bytes', () => {
    const path = `/${'ä'.repeat((SOCKET_PATH_BYTES_MAX - 1) / 2)}`;
    expect(unixAddresses.addressProblem(`unix://${path}`)).toBeUndefined();
    expect(unixAddresses.addressProblem(`unix://${path}x`)).toMatch(/108 bytes, at most 107/u);
  });
});

it('of another scheme is no business of a transport', () => {
  for (const kind of kinds) {
    expect(kind.addressProblem('other://x')).toBe(`expected ${kind.addressForm}`);
  }
});

it('may be of any scheme that somebody brings', () => {
  const web = addressFormat('ws://host:port/path', (rest) =>
    rest.endsWith('/') ? 'a path must follow' : { url: rest },
  );
  expect(web.scheme).toBe('ws');
  expect(web.partsOf('ws://h:1/x')).toEqual({ url: 'h:1/x' });
  expect(web.addressProblem('ws://h:1/')).toBe('a path must follow');
});

it('writes an IPv6 host in brackets', () => {
  expect(hostAddress('tcp', { host: '::1', port: 7 })).toBe('tcp://[::1]:7');
  expect(hostAddress('tcp', { host: '10.0.0.1', port: 7 })).toBe('tcp://10.0.0.1:7');
});
