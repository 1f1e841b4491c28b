import type { GroupServices } from '@group-services/client';
import { startDomain, type TestDomain } from '@group-services/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { barrier, once, presence, rollingRestart, rollout, scatter } from '../src/index.js';

let domain: TestDomain;
let one: GroupServices;
let two: GroupServices;

beforeAll(async () => {
  domain = await startDomain({ daemons: 2 });
  one = await domain.connect('n1');
  two = await domain.connect('n2');
});
afterAll(() => domain.stop());

it('meets at a barrier when everybody is there, again and again', async () => {
  await using mine = await barrier(one, 'start', { parties: 2 });
  const early = mine.meet();
  await expect(mine.meet()).rejects.toMatchObject({ argument: 'meet' });
  await using theirs = await barrier(two, 'start', { parties: 2 });
  const [met, also] = await Promise.all([early, theirs.meet()]);
  expect(met.present).toHaveLength(2);
  expect(also).toEqual(met);
  for (let round = 0; round < 3; round += 1) await Promise.all([mine.meet(), theirs.meet()]);
});

it('waits at a barrier for nobody who dies or leaves', async () => {
  const dying = await domain.connect('n2');
  await using mine = await barrier(one, 'death');
  const theirs = await barrier(dying, 'death');
  const waiting = mine.meet();
  domain.disconnect(dying);
  expect((await waiting).present.length).toBeGreaterThan(0);
  await expect(theirs.meet()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  await mine.meet();
});

it('gives up a meeting, and comes to the next one', async () => {
  await using mine = await barrier(one, 'late', { parties: 2 });
  await expect(mine.meet({ timeout: 1 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  await using theirs = await barrier(two, 'late', { parties: 2 });
  await Promise.all([mine.meet(), theirs.meet()]);
});

it('runs once for a key, and tells everybody the result', async () => {
  let runs = 0;
  const migrate = async (): Promise<string> => {
    runs += 1;
    await two.groups();
    return `run ${runs}`;
  };
  const results = await Promise.all([
    once(one, 'migration', migrate),
    once(two, 'migration', migrate),
    once(one, 'migration', migrate),
  ]);
  expect(results).toEqual(['run 1', 'run 1', 'run 1']);
  expect(await once({ endpoint: domain.endpoint('n1') }, 'migration', migrate)).toBe('run 1');
  expect(await once(one, 'nothing', () => undefined)).toBe(null);
});

it('runs again what failed or died on the way', async () => {
  const dying = await domain.connect('n2');
  let began = (): void => {};
  const running = new Promise<void>((resolve) => {
    began = resolve;
  });
  const lost = once(dying, 'again', async ({ signal }) => {
    began();
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return 'too late';
  });
  lost.catch(() => {});
  await running;
  const failing = once(one, 'again', () => {
    throw new Error('not yet');
  });
  failing.catch(() => {});
  domain.disconnect(dying);
  await expect(lost).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  await expect(failing).rejects.toThrow('not yet');
  expect(await once(one, 'again', ({ fence }) => typeof fence)).toBe('string');
});

it('shows who is here to watchers that nobody sees', async () => {
  await using watcher = await presence<{ page: string }>(one, 'site');
  const changes = watcher[Symbol.asyncIterator]();
  const visitors = await presence<{ page: string }>(two, 'site');
  const ada = await visitors.enter({ page: '/' });
  const first = await changes.next();
  expect(first.value).toEqual({ type: 'entered', id: ada.id, metadata: { page: '/' } });
  await ada.update({ page: '/cart' });
  expect((await changes.next()).value).toMatchObject({
    type: 'updated',
    metadata: { page: '/cart' },
  });
  const dying = await domain.connect('n2');
  const bob = await (await presence<{ page: string }>(dying, 'site')).enter({ page: '/help' });
  expect((await changes.next()).value).toMatchObject({ type: 'entered', id: bob.id });
  expect(watcher.list()).toEqual([
    { id: ada.id, metadata: { page: '/cart' } },
    { id: bob.id, metadata: { page: '/help' } },
  ]);
  domain.disconnect(dying);
  expect((await changes.next()).value).toMatchObject({ type: 'left', id: bob.id });
  await ada.leave();
  expect((await changes.next()).value).toMatchObject({ type: 'left', id: ada.id });
  expect(watcher.list()).toEqual([]);
  const long = { page: 'x'.repeat(61 * 1024) };
  await expect(watcher.enter(long)).rejects.toMatchObject({ code: 'OVERLOADED' });
  // Whoever was told so is not there, with or without words.
  await using group = await one.subscribe('presence:site', { persistent: true });
  await group.when(({ view }) => view.providers.length === 0);
  const never = presence(two, 'site', { signal: AbortSignal.abort('no more') });
  await expect(never).rejects.toMatchObject({ code: 'ABORTED' });
});

it('is present again after its daemon was lost', async () => {
  const apart = await startDomain({ daemons: 2 });
  await using watcher = await presence<string>({ endpoint: apart.endpoint('n1') }, 'site');
  const changes = watcher[Symbol.asyncIterator]();
  const away = await presence<string>({ endpoint: apart.endpoint('n2') }, 'site');
  const visitor = await away.enter('ada');
  await changes.next();
  await apart.killDaemon('n2');
  await apart.restartDaemon('n2');
  const seen = [(await changes.next()).value?.type, (await changes.next()).value?.type];
  expect(seen).toEqual(['left', 'entered']);
  await visitor.leave();
  await away[Symbol.asyncDispose]();
  await watcher[Symbol.asyncDispose]();
  await apart.stop();
});

it('asks one, all, and as many as are enough', async () => {
  await using asker = await scatter<number, number>(one, 'sums');
  await using two1 = await scatter<number, number>(two, 'sums');
  await using two2 = await scatter<number, number>(two, 'sums');
  two1.answer((n) => n + 1);
  two2.answer(() => {
    throw new Error('cannot count');
  });
  // Who joins may be told before the others.
  await expect.poll(() => asker.members).toEqual([asker.id, two1.id, two2.id]);
  expect(await asker.ask(two1.id, 1)).toBe(2);
  await expect(asker.ask(two2.id, 1)).rejects.toThrow('cannot count');
  await expect(asker.ask('n9/nobody', 1)).rejects.toMatchObject({ code: 'UNKNOWN_PROVIDER' });
  expect(await asker.askAll(1)).toEqual(
    expect.arrayContaining([
      { from: two1.id, value: 2 },
      { from: two2.id, error: 'cannot count' },
    ]),
  );
  await expect(asker.askAll(1, { quorum: 1 })).resolves.toContainEqual({ from: two1.id, value: 2 });
  await expect(asker.askAll(1, { quorum: 2 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

it('waits for no answer of somebody who dies', async () => {
  const dying = await domain.connect('n2');
  await using asker = await scatter<string, string>(one, 'death');
  const gone = await scatter<string, string>(dying, 'death');
  gone.answer(() => {
    domain.disconnect(dying);
    return new Promise(() => {});
  });
  await expect(asker.ask(gone.id, 'die')).rejects.toMatchObject({ code: 'UNKNOWN_PROVIDER' });
});

/** What a member of a rollout does, in order. */
function steps(log: string[], who: string, against?: string) {
  const step = (what: string) => (value: string) => {
    log.push(`${who} ${what} ${value}`);
    if (`${what} ${value}` === against) throw new Error(`${who} is against it`);
  };
  return { prepare: step('prepare'), commit: step('commit'), abort: step('abort') };
}

it('rolls a value out at all members, or takes it back at all', async () => {
  const log: string[] = [];
  await using mine = await rollout<string>(one, 'config', steps(log, 'a', 'commit v2'));
  await using theirs = await rollout<string>(two, 'config', steps(log, 'b', 'prepare v3'));
  expect(await mine.propose('v1')).toEqual({ outcome: 'committed', vetoes: [] });
  const back = await theirs.propose('v2');
  expect(back.outcome).toBe('aborted');
  expect(back.vetoes).toEqual([
    { provider: expect.stringMatching(/^n1\//), reason: 'a is against it' },
  ]);
  expect((await mine.propose('v3')).vetoes).toEqual([
    { provider: expect.stringMatching(/^n2\//), reason: 'b is against it' },
  ]);
  await mine.propose('v4');
  await using late = await rollout<string>(two, 'config', steps(log, 'c'));
  expect([mine.value, late.value]).toEqual(['v4', 'v4']);
  const of = (who: string) =>
    log.filter((line) => line.startsWith(who)).map((line) => line.slice(2));
  expect(of('a')).toEqual([
    ...['prepare v1', 'commit v1', 'prepare v2', 'commit v2', 'abort v2'],
    ...['prepare v3', 'abort v3', 'prepare v4', 'commit v4'],
  ]);
  expect(of('b')).toEqual(of('a'));
});

it('takes a rollout back when a member dies in the middle', async () => {
  const log: string[] = [];
  const dying = await domain.connect('n2');
  await using mine = await rollout<string>(one, 'death', steps(log, 'a'));
  await rollout<string>(dying, 'death', {
    ...steps([], 'b'),
    prepare: () => {
      domain.disconnect(dying);
      return new Promise(() => {});
    },
  });
  const { outcome, vetoes } = await mine.propose('v1');
  expect(outcome).toBe('aborted');
  expect(vetoes).toEqual([{ provider: expect.any(String), reason: 'provider-failed' }]);
  expect(mine.value).toBeUndefined();
});

it('restarts a fleet one by one, never below the minimum', async () => {
  const log: string[] = [];
  let up = 3;
  const member = (who: string, services: GroupServices) =>
    rollingRestart(services, 'fleet', {
      minimum: 2,
      restart: async () => {
        up -= 1;
        log.push(`${who} ${up}`);
        await services.groups();
        up += 1;
      },
    });
  await using a = await member('a', one);
  await using _b = await member('b', two);
  const dying = await domain.connect('n2');
  await member('c', dying);
  await a.run();
  expect(log).toEqual(['c 2', 'b 2', 'a 2']);
  domain.disconnect(dying);
  await dying.closed;
  // Two are not enough for one of them to restart.
  const waiting = a.run();
  await using _d = await member('d', one);
  await waiting;
  // Whether the one that died still counted at first is a matter of time.
  expect(log.slice(3).every((line) => Number(line.split(' ')[1]) === 2)).toBe(true);
  expect(log.slice(3).map((line) => line[0])).toEqual(expect.arrayContaining(['a', 'b']));
});

it('breaks a rolling restart off when one does not come up', async () => {
  const ran: string[] = [];
  const member = (who: string, services: GroupServices) =>
    rollingRestart(services, 'failing', {
      minimum: 1,
      restart: () => {
        ran.push(who);
        if (who === 'b') throw new Error('b does not start');
      },
    });
  await using a = await member('a', one);
  await using _b = await member('b', two);
  await expect(a.run()).rejects.toThrow('b does not start');
  expect(ran).toEqual(['b']);
});
