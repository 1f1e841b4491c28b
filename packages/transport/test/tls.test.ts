import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { revocationList } from '@group-services/certificates';
import { expect, it, onTestFinished } from 'vitest';

import { Recorder } from '../src/compliance/harness.js';
import type { Link, ListenOptions, TransportError } from '../src/index.js';
import { type TlsCredentials, type TlsTransportOptions, tls } from '../src/tls.js';
import { CLIENT, NODE, testAuthority } from './certificates.js';

const shop = await testAuthority();
const node = await shop.issue(NODE);
const client = await shop.issue(CLIENT);
const LAST = { head: Buffer.from('go away') };

/** Listens, and tells whom it refused and why. */
async function listening(credentials: TlsCredentials = node, options: ListenOptions = {}) {
  const refused: TransportError[] = [];
  const links: Link[] = [];
  const events = new Recorder();
  const transport = tls({ credentials });
  const onRefused = (_remote: string, error: TransportError) => {
    refused.push(error);
    return LAST;
  };
  const accept = (link: Link) => {
    links.push(link);
    return events;
  };
  const listener = await transport.listen('tls://127.0.0.1:0', accept, { onRefused, ...options });
  onTestFinished(() => listener.close());
  return { transport, address: listener.address, refused, links, events };
}

async function dialling(address: string, options: TlsTransportOptions) {
  const events = new Recorder();
  const link = await tls(options).dial(address, events);
  onTestFinished(() => link.abort());
  return { link, events };
}

it('says at both ends whom the other certificate stands for', async () => {
  const { address, links } = await listening();
  const { link } = await dialling(address, { credentials: client });
  await expect.poll(() => links.length).toBe(1);
  expect(links[0]?.peer?.identities).toEqual([{ role: 'client', domain: 'shop', name: 'billing' }]);
  expect(link.peer?.identities).toEqual([{ role: 'node', domain: 'shop', name: 'n1' }]);
});

it('lets only those in without a certificate whom it has not asked for one', async () => {
  const strict = await listening();
  const { ca } = node;
  const refused = await dialling(strict.address, { credentials: { ca } });
  await refused.events.framesReach(1);
  expect(Buffer.from(refused.events.frames[0] ?? '').toString()).toBe('go away');
  expect(strict.refused.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^tls:\/\/127\.0\.0\.1:\d+ showed no certificate/u),
  ]);
  expect(strict.links).toEqual([]);
  const open = await listening(node, { peerCertificate: 'requested' });
  const { link } = await dialling(open.address, { credentials: { ca } });
  link.send({ head: Buffer.from([1]) });
  await open.events.framesReach(1);
  expect(open.links[0]?.peer).toBeUndefined();
});

const day = 24 * 60 * 60 * 1000;
const other = await testAuthority('other');
const bad: [string, TlsCredentials, RegExp][] = [
  ['another authority', { ...(await other.issue(NODE)), ca: node.ca }, /authority/u],
  [
    'an expired one',
    await shop.issue(NODE, { validUntil: new Date(Date.now() - 60_000) }),
    /expired/u,
  ],
  [
    'one of the future',
    await shop.issue(NODE, { validFrom: new Date(Date.now() + day) }),
    /not valid yet/u,
  ],
];

it.each(bad)('refuses %s, whichever side shows it', async (_what, credentials, why) => {
  const good = await listening();
  const { events } = await dialling(good.address, { credentials });
  await events.framesReach(1);
  expect(good.refused[0]).toMatchObject({ code: 'untrusted', message: expect.stringMatching(why) });
  expect(good.links).toEqual([]);
  const { address } = await listening(credentials);
  await expect(dialling(address, { credentials: client })).rejects.toMatchObject({
    code: 'untrusted',
    message: expect.stringMatching(why),
  });
});

it('refuses what has been revoked, from the moment on that it knows', async () => {
  const { transport, address, refused, links } = await listening();
  const crl = await revocationList(shop.authority, [client.cert]);
  await dialling(address, { credentials: client });
  await expect.poll(() => links.length).toBe(1);
  transport.renew({ ...node, crl });
  const late = await dialling(address, { credentials: client });
  await late.events.framesReach(1);
  expect(refused[0]?.message).toMatch(/has been revoked/u);
  // Who was in before lives on, and so does everybody else.
  links[0]?.send(LAST);
  await dialling(address, { credentials: node });
  await expect.poll(() => links.length).toBe(2);
});

it('does not take a client for a server', async () => {
  const { address } = await listening(client);
  await expect(dialling(address, { credentials: node })).rejects.toMatchObject({
    message: expect.stringMatching(/issued for something else/u),
  });
});

it('wants the certificate of the host that it dials, unless somebody else looks at it', async () => {
  const { address } = await listening();
  const options = { credentials: client, serverName: 'elsewhere' };
  await expect(dialling(address, options)).rejects.toMatchObject({
    message: expect.stringMatching(/not for this address/u),
  });
  await dialling(address, { ...options, dialled: 'authority' });
});

it('says that somebody speaks no TLS, or none that is good enough', async () => {
  const { address, refused } = await listening();
  const { port } = new URL(address);
  const plain = connect(Number(port), '127.0.0.1').on('error', () => {});
  plain.write('GET / HTTP/1.1\r\n\r\n');
  await expect.poll(() => refused.length).toBe(1);
  expect(refused[0]?.message).toMatch(/does not speak TLS/u);
  const old = connectTls({
    ...node,
    port: Number(port),
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  }).on('error', () => {});
  onTestFinished(() => void old.destroy());
  await expect.poll(() => refused.length).toBe(2);
  expect(refused[1]?.message).toMatch(/no version of TLS from 1\.2 on/u);
});

it('keeps what is in force when the new cannot be used', async () => {
  const { transport, address } = await listening();
  expect(() => transport.renew({ ...node, key: client.key })).toThrow(
    /the key: it does not belong/u,
  );
  expect(() => transport.renew({ ...node, ca: 'nothing' })).toThrow(/the authority: there is no/u);
  await dialling(address, { credentials: client });
});
