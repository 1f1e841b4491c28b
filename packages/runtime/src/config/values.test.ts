import {
  addressFormat,
  tcpAddresses,
  udpAddresses,
  unixAddresses,
} from '@group-services/transport';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';

import {
  address,
  choice,
  count,
  duration,
  durationText,
  flag,
  httpAddress,
  size,
  sizeText,
  text,
} from './values.js';

/** The value, or the message when there is none. */
function read(schema: z.ZodType<unknown, string>, written: string): unknown {
  const result = schema.safeParse(written);
  return result.success ? result.data : (result.error.issues[0]?.message ?? 'no message');
}

describe('values', () => {
  it.each([
    ['250ms', 250],
    ['3s', 3000],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    [' 1s ', 1000],
  ])('reads %j as a duration', (written, ms) => {
    expect(read(duration(), written)).toBe(ms);
  });

  it.each(['', '3', '0s', '-1s', '3 s', '1d', '0.5ms', 'fast', '1e3s', '99999999999999s'])(
    'refuses %j as a duration',
    (written) => {
      expect(read(duration(), written)).toBe(
        `expected a duration such as 250ms, 3s or 2m, found ${JSON.stringify(written)}`,
      );
    },
  );

  it('reads sizes', () => {
    expect(read(size(), '8MiB')).toBe(8 * 1024 * 1024);
    expect(read(size(), '64KiB')).toBe(65_536);
    expect(read(size(), '512B')).toBe(512);
    expect(read(size(), '1.5KiB')).toBe(1536);
    for (const written of ['8MB', '8', '8mib', '0B', '1.0001KiB']) {
      expect(read(size(), written)).toMatch(/expected a size such as 64KiB or 8MiB/u);
    }
  });

  it('says the limits that a value breaks', () => {
    const limited = duration({ min: 10, max: 60_000 });
    expect(read(limited, '10ms')).toBe(10);
    expect(read(limited, '9ms')).toMatch(/from 10ms to 60s, found "9ms"/u);
    expect(read(size({ max: 1024 }), '1KiB')).toBe(1024);
    expect(read(size({ max: 1024 }), '2KiB')).toMatch(/of at most 1KiB/u);
    expect(read(duration({ min: 0 }), '0s')).toBe(0);
    expect(read(count({ min: 1 }), '0')).toMatch(/a whole number of at least 1, found "0"/u);
  });

  it.each([
    [durationText, duration({ min: 0 }), { 0: '0ms', 250: '250ms', 1500: '1500ms', 10000: '10s' }],
    [sizeText, size(), { 512: '512B', 1536: '1536B', 65536: '64KiB', 4194304: '4MiB' }],
  ])('writes what it reads', (write, schema, texts) => {
    for (const [value, text] of Object.entries(texts)) {
      expect(write(Number(value))).toBe(text);
      expect(read(schema, text)).toBe(Number(value));
    }
  });

  it('reads whole numbers', () => {
    expect(read(count(), '64')).toBe(64);
    for (const written of ['', '1.5', '0x10', '1e3', 'x', '9'.repeat(16)]) {
      expect(read(count(), written)).toMatch(/expected a whole number/u);
    }
  });

  it('reads addresses of the allowed schemes', () => {
    const schema = address([tcpAddresses, unixAddresses]);
    expect(read(schema, 'tcp://127.0.0.1:0')).toBe('tcp://127.0.0.1:0');
    expect(read(schema, 'unix:///run/a.sock')).toBe('unix:///run/a.sock');
    expect(read(schema, 'memory://a')).toBe(
      'expected tcp://host:port or unix:///path, found "memory://a"',
    );
    expect(read(schema, 'udp://127.0.0.1:7400')).toBe(
      'expected tcp://host:port or unix:///path, found "udp://127.0.0.1:7400" (udp carries only what daemons say to each other)',
    );
    expect(read(address([tcpAddresses, udpAddresses]), 'udp://127.0.0.1:0')).toBe(
      'udp://127.0.0.1:0',
    );
    expect(read(schema, 'tcp://h:70000')).toMatch(/at most 65535/u);
    expect(read(schema, 'tcp://h:70000')).toMatch(/at most 65535/u);
    const web = addressFormat('ws://host:port', (rest) => (rest === '' ? 'no host' : { rest }));
    expect(read(address([tcpAddresses, web]), 'ws://h:1')).toBe('ws://h:1');
    expect(read(address([tcpAddresses, web]), 'ws://')).toBe(
      'expected tcp://host:port or ws://host:port, found "ws://" (no host)',
    );
    expect(read(httpAddress(), 'http://127.0.0.1:7490')).toBe('http://127.0.0.1:7490');
    for (const written of ['127.0.0.1:7490', 'http://a:1/x', 'http://a', 'http://[:1']) {
      expect(read(httpAddress(), written)).toMatch(/expected http:\/\/host:port/u);
    }
  });

  it('reads words, switches and texts', () => {
    const words = choice(['sync', 'convert']);
    expect(read(words, 'sync')).toBe('sync');
    expect(read(words, 'Sync')).toBe('expected "sync" or "convert", found "Sync"');
    expect([read(flag(), 'true'), read(flag(), '0')]).toEqual([true, false]);
    expect(read(flag(), 'yes')).toMatch(/true or false/u);
    const name = text('a name of letters', (value) => /^[a-z]+$/u.test(value));
    expect(read(name, 'n1')).toBe('expected a name of letters, found "n1"');
  });
});
