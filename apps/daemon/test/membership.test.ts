import { AttributeMismatchError, DuplicateInstanceError } from '@group-services/client';
import { describe, expect } from 'vitest';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes, join, listsAre, text } from './harness/watched.js';

describe('joining', () => {
  test('M3 M5 M29: three daemons list the same providers, oldest first', async ({ domain }) => {
    const [one, two, three] = [
      await domain.connect('n1'),
      await domain.connect('n2'),
      await domain.connect('n3'),
    ];
    const all = [
      await join(one, 'lists', { instance: 'a' }),
      await join(two, 'lists', { instance: 'b' }),
      await join(three, 'lists', { instance: 'c' }),
      await join(one, 'lists', { instance: 'd' }),
    ];
    await listsAre(all, ['n1/a', 'n2/b', 'n3/c', 'n1/d']);
    const [first] = all;
    for (const { handle } of all) expect(handle.view).toEqual(first?.handle.view);
    expect(first?.handle.view).toMatchObject({ group: 'lists', version: 4 });
    expect(all.map(({ handle }) => handle.isOldest)).toEqual([true, false, false, false]);
  });

  test('M5: joins at the same moment give one list', async ({ domain }) => {
    const nodes = ['n1', 'n2', 'n3', 'n1', 'n2', 'n3', 'n1', 'n2', 'n3'];
    const all = await Promise.all(
      nodes.map(async (node) => await join(await domain.connect(node), 'crowd')),
    );
    await Promise.all(
      all.map((one) => eventually('everybody is listed', () => one.list.length === nodes.length)),
    );
    const [first] = all;
    for (const { list } of all) expect(list).toEqual(first?.list);
    expect([...(first?.list ?? [])].sort()).toEqual(all.map(({ handle }) => handle.id).sort());
  });

  test('M22: attributes given must be those of the group', async ({ domain }) => {
    const attributes = { version: 2, timeLimit: 1_000 };
    const first = await join(await domain.connect('n1'), 'prescreen', { attributes });
    const two = await domain.connect('n2');
    const refused = two.join('prescreen', { attributes: { version: 1, timeLimit: 1_000 } });
    await expect(refused).rejects.toBeInstanceOf(AttributeMismatchError);
    await expect(refused).rejects.toMatchObject({
      differences: [{ attribute: 'version', given: 1, group: 2 }],
    });
    const second = await two.join('prescreen');
    expect(second.attributes).toMatchObject({ ...attributes, defaultVote: 'reject' });
    // Who joins may be told before the others.
    await first.listIs([first.handle.id, second.id]);
    expect(first.of('membership').map(({ joined }) => joined)).toEqual([[second.id]]);
  });

  test('a live instance cannot be used twice', async ({ domain }) => {
    const one = await domain.connect('n1');
    const other = await domain.connect('n1');
    await join(one, 'doubles', { instance: 'x' });
    const refused = other.join('doubles', { instance: 'x' });
    await expect(refused).rejects.toBeInstanceOf(DuplicateInstanceError);
    await expect(refused).rejects.toMatchObject({ instance: 'x' });
    const elsewhere = await (await domain.connect('n2')).join('doubles', { instance: 'x' });
    expect(elsewhere.id).toBe('n2/x');
  });
});

