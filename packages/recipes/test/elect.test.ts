import { startDomain, type TestDomain } from '@group-services/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { elect, singleton, type Term } from '../src/index.js';

let domain: TestDomain;
beforeAll(async () => {
  domain = await startDomain({ daemons: 2 });
});
afterAll(() => domain.stop());

async function next(terms: AsyncIterator<Term>): Promise<Term> {
  const { value, done } = await terms.next();
  if (done) throw new Error('the candidature is over');
  return value;
}

it('has one leader, and the next in line when it resigns or dies', async () => {
  const dying = await domain.connect('n1');
  const first = elect(dying, 'chief')[Symbol.asyncIterator]();
  const one = await next(first);
  const stop = new AbortController();
  const second = elect(await domain.connect('n2'), 'chief', { signal: stop.signal })[
    Symbol.asyncIterator
  ]();
  const waiting = next(second);
  await one.resign();
  expect(one.signal.aborted).toBe(true);
  const two = await waiting;
  expect(two.fence > one.fence).toBe(true);
  const again = next(first);
  await two.resign();
  const three = await again;
  const back = next(second);
  domain.disconnect(dying);
  const four = await back;
  expect(four.fence > three.fence).toBe(true);
  expect(three.signal.reason).toMatchObject({ code: 'CONNECTION_LOST' });
  expect(await first.next()).toEqual({ done: true, value: undefined });
  stop.abort();
  expect(await second.next()).toEqual({ done: true, value: undefined });
  expect(four.signal.aborted).toBe(true);
});

it('stands again by itself after its daemon was lost', async () => {
  const apart = await startDomain({ daemons: 2 });
  const stop = new AbortController();
  const fences: string[] = [];
  const where = { endpoint: apart.endpoint('n2') };
  for await (const term of elect(where, 'chief', { signal: stop.signal })) {
    fences.push(term.fence);
    if (fences.length === 1) {
      await apart.killDaemon('n2');
      await apart.restartDaemon('n2');
    } else stop.abort();
  }
  expect(fences).toHaveLength(2);
  expect(fences[0] !== undefined && fences[1] !== undefined && fences[1] > fences[0]).toBe(true);
  await apart.stop();
});

it('refuses a name that is none', async () => {
  const terms = elect(await domain.connect(), '')[Symbol.asyncIterator]();
  await expect(terms.next()).rejects.toMatchObject({ argument: 'name' });
});

it('runs a singleton once at a time, and elsewhere after it died or failed', async () => {
  const running: string[] = [];
  const log: string[] = [];
  const dying = await domain.connect('n1');
  const failing = await domain.connect('n2');
  const last = await domain.connect('n2');
  const run = (name: string, work: (term: Term) => Promise<void>) => async (term: Term) => {
    running.push(name);
    log.push(`${name} ${running.length}`);
    try {
      await work(term);
    } finally {
      running.pop();
    }
  };
  let begin = (): void => {};
  const began = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const first = singleton(
    dying,
    'cron',
    run('dying', async (term) => {
      begin();
      await new Promise((resolve) => term.signal.addEventListener('abort', resolve));
      throw new Error('broken off');
    }),
  );
  await began;
  const second = singleton(
    failing,
    'cron',
    run('failing', async () => {
      throw new Error('it fails');
    }),
  );
  second.catch(() => {});
  await failing.groups();
  domain.disconnect(dying);
  await first;
  await expect(second).rejects.toThrow('it fails');
  await singleton(
    last,
    'cron',
    run('last', async () => {}),
  );
  expect(log).toEqual(['dying 1', 'failing 1', 'last 1']);
});
