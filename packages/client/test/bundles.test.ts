import { BundleWriter, LIMITS, type ToClient } from '@group-services/wire';
import { expect, it } from 'vitest';
import { all, ballotFrame, bytes, FakeDaemon, joinedProvider, textOf } from './fake-daemon.js';

/** Messages that are sent in one turn travel as one (ADR 0027). */

async function joined() {
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  const { provider, handle } = await joinedProvider(daemon, services);
  return { daemon, services, provider, handle };
}

function delivered(
  handle: number,
  position: number,
  request: number,
  texts: readonly string[],
): ToClient {
  const bundle = new BundleWriter();
  for (const text of texts) bundle.add(bytes(text));
  const { count, content } = bundle.take();
  const bundled = { count, content: content.slice() };
  return { kind: 'bundle', handle, position, from: 1, request, ...bundled };
}

it('sends what one turn has gathered as one, and settles each with its own position', async () => {
  const { daemon, provider, handle } = await joined();
  const told: string[] = [];
  provider.on('message', ({ position, message, from }) => {
    told.push(`${position} ${textOf(message)} of ${from}`);
  });
  const texts = ['one', 'two', 'three'];
  const results = texts.map((text) =>
    provider.send(bytes(text)).then(({ position }) => told.push(`${text} at ${position}`)),
  );
  const first = await daemon.next('send');
  expect(daemon.bundles.map(({ count }) => count)).toEqual([3]);
  expect([first, ...daemon.inbox]).toMatchObject(
    texts.map((text, index) => ({ request: first.request + index, payload: bytes(text) })),
  );
  daemon.send(delivered(handle, 6, first.request, texts));
  await Promise.all(results);
  expect(told).toEqual([
    '6 one of n1/a',
    '7 two of n1/a',
    '8 three of n1/a',
    'one at 6',
    'two at 7',
    'three at 8',
  ]);
});

it('sends a single message as it is', async () => {
  const { daemon, provider } = await joined();
  void provider.send(bytes('alone')).catch(() => {});
  expect(await daemon.next('send')).toMatchObject({ payload: bytes('alone') });
  expect(daemon.bundles).toEqual([]);
});

it('keeps the order of all calls', async () => {
  const { daemon, services, provider } = await joined();
  const { signal } = new AbortController();
  const calls = [
    provider.send(bytes('a')),
    provider.send(bytes('b')),
    provider.send(bytes('safe 1'), { delivery: 'safe' }),
    provider.send(bytes('safe 2'), { delivery: 'safe' }),
    provider.changeState(bytes('state')),
    provider.send(bytes('c')),
    provider.send(bytes('revocable'), { signal }),
    provider.send(bytes('d')),
    provider.send(bytes('e')),
  ];
  for (const call of calls) call.catch(() => {});
  void provider.goodbye();
  const groups = services.groups();
  groups.catch(() => {});
  while (!daemon.inbox.some(({ kind }) => kind === 'groups')) await new Promise(setImmediate);
  const said = daemon.inbox.map((it) => {
    if (it.kind === 'send') return `${textOf(it.payload)}${it.safe ? '!' : ''}`;
    return it.kind;
  });
  expect(said).toEqual([
    ...['a', 'b', 'safe 1!', 'safe 2!', 'propose', 'c', 'revocable', 'd', 'e'],
    ...['goodbye', 'groups'],
  ]);
  expect(daemon.bundles.map(({ count, safe }) => [count, safe])).toEqual([
    [2, false],
    [2, true],
    [2, false],
  ]);
  // Each has a number of its own, in the order of the calls.
  const numbers = daemon.inbox.map((it) => ('request' in it ? it.request : 0));
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
});

it('lets a vote leave behind what its handler has sent', async () => {
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  const { provider, handle } = await joinedProvider(daemon, services, 'g', {
    vote: () => {
      provider.send(bytes('seen')).catch(() => {});
      return 'approve';
    },
  });
  daemon.send(ballotFrame(handle));
  expect(await daemon.next('send')).toMatchObject({ payload: bytes('seen') });
  expect(await daemon.next('vote')).toMatchObject({ handle, protocol: '7.6', value: 'approve' });
});

