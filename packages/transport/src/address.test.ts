import { describe, expect, it } from 'vitest';

import { parseAddress, requireAddress, SOCKET_PATH_BYTES_MAX, tcpAddress } from './address.js';

describe('parseAddress', () => {
  it.each([
    ['tcp://127.0.0.1:7400', { scheme: 'tcp', host: '127.0.0.1', port: 7400 }],
    ['tcp://node-1.example:0', { scheme: 'tcp', host: 'node-1.example', port: 0 }],
    ['tcp://[::1]:65535', { scheme: 'tcp', host: '::1', port: 65_535 }],
    ['tcp://[fe80::1%eth0]:1', { scheme: 'tcp', host: 'fe80::1%eth0', port: 1 }],
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
    ['unix:///run/gs/gsd.sock', { scheme: 'unix', path: '/run/gs/gsd.sock' }],
    ['memory://n1', { scheme: 'memory', name: 'n1' }],
  ])('understands %s', (text, address) => {
    expect(parseAddress(text)).toEqual({ ok: true, address });
  });

  it.each([
    ['', /expected tcp/u],
    ['127.0.0.1:7400', /expected tcp/u],
    ['http://127.0.0.1:7400', /unknown scheme http/u],
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
  ])('says what is wrong with %j', (text, reason) => {
    expect(parseAddress(text)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  it('knows how long a socket path may be, in bytes', () => {
    const path = `/${'ä'.repeat((SOCKET_PATH_BYTES_MAX - 1) / 2)}`;
    expect(parseAddress(`unix://${path}`).ok).toBe(true);
    expect(parseAddress(`unix://${path}x`)).toEqual({
      ok: false,
      reason: expect.stringMatching(/108 bytes, at most 107/u),
    });
  });
});

describe('requireAddress', () => {
  it('refuses another scheme', () => {
    expect(() => requireAddress('unix:///a', 'tcp')).toThrow(
      expect.objectContaining({ code: 'bad-address', address: 'unix:///a' }),
    );
  });
});

it('writes an IPv6 host in brackets', () => {
  expect(tcpAddress('::1', 7)).toBe('tcp://[::1]:7');
  expect(tcpAddress('10.0.0.1', 7)).toBe('tcp://10.0.0.1:7');
});
