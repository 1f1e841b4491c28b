import { describe, expect, it } from 'vitest';
import { bytes, change, FakeDaemon, joinedProvider, snapshot, view } from './fake-daemon.js';

const given = snapshot({ view: view(1, 5, 'n1/a') });

async function joined(onError?: (error: Error) => void) {
  const daemon = await FakeDaemon.start();
  const services = await daemon.connect();
  const { provider, handle } = await joinedProvider(daemon, services, 'g', {
    snapshot: given,
    ...(onError === undefined ? {} : { onError }),
  });
  const joins = (position: number, id: string): void =>
    daemon.send({
      kind: 'approved',
      handle,
      position,
      protocol: { id: `7.${position}`, kind: 'join', proposer: id },
      phases: 0,
      // The list that was given is version 1 at position 5.
      membership: change(position - 4, position, { joined: [id] }),
    });
  return { daemon, services, provider, handle, joins };
}

describe('when', () => {
  it('resolves at once if the test is true', async () => {
    const { provider } = await joined();
    await provider.when(({ view: { providers } }) => providers.length === 1);
  });

  it('resolves at the event that makes it true, with its handlers called before', async () => {
    const { provider, joins } = await joined();
    const order: string[] = [];
    provider.on('membership', () => order.push('handler'));
    const two = provider.when(({ view: { providers } }) => providers.includes('n2/b'));
    void two.then(() => order.push(`b at ${provider.view.providers.length}`));
    const three = provider.when((self) => self.view.providers.length === 3);
    joins(6, 'n2/b');
    await two;
    joins(7, 'n2/c');
    await three;
    expect(order).toEqual(['handler', 'b at 2', 'handler']);
  });

  it('times out like a join, and leaves nothing behind', async () => {
    const { daemon, services, provider } = await joined();
    const waiting = provider.when(() => false, { timeout: 1 });
    await expect(waiting).rejects.toMatchObject({
      name: 'TimeoutError',
      code: 'TIMEOUT',
      milliseconds: 1,
    });
    const joining = services.join('h');
    const { request } = await daemon.next('join');
    daemon.send({ kind: 'refused', request, code: 'TIMEOUT', text: '' });
    const [one, other] = await Promise.all([waiting, joining].map((each) => each.catch((e) => e)));
    expect(one.constructor).toBe(other.constructor);
  });

  it('is ended by its signal, before and meanwhile', async () => {
    const { provider } = await joined();
    const controller = new AbortController();
    const waiting = provider.when(() => false, { signal: controller.signal });
    controller.abort('enough');
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED', cause: 'enough' });
    const late = provider.when(() => true, { signal: controller.signal });
    await expect(late).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('ends with the handle, unless it waited for that', async () => {
    const { daemon, provider, handle } = await joined();
    const never = provider.when(() => false);
    const out = provider.when((self) => !self.status().joined);
    daemon.send({ kind: 'removed', handle, position: 9, reason: 'expel' });
    await expect(never).rejects.toMatchObject({ code: 'REMOVED', reason: 'expel' });
    await out;
    await expect(provider.when(() => false)).rejects.toMatchObject({ code: 'REMOVED' });
    await provider.when(() => true);
  });

  it('rejects with what the test throws, and checks what it is given', async () => {
    const { provider, joins } = await joined();
    const failing = provider.when((self) => {
      if (self.view.providers.length === 2) throw new Error('mine');
      return false;
    });
    joins(6, 'n2/b');
    await expect(failing).rejects.toThrow('mine');
    await expect(provider.when('soon' as never)).rejects.toMatchObject({ argument: 'test' });
  });

  it('of a subscription ends when it is closed, or its group is dissolved', async () => {
    const { daemon, services } = await joined();
    const open = async () => {
      const opening = services.subscribe('g');
      const { request, handle } = await daemon.next('subscribe');
      daemon.send({ kind: 'subscribed', request, handle, snapshot: given });
      return { subscription: await opening, handle };
    };
    const closed = await open();
    expect(closed.subscription.status()).toEqual({ joined: true, position: 5, lag: 0, pending: 0 });
    const waiting = closed.subscription.when(() => false);
    void closed.subscription.close();
    await expect(waiting).rejects.toMatchObject({ code: 'REMOVED', reason: 'goodbye' });
    await daemon.next('unsubscribe');
    const { subscription, handle } = await open();
    const other = subscription.when(() => false);
    daemon.send({ kind: 'dissolved', handle, position: 8 });
    await expect(other).rejects.toMatchObject({ code: 'UNKNOWN_GROUP', group: 'g' });
    expect(subscription.status().joined).toBe(false);
  });
});

it('tells how a handle is doing', async () => {
  const { daemon, services, provider, joins } = await joined();
  const events = provider[Symbol.asyncIterator]();
  expect((await events.next()).value?.type).toBe('snapshot');
  expect(provider.status()).toEqual({ joined: true, position: 5, lag: 0, pending: 0 });
  const sending = provider.send(bytes('one'));
  const changing = provider.changeState(bytes('two'));
  expect(provider.status().pending).toBe(2);
  joins(6, 'n2/b');
  await daemon.next('send');
  const proposal = await daemon.next('propose');
  await daemon.handled(services);
  expect(provider.status()).toMatchObject({ position: 6, lag: 1, pending: 2 });
  const { request } = proposal;
  daemon.send({ kind: 'refused', request, code: 'COLLISION', text: '' });
  await changing.catch(() => {});
  expect(provider.status().pending).toBe(1);
  daemon.die();
  await sending.catch(() => {});
  expect(provider.status()).toMatchObject({ joined: false, pending: 0 });
});

it('says which event was meant, to a program that is not type-checked', async () => {
  const errors: Error[] = [];
  const { provider } = await joined((error) => errors.push(error));
  provider.on('membrship' as 'membership', () => {});
  provider.on('membership', 'no function' as never);
  expect(errors).toMatchObject([
    { code: 'INVALID_ARGUMENT', message: 'type cannot be membrship; did you mean membership?' },
    { code: 'INVALID_ARGUMENT', argument: 'handler' },
  ]);
});

it('says which option was meant', async () => {
  const { daemon, services, provider } = await joined();
  const misspelt = [
    () => services.join('h', { instanc: 'a' } as never),
    () => services.join('h', { attributes: { jionPhases: 1 } } as never),
    () => services.subscribe('h', { persistant: true } as never),
    () => provider.send(bytes(''), { delivry: 'safe' } as never),
    () => provider.leave({ raeson: 'done' } as never),
    () => provider.when(() => true, { timout: 1 } as never),
    () => daemon.connect({ tls: { cerd: '' } } as never),
    () => daemon.connect({ conectTimeout: 1 } as never),
    () =>
      daemon.connect({ responsiveness: { interval: 1, timeout: 1, chek: () => true } as never }),
  ];
  const told = await Promise.all(misspelt.map((call) => call().catch((error) => error)));
  for (const error of told) expect(error.code).toBe('INVALID_ARGUMENT');
  expect(told.map(({ message }) => message)).toMatchInlineSnapshot(`
    [
      "instanc does not exist; did you mean instance?",
      "attributes.jionPhases does not exist; did you mean joinPhases?",
      "persistant does not exist; did you mean persistent?",
      "delivry does not exist; did you mean delivery?",
      "raeson does not exist; did you mean reason?",
      "timout does not exist; did you mean timeout?",
      "tls.cerd does not exist; did you mean cert?",
      "conectTimeout does not exist; did you mean connectTimeout?",
      "responsiveness.chek does not exist; did you mean check?",
    ]
  `);
});

it('shows in an error where the program made the call that failed', async () => {
  const { daemon, services, provider } = await joined();
  function inMyProgram(): Promise<Error>[] {
    const calls = [
      services.join('h'),
      services.groups(),
      provider.changeState(bytes('x')),
      provider.send(bytes('x')),
      provider.when(() => false),
    ];
    return calls.map((call: Promise<unknown>) =>
      call.then(
        () => new Error('it went well'),
        (error: Error) => error,
      ),
    );
  }
  const failing = inMyProgram();
  daemon.die();
  for (const error of await Promise.all(failing)) {
    expect(error.stack).toContain(`${error.name}: ${error.message}\n`);
    expect(error.stack).toMatch(/inMyProgram/);
  }
});