it('keeps the messages of two handles apart', async () => {
  const { daemon, services, provider } = await joined();
  const other = await joinedProvider(daemon, services, 'h');
  for (const each of [provider, provider, other.provider, other.provider, provider]) {
    each.send(bytes('x')).catch(() => {});
  }
  await daemon.next('send');
  expect(daemon.bundles.map(({ count }) => count)).toEqual([2, 2]);
  expect(daemon.inbox).toHaveLength(4);
});

it('puts no more into a bundle than it may have', async () => {
  const { daemon, provider } = await joined();
  const count = LIMITS.bundleMessages + 2;
  for (let i = 0; i < count; i += 1) provider.send(bytes('')).catch(() => {});
  await daemon.next('send');
  expect(daemon.bundles.map((it) => it.count)).toEqual([LIMITS.bundleMessages, 2]);
  daemon.bundles.length = 0;
  daemon.inbox.length = 0;
  const half = new Uint8Array(LIMITS.bundleBytes / 2 - 4);
  const tooLong = new Uint8Array(LIMITS.bundleBytes);
  for (const each of [half, half, half, tooLong, half]) provider.send(each).catch(() => {});
  await daemon.next('send');
  expect(daemon.bundles.map((it) => it.content.length)).toEqual([LIMITS.bundleBytes]);
  expect(daemon.inbox.map((it) => it.kind === 'send' && it.payload.length)).toEqual(
    [half, half, tooLong, half].map(({ length }) => length),
  );
});

it('leaves the payload to the caller as soon as the call has returned', async () => {
  const { daemon, provider } = await joined();
  const reused = bytes('1');
  provider.send(reused).catch(() => {});
  reused.set(bytes('2'));
  provider.send(reused).catch(() => {});
  reused.set(bytes('3'));
  const first = await daemon.next('send');
  expect(textOf(first.payload)).toBe('1');
  expect(daemon.inbox).toMatchObject([{ payload: bytes('2') }]);
});

it('answers the rest of a bundle when a handler ends the membership in the middle', async () => {
  const { daemon, provider, handle } = await joined();
  const results = ['a', 'b', 'c'].map((text) => provider.send(bytes(text)));
  const { request } = await daemon.next('send');
  let heard = 0;
  provider.on('message', () => {
    heard += 1;
    if (heard === 2) void provider.goodbye();
  });
  daemon.send(delivered(handle, 6, request, ['a', 'b', 'c']));
  const positions = await Promise.all(results.map(async (result) => (await result).position));
  expect(positions).toEqual([6, 7, 8]);
  expect(heard).toBe(3);
});

it('refuses each message by itself', async () => {
  const { daemon, provider } = await joined();
  const results = ['a', 'b'].map((text) => provider.send(bytes(text)));
  const { request } = await daemon.next('send');
  daemon.send({ kind: 'refused', request: request + 1, code: 'COLLISION', text: 'no' });
  daemon.send({ kind: 'refused', request, code: 'REMOVED', text: 'no' });
  await expect(results[0]).rejects.toMatchObject({ code: 'REMOVED' });
  await expect(results[1]).rejects.toMatchObject({ code: 'COLLISION' });
});

it('has an unknown outcome when the connection is lost', async () => {
  const { daemon, services, provider } = await joined();
  const results = ['a', 'b'].map((text) => provider.send(bytes(text)));
  await daemon.next('send');
  const late = provider.send(bytes('c'));
  daemon.die();
  for (const result of [...results, late]) {
    await expect(result).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  }
  await services.close();
});

it('ends the connection at a bundle that is none', async () => {
  const { daemon, provider, handle } = await joined();
  daemon.send({
    kind: 'bundle',
    handle,
    position: 6,
    from: 1,
    request: 0,
    count: 3,
    content: bytes('no'),
  });
  const events = await all(provider);
  expect(events.at(-1)).toMatchObject({ type: 'removed', reason: 'connection-lost' });
});
