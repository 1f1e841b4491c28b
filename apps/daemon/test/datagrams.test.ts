import { describe, expect } from 'vitest';
import { datagramListens } from './harness/datagrams.js';
import type { TestDomain } from './harness/domain.js';
import { Stream } from './harness/stream.js';
import { test } from './harness/test.js';
import { bytes, join, listsAre, subscribe } from './harness/watched.js';

const listens = await datagramListens();
const nodes = ['n1', 'n2', 'n3'] as const;

test('M35: multicast is heard on this host', ({ skip }) => {
  skip(
    !listens.has('multicast'),
    'this host does not loop multicast back: those tests are left out',
  );
  expect(listens.get('multicast')).toMatch(/^udp:.*multicast=239/u);
});

async function crewOf(domain: TestDomain) {
  const crew = [];
  for (const node of nodes)
    crew.push(await join(await domain.connect(node), 'crew', { instance: 'p' }));
  await listsAre(crew, ['n1/p', 'n2/p', 'n3/p']);
  return crew as [(typeof crew)[0], (typeof crew)[0], (typeof crew)[0]];
}

describe.each([...listens])('daemons over %s', (_name, listen) => {
  const daemon = ['--listen', listen];

  test('M35 M12 M14: one order, state and large messages', async ({ startDomain }) => {
    const domain = await startDomain({ daemon });
    for (const node of nodes) expect(domain.daemon(node).listen).toMatch(/^udp:\/\/127/u);
    const crew = await crewOf(domain);
    const observer = await subscribe(await domain.connect('n2'), 'crew');
    const streams = crew.flatMap((member) => [
      new Stream(member.handle),
      new Stream(member.handle, { delivery: 'safe' }),
    ]);
    await Promise.all(streams.map((stream) => stream.progress(300)));
    const large = new Uint8Array(1024 * 1024).map((_, at) => at * 7);
    await Promise.all(crew.map((member) => member.handle.send(large)));
    await crew[1].handle.changeState(new Uint8Array(64 * 1024).fill(5));
    await Promise.all(streams.map((stream) => stream.stop()));
    expect(streams.map((stream) => stream.failure)).toEqual(streams.map(() => undefined));

    const last = await crew[2].handle.send(bytes('last'), { delivery: 'safe' });
    for (const member of crew) {
      await member.next('message', ({ position }) => position === last.position);
      expect(member.texts).toEqual(crew[0].texts);
      expect(member.handle.stateValue).toEqual(new Uint8Array(64 * 1024).fill(5));
    }
    const sizes = crew[0].of('message').map(({ message }) => message.length);
    expect(sizes.filter((size) => size === large.length)).toHaveLength(3);
    expect(crew[0].texts).toHaveLength(streams.flatMap((stream) => stream.sent).length + 4);
    await observer.listIs(['n1/p', 'n2/p', 'n3/p']);
  });

  test('M35 M7: a daemon is killed, and comes back', async ({ startDomain }) => {
    const domain = await startDomain({ daemon });
    const [one, , three] = await crewOf(domain);
    await domain.daemon('n2').program.kill();
    await listsAre([one, three], ['n1/p', 'n3/p']);
    expect(one.of('membership').at(-1)?.left).toEqual([
      { provider: 'n2/p', reason: 'node-failure' },
    ]);
    await domain.daemon('n2').start();
    const again = await join(await domain.connect('n2'), 'crew', { instance: 'p' });
    await listsAre([one, three, again], ['n1/p', 'n3/p', 'n2/p']);
    const hello = await again.handle.send(bytes('hello'), { delivery: 'safe' });
    await one.next('message', ({ position }) => position === hello.position);
  });

  test('M35 M8: the leader is killed in mid-stream', async ({ startDomain }) => {
    const domain = await startDomain({ daemon });
    const [one, two, three] = await crewOf(domain);
    const ofLeader = new Stream(one.handle, { delivery: 'safe' });
    const surviving = [new Stream(two.handle), new Stream(three.handle, { delivery: 'safe' })];
    await Promise.all([ofLeader, ...surviving].map((stream) => stream.progress(200)));
    await domain.daemon('n1').program.kill();
    await Promise.all(surviving.map((stream) => stream.progress(200)));
    await Promise.all([ofLeader, ...surviving].map((stream) => stream.stop()));
    expect(surviving.map((stream) => stream.failure)).toEqual([undefined, undefined]);
    await listsAre([two, three], ['n2/p', 'n3/p']);
    const last = await two.handle.send(bytes('last'), { delivery: 'safe' });
    await three.next('message', ({ position }) => position === last.position);
    await two.next('message', ({ position }) => position === last.position);
    expect(two.messages).toEqual(three.messages);
    const fromLeader = two.texts.filter((text) => text.startsWith('n1/p'));
    expect(fromLeader).toEqual(expect.arrayContaining([...ofLeader.acknowledged]));
  });

  test('M35 M6: everybody stops in order', async ({ startDomain }) => {
    const domain = await startDomain({ daemon });
    await crewOf(domain);
    for (const node of nodes) {
      expect(await domain.daemon(node).program.stop()).toEqual({ status: 0, signal: null });
    }
  });
});
