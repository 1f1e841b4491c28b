import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';

import * as surface from './index.js';
import { issueCertificate, makeAuthority } from './index.js';

it('exports exactly these names', () => {
  expect(Object.keys(surface).sort()).toMatchInlineSnapshot(`
    [
      "issueCertificate",
      "makeAuthority",
      "revocationList",
    ]
  `);
});

it('makes certificates that another library finds in order', async () => {
  const authority = await makeAuthority('shop');
  const node = await issueCertificate(authority, {
    uri: 'group-services://shop/node/n1',
    subject: { domain: 'shop', role: 'node', name: 'n1' },
    serves: true,
    hosts: ['n1.example', '10.0.0.1'],
  });
  const root = new X509Certificate(authority.certificate);
  const read = new X509Certificate(node.certificate);
  expect([root.ca, read.ca]).toEqual([true, false]);
  expect(read.checkIssued(root)).toBe(true);
  expect(read.verify(root.publicKey)).toBe(true);
  expect(read.checkHost('n1.example')).toBe('n1.example');
  expect(read.checkIP('10.0.0.1')).toBe('10.0.0.1');
  expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(read.subjectAltName).toContain('URI:group-services://shop/node/n1');
  expect(read.subject.split('\n')).toEqual(['O=shop', 'OU=node', 'CN=n1']);
  expect(read.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
});
