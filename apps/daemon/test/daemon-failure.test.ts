import { describe, expect } from 'vitest';
import { eventually, within } from './harness/eventually.js';
import { Stream } from './harness/stream.js';
import { test } from './harness/test.js';
import { bytes, join, listsAre } from './harness/watched.js';

/** Short enough for a test that waits for silence to be noticed. */
const impatient = ['--heartbeat', '100ms', '--suspect-after', '600ms'];

describe('a daemon is killed', () => {
  test('M7: its providers leave at all others, in one go each', async ({ startDomain }) => {
    const domain = await startDomain();
    const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    const lost = await domain.connect('n2');
    const two = await join(lost, 'g', { instance: 'b' });
    const three = await join(await domain.connect('n3'), 'g', { instance: 'c' });
    const four = await join(lost, 'g', { instance: 'd' });
    await listsAre([one, two, three, four], ['n1/a', 'n2/b', 'n3/c', 'n2/d']);

    await domain.daemon('n2').program.kill();
    await listsAre([one, three], ['n1/a', 'n3/c']);
    const departures = one.of('membership').flatMap(({ left }) => left);
    expect(departures).toEqual([
      { provider: 'n2/b', reason: 'node-failure' },
      { provider: 'n2/d', reason: 'node-failure' },
    ]);
    expect(three.of('membership').slice(-2)).toEqual(one.of('membership').slice(-2));

    // What the processes of the killed daemon see.
    await Promise.all([two.over, four.over]);
    expect(two.events.at(-1)).toMatchObject({ type: 'removed', reason: 'connection-lost' });
    expect(await within('the connection ends', lost.closed)).toMatchObject({
      code: 'CONNECTION_LOST',
    });
    await expect(lost.join('g')).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });

  test('M8 M14: the leader in mid-stream: nothing acknowledged is lost', async ({
    startDomain,
  }) => {
    const domain = await startDomain();
    const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    const two = await join(await domain.connect('n2'), 'g', { instance: 'b' });
    const three = await join(await domain.connect('n3'), 'g', { instance: 'c' });
    await listsAre([one, two, three], ['n1/a', 'n2/b', 'n3/c']);
    const ofLeader = new Stream(one.handle, { delivery: 'safe' });
    const surviving = [
      new Stream(two.handle),
      new Stream(three.handle),
      new Stream(three.handle, { delivery: 'safe' }),
    ];
    await Promise.all([ofLeader, ...surviving].map((stream) => stream.progress(200)));

    await domain.daemon('n1').program.kill();
    await Promise.all(surviving.map((stream) => stream.progress(200)));
    await Promise.all([ofLeader, ...surviving].map((stream) => stream.stop()));

    expect(surviving.map((stream) => stream.failure)).toEqual([undefined, undefined, undefined]);
    expect(ofLeader.failure).toMatchObject({ code: 'CONNECTION_LOST' });
    await listsAre([two, three], ['n2/b', 'n3/c']);
    const last = await two.handle.send(bytes('last'), { delivery: 'safe' });
    for (const member of [two, three]) {
      await member.next('message', ({ position }) => position === last.position);
    }
    expect(two.messages).toEqual(three.messages);
    expect(two.of('membership').at(-1)).toEqual(three.of('membership').at(-1));
    // Two streams of one provider use the same texts, so they are told apart by how often they come.
    const sent = surviving.flatMap((stream) => stream.sent);
    const received = two.texts.filter((text) => !text.startsWith('n1/a') && text !== 'last');
    expect([...received].sort()).toEqual([...sent].sort());
    const fromLeader = two.texts.filter((text) => text.startsWith('n1/a'));
    expect(fromLeader).toEqual(ofLeader.sent.slice(0, fromLeader.length));
    expect(fromLeader).toEqual(expect.arrayContaining([...ofLeader.acknowledged]));
  });

  test('M8 M24: one leader after another: the state stays', async ({ startDomain }) => {
    const domain = await startDomain({ nodes: ['n1', 'n2', 'n3', 'n4'] });
    const members = [
      await join(await domain.connect('n1'), 'g', { instance: 'a' }),
      await join(await domain.connect('n2'), 'g', { instance: 'b' }),
      await join(await domain.connect('n3'), 'g', { instance: 'c' }),
      await join(await domain.connect('n4'), 'g', { instance: 'd' }),
    ];
    const [one, two, three, four] = members;
    await one?.handle.changeState(bytes('0'));
    await listsAre(members, ['n1/a', 'n2/b', 'n3/c', 'n4/d']);
    await domain.daemon('n1').program.kill();
    await two?.handle.changeState(bytes('1'), { ifState: bytes('0') });
    await domain.daemon('n2').program.kill();
    await three?.handle.changeState(bytes('2'), { ifState: bytes('1') });
    await domain.daemon('n3').program.kill();
    await four?.handle.changeState(bytes('3'), { ifState: bytes('2') });
    await four?.listIs(['n4/d']);
    expect(four?.handle.isOldest).toBe(true);
  });

  test('M7: started again at once under the same name', async ({ startDomain }) => {
    const domain = await startDomain();
    const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    await join(await domain.connect('n2'), 'g', { instance: 'b' });
    const three = await join(await domain.connect('n3'), 'g', { instance: 'c' });
    await listsAre([one, three], ['n1/a', 'n2/b', 'n3/c']);
    const { program } = domain.daemon('n2');
    program.signal('SIGKILL');
    await program.ended;
    // Its socket file is still there, and its name is still listed.
    await domain.daemon('n2').start();
    const again = await join(await domain.connect('n2'), 'g', { instance: 'b' });
    await listsAre([one, three, again], ['n1/a', 'n3/c', 'n2/b']);
    const changes = one.of('membership').slice(-2);
    expect(changes.map(({ left, joined }) => [left, joined])).toEqual([
      [[{ provider: 'n2/b', reason: 'node-failure' }], []],
      [[], ['n2/b']],
    ]);
    await again.handle.send(bytes('hello'));
    await one.next('message');
  });

  test('M8: the leader, started again at once under the same name', async ({ startDomain }) => {
    const domain = await startDomain();
    await join(await domain.connect('n1'), 'g', { instance: 'a' });
    const two = await join(await domain.connect('n2'), 'g', { instance: 'b' });
    const three = await join(await domain.connect('n3'), 'g', { instance: 'c' });
    await listsAre([two, three], ['n1/a', 'n2/b', 'n3/c']);
    await domain.daemon('n1').program.kill();
    await domain.daemon('n1').start();
    const again = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    await listsAre([two, three, again], ['n2/b', 'n3/c', 'n1/a']);
    expect(two.handle.isOldest).toBe(true);
  });
});

