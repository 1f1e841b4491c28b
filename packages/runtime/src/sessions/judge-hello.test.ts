import type { NodeName } from '@group-services/core';
import type { Link } from '@group-services/transport';
import { agreeOnWire, type Hello, MAGIC, wireOffer } from '@group-services/wire';
import { describe, expect, it } from 'vitest';
import { judgeHello, type Reception } from './judge-hello.js';

const hello: Hello = {
  kind: 'hello',
  magic: MAGIC,
  role: 'daemon',
  domain: 'shop',
  node: 'n1' as NodeName,
  ...wireOffer(),
};
const daemons: Reception = {
  itself: 'this name server',
  domain: 'shop',
  role: 'daemon',
  serves: 'a name server serves daemons only',
};
const processes: Reception = {
  itself: 'this daemon',
  domain: 'shop',
  role: 'client',
  serves: 'this socket serves client processes',
};

/** A link whose other end has shown the certificate of a node of the domain, if any. */
function linkOf(name: string | undefined): Link {
  const identities = [{ role: 'node', domain: 'shop', name }];
  const peer = name === undefined ? undefined : { subject: 'CN=x', identities };
  return { remote: 'tls://10.0.0.1:1', peer } as unknown as Link;
}

describe('a HELLO', () => {
  it('is taken with the highest wire version and minor of both (B10)', () => {
    const agreed = agreeOnWire(wireOffer(), wireOffer());
    for (const link of [linkOf(undefined), linkOf('n1')]) {
      expect(judgeHello(hello, link, daemons)).toEqual({ kind: 'taken', agreed });
    }
    const old = { wire: 1, minor: 0, features: new Set() };
    const withheld = { ...daemons, offer: wireOffer(0) };
    expect(judgeHello(hello, linkOf(undefined), withheld)).toMatchObject({ agreed: old });
    const before = { ...hello, ...wireOffer(0) };
    expect(judgeHello(before, linkOf(undefined), daemons)).toMatchObject({ agreed: old });
  });

  it.each([
    ['of another role', { role: 'client' as const }, 'role', 'serves daemons only'],
    ['of another domain', { domain: 'toys' }, 'domain', 'this name server belongs to domain shop'],
    ['of another time', { wire: { min: 90, max: 91 } }, 'wire-version', 'this name server speaks'],
    [
      'of another time',
      { wire: { min: 90, max: 91 } },
      'wire-version',
      'node n1 90 to 91.0; upgrade',
    ],
  ])('%s is refused', (_, other, code, text) => {
    expect(judgeHello({ ...hello, ...other }, linkOf(undefined), daemons)).toMatchObject({
      kind: 'refuse',
      code,
      text: expect.stringContaining(text),
    });
  });

  it('is refused before anything else is said when its certificate is that of another node', () => {
    const strange = { ...hello, domain: 'shop', wire: { min: 90, max: 91 } };
    expect(judgeHello(strange, linkOf('n2'), daemons)).toMatchObject({
      code: 'NOT_AUTHORIZED',
      text: expect.stringContaining('node n2 of domain shop, not for node n1'),
    });
  });

  it('of a process may leave the domain to its daemon, that of a daemon may not', () => {
    const any = { ...hello, domain: '*' };
    const process = { ...any, role: 'client' as const };
    expect(judgeHello(process, linkOf(undefined), processes).kind).toBe('taken');
    expect(judgeHello(any, linkOf(undefined), daemons)).toMatchObject({ code: 'domain' });
  });
});
