import { StateChangedError, UnknownGroupError } from '@group-services/client';
import { expect } from 'vitest';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes, join, subscribe, text } from './harness/watched.js';

test('M24: a new state value is seen by everybody', async ({ domain }) => {
  const one = await join(await domain.connect('n1'), 'value');
  const two = await join(await domain.connect('n2'), 'value');
  expect(two.handle.stateValue).toBeUndefined();
  const first = await two.handle.changeState(bytes('first'));
  expect(text(first.stateValue)).toBe('first');
  await one.handle.changeState(bytes('second'));
  for (const member of [one, two]) {
    await member.next('state', ({ stateValue }) => text(stateValue) === 'second');
    const changes = member.of('state').map(({ previous, stateValue }) => {
      return [previous && text(previous), text(stateValue)];
    });
    expect(changes).toEqual([
      [undefined, 'first'],
      ['first', 'second'],
    ]);
  }
});

test('M24: the state value lives as long as one provider lives', async ({ domain }) => {
  const one = await join(await domain.connect('n1'), 'blackboard');
  const two = await join(await domain.connect('n2'), 'blackboard');
  await one.handle.changeState(bytes('kept'));
  await one.handle.leave();
  const three = await join(await domain.connect('n3'), 'blackboard');
  expect(text(three.handle.stateValue)).toBe('kept');
  expect(two.handle.isOldest).toBe(true);
});

test('B5: of two conditional changes one is refused', async ({ domain }) => {
  const one = await join(await domain.connect('n1'), 'swap');
  const two = await join(await domain.connect('n2'), 'swap');
  const outcomes = await Promise.allSettled([
    one.handle.changeState(bytes('of one'), { ifState: null }),
    two.handle.changeState(bytes('of two'), { ifState: null }),
  ]);
  const won = outcomes.find((outcome) => outcome.status === 'fulfilled')?.value;
  const lost = outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
  expect(lost).toBeInstanceOf(StateChangedError);
  const winner = text(won?.stateValue);
  expect(text(lost.stateValue)).toBe(winner);
  await two.handle.changeState(bytes('next'), { ifState: bytes(winner) });
  await expect(
    one.handle.changeState(bytes('too late'), { ifState: bytes(winner) }),
  ).rejects.toMatchObject({ code: 'STATE_CHANGED' });
  await one.next('state', ({ stateValue }) => text(stateValue) === 'next');
  expect(one.of('state').map(({ stateValue }) => text(stateValue))).toEqual([winner, 'next']);
});

test('M30: nobody can subscribe to a group without providers', async ({ domain }) => {
  const services = await domain.connect('n1');
  await expect(services.subscribe('nobody')).rejects.toBeInstanceOf(UnknownGroupError);
});

test('M15 M30 M31: a subscriber sees what is approved and is not seen', async ({ domain }) => {
  const one = await join(await domain.connect('n1'), 'watched', { instance: 'a' });
  await one.handle.changeState(bytes('before'));
  // The daemon n3 has no provider of this group.
  const watcher = await subscribe(await domain.connect('n3'), 'watched');
  const two = await join(await domain.connect('n2'), 'watched', { instance: 'b' });
  await two.handle.send(bytes('for providers only'));
  await two.handle.changeState(bytes('after'));
  await one.handle.expel(['n2/b']);
  await one.handle.changeState(bytes('last'));
  await watcher.next('state', ({ stateValue }) => text(stateValue) === 'last');

  const [snapshot, ...changes] = watcher.events;
  expect(snapshot).toMatchObject({ type: 'snapshot', view: { providers: ['n1/a'] } });
  expect(snapshot?.type === 'snapshot' && text(snapshot.stateValue)).toBe('before');
  expect(changes.map(({ type }) => type)).toEqual(['membership', 'state', 'membership', 'state']);
  // What the subscriber is given is a slice of what the providers are given.
  const sees = new Set(['membership', 'state']);
  const provided = one.events.filter(({ type }) => sees.has(type)).slice(-changes.length);
  expect(changes).toEqual(provided);
  expect(one.handle.view.providers).toEqual(['n1/a']);
  expect(watcher.handle.view).toEqual(one.handle.view);
});

test('M30: subscribers are told that a group dissolved, and a persistent one goes on', async ({
  domain,
}) => {
  const services = await domain.connect('n2');
  const lasting = await subscribe(services, 'come-and-go', { persistent: true });
  expect(lasting.handle.view).toEqual({
    group: 'come-and-go',
    version: 0,
    fence: '',
    providers: [],
    labels: {},
  });
  const one = await domain.connect('n1');
  const first = await one.join('come-and-go', { instance: 'a' });
  await lasting.next('snapshot');
  const plain = await subscribe(services, 'come-and-go');
  await first.leave();
  await plain.over;
  expect(plain.events.at(-1)?.type).toBe('dissolved');
  await lasting.next('dissolved');
  const second = await one.join('come-and-go', { instance: 'b' });
  const again = await eventually('a second snapshot', () => lasting.of('snapshot')[1]);
  expect(again.view).toMatchObject({ version: 1, providers: [second.id] });
  await lasting.handle.close();
  await lasting.over;
});

test('M30: a subscriber can ask for one kind of change only', async ({ domain }) => {
  const provider = await join(await domain.connect('n1'), 'kinds', { instance: 'a' });
  const services = await domain.connect('n2');
  const lists = await subscribe(services, 'kinds', { state: false });
  const values = await subscribe(services, 'kinds', { membership: false });
  await provider.handle.changeState(bytes('1'));
  const other = await services.join('kinds', { instance: 'b' });
  await other.changeState(bytes('2'));
  await lists.next('membership');
  await values.next('state', ({ stateValue }) => text(stateValue) === '2');
  expect(lists.events.map(({ type }) => type)).toEqual(['snapshot', 'membership']);
  expect(values.events.map(({ type }) => type)).toEqual(['snapshot', 'state', 'state']);
});