describe('a daemon is paused', () => {
  test('M32 B2: silence removes it, and it is told when it is back', async ({ startDomain }) => {
    const domain = await startDomain({ daemon: impatient });
    const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
    const two = await join(await domain.connect('n2'), 'g', { instance: 'b' });
    const services = await domain.connect('n3');
    const three = await join(services, 'g', { instance: 'c' });
    await listsAre([one, two, three], ['n1/a', 'n2/b', 'n3/c']);
    domain.daemon('n3').program.signal('SIGSTOP');
    await listsAre([one, two], ['n1/a', 'n2/b']);
    await one.handle.send(bytes('without n3'), { delivery: 'safe' });
    domain.daemon('n3').program.signal('SIGCONT');
    await within('the provider of n3 is removed', three.over);
    expect(three.events.at(-1)).toMatchObject({ type: 'removed', reason: 'node-failure' });
    expect(three.texts).toEqual([]);
    const again = await join(services, 'g', { instance: 'c' });
    await listsAre([one, two, again], ['n1/a', 'n2/b', 'n3/c']);
  });

  test('M8 B2 B3: a leader that was paused has nothing to say', async ({ startDomain }) => {
    const domain = await startDomain({ daemon: impatient, nameServer: ['--lease', '1s'] });
    const services = await domain.connect('n1');
    const one = await join(services, 'g', { instance: 'a' });
    const two = await join(await domain.connect('n2'), 'g', { instance: 'b' });
    const three = await join(await domain.connect('n3'), 'g', { instance: 'c' });
    await listsAre([one, two, three], ['n1/a', 'n2/b', 'n3/c']);
    const fence = one.handle.view.fence;
    domain.daemon('n1').program.signal('SIGSTOP');
    await listsAre([two, three], ['n2/b', 'n3/c']);
    await two.handle.changeState(bytes('new'));
    // Waits in the socket of the paused daemon, which may not carry it out.
    const stale = one.handle.changeState(bytes('stale')).catch((error: unknown) => error);
    domain.daemon('n1').program.signal('SIGCONT');
    await within('the provider of n1 is removed', one.over);
    expect(one.events.at(-1)).toMatchObject({ type: 'removed', reason: 'node-failure' });
    expect(await stale).toMatchObject({ code: 'CONNECTION_LOST' });
    expect(two.handle.view.fence > fence).toBe(true);
    const again = await join(services, 'g', { instance: 'a' });
    await listsAre([two, three, again], ['n2/b', 'n3/c', 'n1/a']);
    expect(again.handle.stateValue).toEqual(bytes('new'));
    expect(two.of('state')).toHaveLength(1);
  });
});

