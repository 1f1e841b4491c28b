import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Link } from '@group-services/transport';
import { type Hello, MAGIC, WIRE_VERSION } from '@group-services/wire';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';

import { ByteRates } from './byte-rate.js';
import { Limits } from './limits.js';
import { readPermissions } from './permission-file.js';
import { identify } from './principals.js';
import { Tokens } from './tokens.js';

const folder = mkdtempSync(join(tmpdir(), 'gs-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string, mode = 0o600): string {
  const path = join(folder, 'file.yaml');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

function tokensOf(text: string, mode?: number, warnings: string[] = []): Tokens {
  return Tokens.read(file(text, mode), (warning) => warnings.push(warning));
}

describe('the file of permissions', () => {
  it('is read as it is written', () => {
    const path = file(
      "- { principals: [billing-*], groups: [billing, 'billing.*'], allow: [subscribe, send] }\n- { principals: ['*'], allow: [] }\n",
    );
    expect(readPermissions(path)).toEqual({
      file: path,
      rules: [
        {
          principals: ['billing-*'],
          groups: ['billing', 'billing.*'],
          allow: ['subscribe', 'send'],
        },
        { principals: ['*'], groups: ['*'], allow: [] },
      ],
    });
    expect(readPermissions(file('')).rules).toEqual([]);
  });

  it.each([
    ['- { principals: [a], allow: [sned] }', /file\.yaml:1: allow: .*"send"/u],
    ['\n- { principals: [], allow: [] }', /file\.yaml:2: principals/u],
    ['- { allow: [] }', /file\.yaml:1: principals/u],
    ['- { principals: [a], allow: [], deny: [] }', /file\.yaml:1: .*deny/u],
    ['principals: [a]', /file\.yaml:1: .*array/u],
    ['- [', /file\.yaml:\d+: not YAML/u],
    ['['.repeat(10_000), /nested deeper/u],
    ['- &a { principals: [x], allow: [] }\n- *a', /alias/iu],
  ])('tells the line of a mistake in %j', (text, why) => {
    expect(() => readPermissions(file(text))).toThrow(why);
  });
});

describe('the file of tokens', () => {
  const tokens = () =>
    tokensOf(
      `- { token-sha256: "${hashOf('good')}", principal: billing }\n` +
        `- { token-sha256: "${hashOf('old')}", principal: billing, expires: 2020-01-01T00:00:00Z }\n` +
        `- { token-sha256: "${hashOf('later')}", principal: ops, expires: "2999-01-01" }\n`,
    );

  it('tells whose a token is, and whether it still is one', () => {
    expect(tokens().find('good')).toMatchObject({ principal: 'billing' });
    expect(tokens().find('later')).toMatchObject({ principal: 'ops' });
    expect(tokens().find('old')).toBe('expired');
    for (const wrong of ['', 'goo', 'goodd', hashOf('good')]) {
      expect(tokens().find(wrong)).toBeUndefined();
    }
    const good = { principal: 'billing', hash: hashOf('good') };
    expect(tokens().holds(good)).toBe(true);
    expect(tokens().holds({ ...good, principal: 'ops' })).toBe(false);
    expect(tokensOf('').holds(good)).toBe(false);
  });

  it('is refused when others may write it, and warned about when all may read it', () => {
    const warnings: string[] = [];
    expect(() => tokensOf('', 0o620)).toThrow(/others than its owner may write .*mode 0620/u);
    tokensOf('', 0o644, warnings);
    expect(warnings).toEqual([expect.stringMatching(/everybody may read .*chmod 0600/u)]);
  });

  it.each([
    [`- { token-sha256: "12", principal: a }`, /file\.yaml:1: token-sha256: expected 64/u],
    [`- { token-sha256: "${hashOf('x')}", principal: "a b" }`, /principal: 1 to 64/u],
    [
      `- { token-sha256: "${hashOf('x')}", principal: a, expires: soon }`,
      /expires: expected a date/u,
    ],
  ])('tells what is wrong with %s', (text, why) => {
    expect(() => tokensOf(text)).toThrow(why);
  });
});

describe('the file of limits', () => {
  const read = (text: string) => Limits.read(file(text), (pattern, name) => pattern === name);

  it('says what a principal may have; others have the default, but for those of this host', () => {
    const limits = read(
      'handshakes-per-second: 5\nprincipals:\n  - { principals: [billing], memberships: 7, bytes-per-second: 1000 }\n',
    );
    expect(limits.handshakesPerSecond).toBe(5);
    const { openProposals } = limits.of('billing');
    expect(limits.of('billing')).toEqual({
      connections: 64,
      memberships: 7,
      openProposals,
      bytesPerSecond: 1000,
    });
    expect(limits.of('other').connections).toBe(64);
    expect(limits.of('local').connections).toBeUndefined();
    expect(read('').of('other').connections).toBe(64);
  });

  it.each([
    ['handshakes-per-second: 0', /file\.yaml:1: handshakes-per-second/u],
    ['principals:\n  - { principals: [a], conections: 1 }', /file\.yaml:2: .*conections/u],
  ])('tells the line of a mistake in %j', (text, why) => {
    expect(() => read(text)).toThrow(why);
  });
});

it('a link that brings more than its principal may send is not read for a while', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const told: string[] = [];
  const link = { pause: () => told.push('pause'), resume: () => told.push('resume') };
  const rates = new ByteRates(() => performance.now());
  const count = (bytes: number) => rates.count('billing', 1000, bytes, link as unknown as Link);
  count(900);
  expect(told).toEqual([]);
  count(600);
  expect(told).toEqual(['pause']);
  vi.advanceTimersByTime(490);
  expect(told).toEqual(['pause']);
  vi.advanceTimersByTime(20);
  expect(told).toEqual(['pause', 'resume']);
});

describe('a process is', () => {
  const tokens = tokensOf(`- { token-sha256: "${hashOf('good')}", principal: billing }`);
  const hello = (token?: string): Hello => ({
    kind: 'hello',
    magic: MAGIC,
    role: 'client',
    wire: { ...WIRE_VERSION },
    domain: '*',
    features: [],
    ...(token !== undefined && { auth: { scheme: 'token', data: token } }),
  });
  const who = (remote: string, token?: string, more: Partial<Link> & { tokens?: Tokens } = {}) => {
    const { tokens: given, ...link } = { tokens, ...more };
    const privacies = { unix: 'host', tls: 'encrypted', wss: 'encrypted' } as const;
    const way = remote.split(':')[0] ?? '';
    const found = identify({ remote, ...link } as Link, hello(token), {
      domain: 'shop',
      tokens: given,
      privacy: Object.entries(privacies).find(([scheme]) => scheme === way)?.[1],
    });
    return found.ok ? found.principal.name : found.text;
  };
  const peer = (role: 'client' | 'node', domain: string) => ({
    peer: { identities: [{ role, domain, name: 'ann' } as const], subject: '' },
  });

  it.each([
    ['unix:///s#1', undefined, 'local'],
    ['unix:///s#1', 'good', 'billing'],
    ['unix:///s#1', 'bad', /not known here/u],
    ['tcp://127.0.0.1:1', 'good', 'billing'],
    ['tcp://[::1]:1', 'good', 'billing'],
    ['tcp://127.0.0.1:1', undefined, /give a token/u],
    ['tcp://10.0.0.1:1', 'good', /can be read on its way/u],
    ['tls://10.0.0.1:1', 'good', 'billing'],
    ['ws://127.0.0.1:1', undefined, /give a token/u],
    ['ws://127.0.0.1:1', 'good', 'billing'],
    ['ws://10.0.0.1:1', 'good', /a token over ws:\/\/ can be read on its way/u],
    ['wss://10.0.0.1:1', 'good', 'billing'],
    ['wss://10.0.0.1:1', undefined, /give a token/u],
    ['tls://10.0.0.1:1', undefined, /give a client certificate or a token/u],
  ])('from %s with token %s: %s', (remote, token, name) => {
    const found = who(remote, token);
    if (typeof name === 'string') expect(found).toBe(name);
    else expect(found).toMatch(name);
  });

  it('anonymous over TCP, where nothing is asked for', () => {
    expect(
      identify({ remote: 'tcp://10.0.0.1:1' } as Link, hello(), {
        domain: 'shop',
        tokens: undefined,
        privacy: undefined,
      }),
    ).toMatchObject({ principal: { name: 'anonymous' } });
  });

  it('the one of its certificate, if that is a client of this domain', () => {
    expect(who('tls://10.0.0.1:1', undefined, peer('client', 'shop'))).toBe('ann');
    expect(who('tls://10.0.0.1:1', undefined, peer('client', 'other'))).toMatch(
      /stands for client ann of domain other, not for a client of domain shop/u,
    );
    expect(who('tls://10.0.0.1:1', undefined, peer('node', 'shop'))).toMatch(/node ann/u);
    expect(who('tls://10.0.0.1:1', 'good', peer('client', 'shop'))).toBe('billing');
  });
});
