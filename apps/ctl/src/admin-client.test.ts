import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { AdminClient, reachableAdmin } from './admin-client.js';
import { EXIT_STATUS } from './exit-status.js';

const schema = z.object({ node: z.string(), peers: z.array(z.object({ daemon: z.string() })) });

/** An HTTP server of the test; gives its URL. */
async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the admin endpoint', () => {
  it('gives what it answers, without what is not known here', async () => {
    const url = await serving((request, response) =>
      response.end(JSON.stringify({ node: request.url, peers: [], more: 1 })),
    );
    const answer = await new AdminClient(url).get('/api/x', schema);
    expect(answer).toEqual({ node: '/api/x', peers: [] });
  });

  it.each([
    ['{"node":"n1","peers":[{}]}', 'peers.0.daemon: '],
    ['[]', 'the answer: '],
    ['<html>', 'the answer: '],
  ])('that answers %s is of another release', async (body, place) => {
    const url = await serving((_request, response) => response.end(body));
    const got = new AdminClient(url).get('/api/x', schema);
    await expect(got).rejects.toMatchObject({
      status: EXIT_STATUS.failed,
      message: expect.stringContaining(
        `/api/x does not answer as a daemon of this version does (${place}`,
      ),
    });
  });

  it('that refuses is of another release', async () => {
    const url = await serving((_request, response) => response.writeHead(404).end('{}'));
    const got = new AdminClient(url).get('/api/x', schema);
    await expect(got).rejects.toMatchObject({
      status: EXIT_STATUS.failed,
      message: expect.stringContaining('(status 404)'),
    });
  });

  it('that says nothing in time is not reached', async () => {
    const url = await serving(() => {});
    const got = new AdminClient(url, { limitMs: 20 }).get('/api/x', schema);
    await expect(got).rejects.toMatchObject({
      status: EXIT_STATUS.unreachable,
      message: expect.stringContaining(`at ${url}: no answer within 20 ms`),
    });
  });

  it('that stops in the middle of its answer in time is not reached', async () => {
    const url = await serving((_request, response) => response.write('{'));
    const got = new AdminClient(url, { limitMs: 50 }).get('/api/x', schema);
    await expect(got).rejects.toMatchObject({ status: EXIT_STATUS.unreachable });
  });

  it('where nobody listens is not reached', async () => {
    const url = await serving((_request, response) => response.destroy());
    const got = new AdminClient(url).get('/api/x', schema);
    await expect(got).rejects.toMatchObject({
      status: EXIT_STATUS.unreachable,
      message: expect.stringContaining('cannot reach'),
    });
  });
});

it.each([
  ['http://127.0.0.1:7491', 'unix:///run/gsd.sock', 'http://127.0.0.1:7491'],
  ['http://0.0.0.0:7491', 'unix:///run/gsd.sock', 'http://127.0.0.1:7491'],
  ['http://0.0.0.0:7491', 'tcp://n1.example:7402', 'http://n1.example:7491'],
  ['http://[::]:7491', 'tcp://[fd00::1]:7402', 'http://[fd00::1]:7491'],
])('%s told at %s is reached at %s', (admin, endpoint, reached) => {
  expect(reachableAdmin(admin, endpoint)).toBe(reached);
});