describe('a daemon is stopped in order', () => {
  for (const node of ['n2', 'n1']) {
    const role = node === 'n1' ? 'the leader' : 'a member';
    test(`M6: ${role} says why its providers go`, async ({ startDomain }) => {
      const domain = await startDomain();
      const members = new Map([
        ['n1', await join(await domain.connect('n1'), 'g', { instance: 'p' })],
        ['n2', await join(await domain.connect('n2'), 'g', { instance: 'p' })],
        ['n3', await join(await domain.connect('n3'), 'g', { instance: 'p' })],
      ]);
      const stopped = members.get(node);
      const others = [...members].filter(([name]) => name !== node).map(([, member]) => member);
      await listsAre([...members.values()], ['n1/p', 'n2/p', 'n3/p']);
      const { program } = domain.daemon(node);
      const ending = program.stop();
      const left = await Promise.all(
        others.map((other) => other.next('membership', (event) => event.left.length > 0)),
      );
      for (const event of left) {
        expect(event).toEqual(left[0]);
        expect(event.left).toEqual([
          { provider: `${node}/p`, reason: 'node-failure', detail: 'daemon stopped' },
        ]);
      }
      await stopped?.over;
      expect(stopped?.events.at(-1)).toMatchObject({ type: 'removed', reason: 'daemon-stopped' });
      expect(await ending).toEqual({ status: 0, signal: null });
      const last = await others[0]?.handle.send(bytes('on we go'), { delivery: 'safe' });
      await others[1]?.next('message', ({ position }) => position === last?.position);
    });
  }

  test('M6: a leader says why, also where a vote outlasts its stop', async ({ startDomain }) => {
    const domain = await startDomain();
    await join(await domain.connect('n1'), 'g', { instance: 'p' });
    const two = await join(await domain.connect('n2'), 'g', { instance: 'p' });
    const withheld: ((vote: 'approve') => void)[] = [];
    const three = await join(await domain.connect('n3'), 'g', {
      instance: 'p',
      vote: () => new Promise<'approve'>((resolve) => withheld.push(resolve)),
    });
    await listsAre([two, three], ['n1/p', 'n2/p', 'n3/p']);
    const barrier = two.handle.barrier({ timeLimit: 0 });
    await eventually('n3 is asked', () => withheld.length > 0);
    expect(await domain.daemon('n1').program.stop()).toEqual({ status: 0, signal: null });
    for (const vote of withheld) vote('approve');
    expect(await barrier).toMatchObject({ outcome: 'rejected' });
    for (const other of [two, three]) {
      const { left } = await other.next('membership', (event) => event.left.length > 0);
      expect(left).toEqual([
        { provider: 'n1/p', reason: 'node-failure', detail: 'daemon stopped' },
      ]);
    }
  });

  test('M6: the last one of a domain stops too', async ({ startDomain }) => {
    const domain = await startDomain({ nodes: ['n1', 'n2'] });
    await join(await domain.connect('n1'), 'g');
    await join(await domain.connect('n2'), 'g');
    expect(await domain.daemon('n1').program.stop()).toEqual({ status: 0, signal: null });
    expect(await domain.daemon('n2').program.stop()).toEqual({ status: 0, signal: null });
    expect(await domain.nameServer.program.stop()).toEqual({ status: 0, signal: null });
  });

  test('all at the same moment', async ({ startDomain }) => {
    const domain = await startDomain();
    const nodes = ['n1', 'n2', 'n3'];
    for (const node of nodes) await join(await domain.connect(node), 'g');
    const endings = await Promise.all([
      ...nodes.map(async (node) => await domain.daemon(node).program.stop()),
      domain.nameServer.program.stop(),
    ]);
    expect(endings.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
  });
});

test('M12: what lingers is given back when the last user has gone', async ({ startDomain }) => {
  const domain = await startDomain({ daemon: ['--linger', '100ms'] });
  const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
  const two = await join(await domain.connect('n2'), 'g', { instance: 'b' });
  await listsAre([one, two], ['n1/a', 'n2/b']);
  await one.handle.leave();
  // The leader's daemon has no user any more and hands over.
  const services = await domain.connect('n3');
  await eventually('n2 leads alone', async () => {
    const [group] = await services.groups();
    return group?.leader === 'n2' && group.daemons === 1;
  });
  await two.handle.leave();
  await eventually('no group is left', async () => (await services.groups()).length === 0);
  await eventually('no daemon keeps anything', async () => {
    const groups = await Promise.all(
      ['n1', 'n2'].map((n) => domain.daemon(n).status('/api/groups')),
    );
    return groups.every((list) => Array.isArray(list) && list.length === 0);
  });
});
