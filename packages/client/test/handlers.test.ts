import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, it } from 'vitest';
import { ballotFrame, bytes, FakeDaemon, joinedProvider, snapshot, view } from './fake-daemon.js';

const request = new AsyncLocalStorage<string>();

it('calls handlers in the context in which they were given', async () => {
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  const seen: unknown[] = [];
  const note = (): void => void seen.push(request.getStore());
  const given = snapshot({ view: view(1, 5, 'n1/a') });
  const vote = (): 'approve' => {
    note();
    return 'approve';
  };
  const options = { snapshot: given, onError: note, vote };
  const { provider, handle } = await request.run('joined', () =>
    joinedProvider(daemon, services, 'g', options),
  );
  request.run('first', () => provider.on('message', note));
  request.run('second', () =>
    provider.on('message', () => {
      note();
      throw new Error('for onError');
    }),
  );
  daemon.send({ kind: 'message', handle, position: 2, from: 1, request: 0, payload: bytes('m') });
  await daemon.handled(services);
  expect(seen).toEqual(['first', 'second', 'joined']);
  daemon.send(ballotFrame(handle));
  await daemon.next('vote');
  expect(seen.at(-1)).toBe('joined');
  expect(seen).toHaveLength(4);
});

it('gives iterators what all async iterators have', async () => {
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  const given = snapshot({ view: view(1, 5, 'n1/a') });
  const { provider } = await joinedProvider(daemon, services, 'g', { snapshot: given });
  const all: object = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype);
  const events = provider[Symbol.asyncIterator]();
  expect(Object.prototype.isPrototypeOf.call(all, events)).toBe(true);
  // As `AsyncIterator.prototype.take` will be, where Node has it.
  Object.defineProperty(all, 'first', {
    configurable: true,
    value: async function (this: AsyncIterator<{ readonly type: string }>) {
      return (await this.next()).value.type;
    },
  });
  try {
    expect(await (events as unknown as { first(): Promise<string> }).first()).toBe('snapshot');
  } finally {
    Reflect.deleteProperty(all, 'first');
  }
});
