import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startAdminServer } from '../admin-server.js';
import { createLogger } from '../logger.js';

const logger = createLogger({ name: 'gsx', pretty: false, destination: { write: () => {} } });
const TOKEN = 'the-token-of-operators';

async function serving(token?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'gs-page-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'page', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'page', 'assets', 'a.js'), 'void 0');
  writeFileSync(join(folder, 'page', 'secret.key'), 'not of a page');
  writeFileSync(join(folder, 'outside.js'), 'not of the page');
  const changed: string[] = [];
  const server = await startAdminServer({
    listen: 'http://127.0.0.1:0',
    readiness: () => ({ ready: true, missing: [] }),
    routes: { '/api/status': () => ({ fine: true }) },
    actions: {
      '/api/change': ({ query }) => {
        changed.push(query.get('what') ?? '');
        return { done: true };
      },
    },
    page: join(folder, 'page'),
    logger,
    access: { token: () => token, mayOperate: () => true, domain: 'd' },
  });
  onTestFinished(() => server.close());
  const ask = (path: string, init: RequestInit = {}) => fetch(`${server.address}${path}`, init);
  return { ask, changed };
}

const signedIn = { authorization: `Bearer ${TOKEN}` };

it('shows a page to everybody, under a policy that lets nothing else in', async () => {
  const { ask } = await serving(TOKEN);
  const page = await ask('/');
  expect([page.status, await page.text()]).toEqual([200, '<!doctype html>']);
  expect(page.headers.get('content-type')).toContain('text/html');
  const policy = page.headers.get('content-security-policy');
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toContain('unsafe');
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  expect(page.headers.get('x-frame-options')).toBe('DENY');
  const script = await ask('/assets/a.js');
  expect(script.headers.get('content-type')).toContain('text/javascript');
  const head = await ask('/assets/a.js', { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  expect((await ask('/api/status')).status).toBe(401);
});

it('shows nothing but the files of the page', async () => {
  const { ask } = await serving();
  for (const path of [
    '/secret.key',
    '/outside.js',
    '/../outside.js',
    '/assets/..%2f..%2foutside.js',
    '/assets',
    '/index.html/',
  ]) {
    expect((await ask(path)).status).toBe(404);
  }
});

it('changes something only for who says who he is, and only by POST', async () => {
  const { ask, changed } = await serving(TOKEN);
  const post = (headers: Record<string, string>) =>
    ask('/api/change?what=this', { method: 'POST', headers });
  expect((await post({})).status).toBe(401);
  expect((await post({ authorization: 'Bearer another-token-here' })).status).toBe(401);
  expect((await post({ ...signedIn, origin: 'http://evil.example' })).status).toBe(403);
  expect((await ask('/api/change?what=this', { headers: signedIn })).status).toBe(404);
  expect((await ask('/api/status', { method: 'POST', headers: signedIn })).status).toBe(405);
  expect(changed).toEqual([]);
  expect((await post(signedIn)).status).toBe(200);
  expect(changed).toEqual(['this']);
});

it('lets no page of somebody else change anything, with a token or without', async () => {
  const { ask, changed } = await serving();
  const post = (headers: Record<string, string>) =>
    ask('/api/change?what=this', { method: 'POST', headers });
  expect((await post({ origin: 'http://evil.example' })).status).toBe(403);
  expect((await post({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect(changed).toEqual([]);
});

it('is none where there is no folder', async () => {
  const server = await startAdminServer({
    listen: 'http://127.0.0.1:0',
    readiness: () => ({ ready: true, missing: [] }),
    routes: {},
    page: '/nowhere/at/all',
    logger,
    access: { token: () => undefined, mayOperate: () => true, domain: 'd' },
  });
  onTestFinished(() => server.close());
  expect((await fetch(server.address)).status).toBe(404);
});
