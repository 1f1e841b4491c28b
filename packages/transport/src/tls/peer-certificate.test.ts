import { describe, expect, it } from 'vitest';

import { identityUri, parseIdentity } from './identity.js';
import { alternativeNames } from './peer-certificate.js';

describe('names of a certificate', () => {
  it('are read one by one, also those with commas', () => {
    expect(
      alternativeNames('URI:a://b/c, DNS:localhost, URI:"x, DNS:evil", IP Address:::1'),
    ).toEqual([
      { kind: 'URI', value: 'a://b/c' },
      { kind: 'DNS', value: 'localhost' },
      { kind: 'URI', value: 'x, DNS:evil' },
      { kind: 'IP Address', value: '::1' },
    ]);
    expect(alternativeNames(undefined)).toEqual([]);
  });

  it('that are not quoted as they must be are none', () => {
    expect(alternativeNames('URI:"unfinished, DNS:localhost')).toEqual([
      { kind: 'DNS', value: 'localhost' },
    ]);
    expect(alternativeNames('URI:"\\x", DNS:localhost')).toEqual([
      { kind: 'DNS', value: 'localhost' },
    ]);
  });
});

describe('an identity', () => {
  it.each([
    { role: 'node', domain: 'shop', name: 'n1' },
    { role: 'client', domain: 'a/b', name: 'über' },
    { role: 'name-server', domain: 'x'.repeat(255) },
  ] as const)('%j survives writing', (identity) => {
    expect(parseIdentity(identityUri(identity))).toEqual(identity);
  });

  it.each([
    'https://shop/node/n1',
    'group-services://shop/node',
    'group-services://shop/node/n1/more',
    'group-services:///node/n1',
    'group-services://shop/node/',
    'group-services://shop/name-server/x',
    'group-services://shop/authority',
    'group-services://shop/node/%zz',
  ])('is not %s', (uri) => {
    expect(parseIdentity(uri)).toBeUndefined();
  });
});
