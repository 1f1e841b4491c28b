import { describe, expect, it } from 'vitest';
import { FakeDaemon, joinedProvider } from './fake-daemon.js';

describe('a burst of large messages', () => {
  const large = 600 * 1024;

  /** Two are on their way, two wait in this process. */
  async function burst() {
    const daemon = await FakeDaemon.start();
    const services = await daemon.connect();
    const { provider, handle } = await joinedProvider(daemon, services);
    const controllers = Array.from({ length: 4 }, () => new AbortController());
    const results = controllers.map(({ signal }) =>
      provider.send(new Uint8Array(large), { signal }).then(
        ({ position }) => position,
        (error: { readonly code: unknown }) => error.code,
      ),
    );
    const sent = [await daemon.next('send'), await daemon.next('send')];
    const answer = (request: number, position: number): void => {
      const payload = new Uint8Array(large);
      daemon.send({ kind: 'message', handle, position, from: 1, request, payload });
    };
    return { daemon, services, provider, controllers, results, sent, answer };
  }

  it('leaves one after the other, as answers are read', async () => {
    const { daemon, services, results, sent, answer } = await burst();
    await daemon.handled(services);
    expect(daemon.inbox).toEqual([]);
    answer(sent[0]?.request ?? 0, 6);
    const third = await daemon.next('send');
    answer(sent[1]?.request ?? 0, 7);
    answer(third.request, 8);
    answer((await daemon.next('send')).request, 9);
    expect(await Promise.all(results)).toEqual([6, 7, 8, 9]);
  });

  it('forgets an aborted one that has not left, and keeps the order of the others', async () => {
    const { daemon, controllers, results, sent, answer } = await burst();
    controllers[2]?.abort();
    expect(await results[2]).toBe('ABORTED');
    answer(sent[0]?.request ?? 0, 6);
    answer(sent[1]?.request ?? 0, 7);
    answer((await daemon.next('send')).request, 8);
    expect(await Promise.all(results)).toEqual([6, 7, 'ABORTED', 8]);
  });

  it('does not hold up a goodbye, which ends what has not left', async () => {
    const { daemon, provider, results, sent, answer } = await burst();
    const leaving = provider.goodbye();
    const { request } = await daemon.next('goodbye');
    answer(sent[0]?.request ?? 0, 6);
    await results[0];
    daemon.send({ kind: 'done', request });
    await leaving;
    expect(await results[3]).toBe('REMOVED');
  });

  it('has an unknown outcome when the connection is lost', async () => {
    const { daemon, results } = await burst();
    daemon.die();
    expect(new Set(await Promise.all(results))).toEqual(new Set(['CONNECTION_LOST']));
  });
});
