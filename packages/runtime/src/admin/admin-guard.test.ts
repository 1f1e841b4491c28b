import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueCertificate, makeAuthority } from '@group-services/certificates';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';

import { startAdminServer } from '../admin-server.js';
import { createLogger } from '../logger.js';
import { TlsFiles } from '../security/tls-files.js';
import type { AdminAccess } from './admin-guard.js';

const logger = createLogger({ name: 'gsx', pretty: false, destination: { write: () => {} } });
const TOKEN = 'the-token-of-operators';

const folder = mkdtempSync(join(tmpdir(), 'gs-admin-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function serving(access: Partial<AdminAccess> = {}, scheme = 'http', tls?: TlsFiles) {
  const server = await startAdminServer({
    listen: `${scheme}://127.0.0.1:0`,
    readiness: () => ({ ready: true, missing: [] }),
    routes: { '/api/status': () => ({ fine: true }) },
    logger,
    tls,
    access: { token: () => undefined, mayOperate: () => true, domain: 'shop', ...access },
  });
  onTestFinished(() => server.close());
  return server.address;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** With headers that fetch does not let anybody set. */
function ask(base: string, path: string, options: Readonly<Record<string, unknown>> = {}) {
  const send = base.startsWith('https') ? httpsRequest : httpRequest;
  return new Promise<Answer>((resolve, reject) => {
    const asked = send(`${base}${path}`, { agent: false, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body }),
      );
    });
    asked.on('error', reject).end();
  });
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('on loopback without a token', () => {
  it('answers whoever is on this host, with headers for pages', async () => {
    const { status, headers } = await ask(await serving(), '/api/status');
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  });

  it.each([
    ['a name that was made to stand for this address', { host: 'evil.example' }, /evil\.example/u],
    ['a page of another site', { origin: 'https://evil.example' }, /evil\.example/u],
    ['a page without an origin', { origin: 'null' }, /null/u],
    ['a request within another site', { 'sec-fetch-site': 'cross-site' }, /other sites/u],
  ])('does not answer %s', async (_what, headers, why) => {
    const { status, body } = await ask(await serving(), '/api/status', { headers });
    expect(status).toBe(403);
    expect(body).toMatch(why);
  });

  it('answers its own pages, and links to it', async () => {
    const base = await serving();
    const own = { 'sec-fetch-site': 'same-origin', origin: base };
    expect((await ask(base, '/api/status', { headers: own })).status).toBe(200);
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await ask(base, '/api/status', { headers: link })).status).toBe(200);
  });

  it('changes nothing by whatever method', async () => {
    const base = await serving();
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      expect((await ask(base, '/api/status', { method })).status).toBe(405);
    }
  });
});

describe('with a token', () => {
  it('answers who has it, and everybody who asks whether it lives', async () => {
    const base = await serving({ token: () => TOKEN });
    const none = await ask(base, '/api/status');
    expect(none).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect((await ask(base, '/api/status', bearer(TOKEN.slice(1)))).status).toBe(401);
    expect((await ask(base, '/api/status', bearer(TOKEN))).status).toBe(200);
    expect((await ask(base, '/healthz')).status).toBe(200);
  });

  it('answers no page of somebody else, whatever it has', async () => {
    const base = await serving({ token: () => TOKEN });
    const { authorization } = bearer(TOKEN).headers;
    for (const foreign of [{ host: 'evil.example' }, { origin: 'https://evil.example' }]) {
      const { status, body } = await ask(base, '/api/status', {
        headers: { authorization, ...foreign },
      });
      expect(status).toBe(403);
      expect(body).toContain('evil.example');
    }
    const named = { headers: { authorization, host: 'localhost:7491' } };
    expect((await ask(base, '/api/status', named)).status).toBe(200);
  });

  it('takes the token of a principal who may operate', async () => {
    const principalOf = (token: string) => ({ one: 'ops', two: 'billing' })[token];
    const mayOperate = (principal: string) => principal === 'ops';
    const base = await serving({ token: () => TOKEN, principalOf, mayOperate });
    expect((await ask(base, '/api/status', bearer('one'))).status).toBe(200);
    const refused = await ask(base, '/api/status', bearer('two'));
    expect(refused).toMatchObject({ status: 403, body: expect.stringContaining('billing') });
  });

  it('does not listen to who guesses', async () => {
    const base = await serving({ token: () => TOKEN });
    for (let guess = 0; guess < 10; guess += 1) {
      expect((await ask(base, '/api/status', bearer(`guess-${guess}`))).status).toBe(401);
    }
    const late = await ask(base, '/api/status', bearer(TOKEN));
    expect(late).toMatchObject({ status: 429, body: expect.stringMatching(/wait \d+ s/u) });
  });
});

it('over https takes the certificate of a client, and of nobody else', async () => {
  const authority = await makeAuthority('shop');
  const issue = async (role: string, serves: boolean) => {
    const { certificate: cert, key } = await issueCertificate(authority, {
      uri: `group-services://shop/${role}/ann`,
      subject: { domain: 'shop', role, name: 'ann' },
      serves,
    });
    return { cert, key, ca: authority.certificate };
  };
  const own = await issue('node', true);
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const files = TlsFiles.open(
    {
      tlsCert: write('own.crt', own.cert),
      tlsKey: write('own.key', own.key),
      tlsCa: write('ca.crt', own.ca),
      tlsCrl: undefined,
    },
    logger,
  );
  onTestFinished(() => files?.close());
  const base = await serving({ token: () => TOKEN }, 'https', files);
  expect((await ask(base, '/api/status', await issue('client', false))).status).toBe(200);
  expect((await ask(base, '/api/status', own)).status).toBe(403);
  const { ca } = own;
  expect((await ask(base, '/api/status', { ca })).status).toBe(401);
  expect((await ask(base, '/api/status', { ca, ...bearer(TOKEN) })).status).toBe(200);
  const other = await makeAuthority('shop');
  const forged = await issueCertificate(other, {
    uri: 'group-services://shop/client/ann',
    subject: { domain: 'shop', role: 'client', name: 'ann' },
    serves: false,
  });
  const shown = { ca, cert: forged.certificate, key: forged.key };
  expect((await ask(base, '/api/status', shown)).status).toBe(401);
});