describe('going', () => {
  test('M7 M32: a killed process leaves the group at all others', async ({ domain }) => {
    const victim = await domain.member('n2', 'kill', { join: { instance: 'victim' } });
    const others = [
      await join(await domain.connect('n1'), 'kill', { instance: 'a' }),
      await join(await domain.connect('n2'), 'kill', { instance: 'b' }),
      await join(await domain.connect('n3'), 'kill', { instance: 'c' }),
    ];
    await victim.kill();
    const seen = await Promise.all(
      others.map((other) => other.next('membership', ({ left }) => left.length > 0)),
    );
    for (const event of seen) {
      expect(event).toEqual(seen[0]);
      expect(event).toMatchObject({
        left: [{ provider: 'n2/victim', reason: 'process-failure' }],
        joined: [],
        view: { providers: ['n1/a', 'n2/b', 'n3/c'] },
        protocol: { kind: 'failure' },
      });
    }
    expect(others[0]?.handle.isOldest).toBe(true);
  });

  test('M23: leave, goodbye, expel and quit are told with their reasons', async ({ domain }) => {
    const stays = await join(await domain.connect('n1'), 'ways', { instance: 'stays' });
    const two = await domain.connect('n2');
    const leaves = await join(two, 'ways', { instance: 'leaves' });
    const says = await join(two, 'ways', { instance: 'says' });
    const expelled = await join(await domain.connect('n3'), 'ways', { instance: 'expelled' });
    const three = await domain.connect('n3');
    const quits = await join(three, 'ways', { instance: 'quits' });
    await listsAre([stays], ['n1/stays', 'n2/leaves', 'n2/says', 'n3/expelled', 'n3/quits']);

    const left = await leaves.handle.leave({ reason: 'done' });
    expect(left).toMatchObject({ outcome: 'approved', kind: 'leave', phases: 0 });
    await says.handle.goodbye();
    const expulsion = await stays.handle.expel(['n3/expelled'], { reason: 'too slow' });
    expect(expulsion).toMatchObject({ outcome: 'approved', kind: 'expel' });
    await three.close();
    await listsAre([stays], ['n1/stays']);

    expect(stays.of('membership').flatMap((event) => event.left)).toEqual([
      { provider: 'n2/leaves', reason: 'leave', detail: 'done' },
      { provider: 'n2/says', reason: 'goodbye' },
      { provider: 'n3/expelled', reason: 'expel', detail: 'too slow' },
      { provider: 'n3/quits', reason: 'quit' },
    ]);
    await Promise.all([leaves.over, says.over, expelled.over, quits.over]);
    expect(leaves.events.at(-1)).toMatchObject({ type: 'removed', reason: 'leave' });
    expect(says.events.at(-1)).toMatchObject({ type: 'removed', reason: 'goodbye' });
    expect(quits.events.at(-1)).toMatchObject({ type: 'removed', reason: 'quit' });
    // Of the protocol that removes it a provider is told the removal and nothing else.
    const last = expelled.events.at(-1);
    expect(last).toMatchObject({ type: 'removed', reason: 'expel', detail: 'too slow' });
    expect(expelled.events.filter(({ position }) => position === last?.position)).toHaveLength(1);
    expect(last?.position).toBe(expulsion.position);
    await expect(expelled.handle.send(bytes('late'))).rejects.toMatchObject({ code: 'REMOVED' });
  });

  test('M23: an expel of somebody unknown is refused', async ({ domain }) => {
    const one = await domain.connect('n1');
    const provider = await one.join('unknown', { instance: 'a' });
    await expect(provider.expel(['n2/nobody'])).rejects.toMatchObject({
      code: 'UNKNOWN_PROVIDER',
      providers: ['n2/nobody'],
    });
  });

  test('M24 B2: the last provider ends a life of the group', async ({ domain }) => {
    const one = await domain.connect('n1');
    const first = await one.join('lives', { attributes: { version: 1 } });
    await first.changeState(bytes('old'));
    const fence = first.view.fence;
    await first.leave();
    const second = await (await domain.connect('n2')).join('lives', { attributes: { version: 2 } });
    expect(second.view).toMatchObject({ version: 1, providers: [second.id] });
    expect(second.view.fence > fence).toBe(true);
    expect(second.stateValue).toBeUndefined();
    expect(second.attributes.version).toBe(2);
  });
});

test('M4: every daemon knows all groups of the domain', async ({ domain }) => {
  const one = await domain.connect('n1');
  const two = await domain.connect('n2');
  await join(one, 'known-a');
  await join(one, 'known-a');
  await join(two, 'known-b');
  for (const services of [one, two, await domain.connect('n3')]) {
    const groups = await services.groups();
    const known = groups.filter(({ group }) => group.startsWith('known-'));
    expect(known).toMatchObject([
      { group: 'known-a', leader: 'n1', daemons: 1 },
      { group: 'known-b', leader: 'n2', daemons: 1 },
    ]);
    const names = groups.map(({ group }) => group);
    expect(names).toEqual([...names].sort());
  }
  expect((await one.groups()).find(({ group }) => group === 'known-a')?.providers).toBe(2);
});

test('M24: a newcomer finds the state value and the list', async ({ domain }) => {
  const first = await join(await domain.connect('n1'), 'snapshot', { instance: 'a' });
  await first.handle.changeState(bytes('value'));
  const second = await join(await domain.connect('n3'), 'snapshot', { instance: 'b' });
  const snapshot = await second.next('snapshot');
  expect(second.events[0]).toBe(snapshot);
  expect(snapshot.view.providers).toEqual(['n1/a', 'n3/b']);
  expect(text(snapshot.stateValue)).toBe('value');
  expect(text(second.handle.stateValue)).toBe('value');
  const joined = await first.next('membership');
  expect(joined.position).toBe(snapshot.position);
  expect(joined.view).toEqual(snapshot.view);
});
