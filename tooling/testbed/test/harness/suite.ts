import { describe, expect } from 'vitest';
import { type Domain, NAME_SERVER } from '../../src/domain/domain.js';
import type { TransportUnderTest } from '../../src/domain/transports.js';
import { eventually } from '../../src/index.js';
import { cannotRun, NODES, test } from './test.js';

/**
 * What a domain must bear, over one transport. Every fault hits while all members send. The first of these
 * tests hit one domain after the other, so that what each leaves behind is there for the next.
 */
export function domainSuite(transport: TransportUnderTest): void {
  describe.skipIf(cannotRun)(`over ${transport.name}`, () => {
    partitions(transport);
    badLinks(transport);
    pauses(transport);
    nameServerAway(transport);
    restarts(transport);
    variants(transport);
  });
}

function partitions(transport: TransportUnderTest): void {
  test('B2: a member is cut off: the others go on, it is told and comes back', async ({
    shareDomain,
  }) => {
    const { bed, domain, nodes } = await shareDomain({ transport });
    const [leader, second, third] = nodes;
    await domain.member(leader).changeState('kept when a member is cut off');
    await domain.flow();
    await bed.partition([[NAME_SERVER, leader, second], [third]]);
    await onlyTheseGoOn(domain, [leader, second]);
    await bed.heal();
    await removedAndBack(domain, [third]);
    await domain.comesTogether();
    expect(domain.member(third).state).toBe('kept when a member is cut off');
  });

  test('B2: the leader is cut off with most members: the side of the name server goes on', async ({
    shareDomain,
  }) => {
    const { bed, domain, nodes } = await shareDomain({ transport });
    const [leader, second, third] = nodes;
    await domain.member(leader).changeState('kept when most are cut off');
    await domain.flow();
    await bed.partition([
      [NAME_SERVER, third],
      [leader, second],
    ]);
    await onlyTheseGoOn(domain, [third]);
    await bed.heal();
    await removedAndBack(domain, [leader, second]);
    await domain.comesTogether();
    expect(domain.member(leader).state).toBe('kept when most are cut off');
  });

  for (const [from, to] of [
    ['a member', 'the leader'],
    ['the leader', 'a member'],
  ] as const) {
    test(`B2: nothing from ${from} reaches ${to}: one of the two goes, then all are back`, async ({
      shareDomain,
    }) => {
      const { bed, domain, nodes } = await shareDomain({ transport });
      const [leader, second, third] = nodes;
      const pair = [leader, third];
      await domain.flow();
      const before = new Map(pair.map((node) => [node, domain.member(node).life]));
      await bed.cut(
        from === 'the leader' ? { from: leader, to: third } : { from: third, to: leader },
      );
      const gone = await eventually(
        () => `one of ${pair.join(' and ')} is removed`,
        () => pair.find((node) => before.get(node)?.events.at(-1)?.type === 'removed'),
      );
      const left = gone === leader ? third : leader;
      await Promise.all([second, left].map((node) => domain.member(node).progress(20)));
      await bed.heal();
      await domain.comesTogether();
    });
  }
}

function badLinks(transport: TransportUnderTest): void {
  test('B2: a link that comes and goes', async ({ shareDomain }) => {
    const { bed, domain, nodes } = await shareDomain({ transport });
    const [leader, second, third] = nodes;
    await domain.flow();
    for (let round = 0; round < 6; round += 1) {
      await bed.partition([[NAME_SERVER, leader, second], [third]]);
      const { cut } = await bed.counters();
      // Long enough to have hit something, without a clock.
      await eventually(
        () => 'frames are lost on the cut link',
        async () => (await bed.counters()).cut >= cut + 5,
      );
      await bed.heal();
      await domain.member(leader).progress(5);
    }
    await domain.comesTogether();
  });

  test('B2: frames are lost, doubled and overtaken', async ({ shareDomain }) => {
    const { bed, domain, nodes } = await shareDomain({ transport });
    await domain.flow();
    const { lost, duplicated } = await bed.counters();
    const { loss, duplicate, reorder } = transport.bad;
    await bed.loss(loss);
    await bed.duplicate(duplicate);
    await bed.reorder(reorder);
    await bed.delay({ ms: 5, jitterMs: 3 });
    await Promise.all(nodes.map((node) => domain.member(node).progress(40)));
    expect(await bed.counters()).toMatchObject({
      lost: more(lost + 10),
      duplicated: more(duplicated + 10),
    });
    await bed.heal();
    await domain.comesTogether();
  });
}

function pauses(transport: TransportUnderTest): void {
  for (const role of ['a member', 'the leader'] as const) {
    test(`B2: ${role} stands still for longer than every timeout`, async ({ shareDomain }) => {
      const { domain, nodes } = await shareDomain({ transport });
      const [leader, second, third] = nodes;
      const node = role === 'the leader' ? leader : third;
      await domain.member(leader).changeState(`kept when ${role} stands still`);
      await domain.flow();
      domain.program(node).pause();
      await onlyTheseGoOn(domain, role === 'the leader' ? [second, third] : [leader, second]);
      domain.program(node).resume();
      await removedAndBack(domain, [node]);
      await domain.comesTogether();
      expect(domain.member(node).state).toBe(`kept when ${role} stands still`);
    });
  }
}

function nameServerAway(transport: TransportUnderTest): void {
  test('B1: the name server is cut off: groups go on, daemons that come wait', async ({
    shareDomain,
  }) => {
    const { bed, domain } = await shareDomain({ transport });
    await domain.flow();
    const before = NODES.map((node) => domain.member(node).life);
    await bed.partition([[NAME_SERVER]]);
    await eventually(
      () => 'the name server is missed',
      async () => (await domain.member('n3').canAskForGroups()) === 'UNAVAILABLE',
    );
    await Promise.all(NODES.map((node) => domain.member(node).progress(50)));
    await bed.heal();
    await eventually(
      () => 'the name server is back',
      async () => (await domain.member('n3').canAskForGroups()) === 'ok',
    );
    await domain.comesTogether();
    // Nobody has noticed anything.
    expect(NODES.map((node) => domain.member(node).life)).toEqual(before);
  });
}

function restarts(transport: TransportUnderTest): void {
  for (const [store, order] of [
    ['memory', [NAME_SERVER, 'n3', 'n1', 'n2']],
    ['file', ['n2', NAME_SERVER, 'n1', 'n3']],
  ] as const) {
    test(`B1: ${store} store: everything is killed, and started as ${order.join(', ')}`, async ({
      startDomain,
    }) => {
      const domain = await startDomain({ transport, store });
      await domain.flow();
      const before = NODES.map((node) => domain.member(node).life);
      await Promise.all([...NODES, NAME_SERVER].map((host) => domain.program(host).kill()));
      for (const host of order) await domain.startProgram(host);
      await domain.comesTogether();
      for (const life of before) {
        expect(life.events.at(-1)).toMatchObject({ type: 'removed', reason: 'connection-lost' });
      }
    });
  }
}

function variants(transport: TransportUnderTest): void {
  for (const { recovery, quiesce } of transport.variants) {
    test(`M8 M14: the leader is killed (${recovery}, ${quiesce})`, async ({ startDomain }) => {
      const domain = await startDomain({
        transport,
        nameServer: ['--leader-recovery', recovery],
        daemon: ['--quiesce', quiesce],
      });
      await domain.member('n2').changeState('kept');
      await domain.flow();
      await domain.program('n1').kill();
      await onlyTheseGoOn(domain, ['n2', 'n3']);
      await domain.startProgram('n1');
      await removedAndBack(domain, ['n1']);
      await domain.comesTogether();
      expect(domain.member('n1').state).toBe('kept');
    });
  }
}

/** Waits until these make up the group, and what they send is acknowledged. */
async function onlyTheseGoOn(domain: Domain, nodes: readonly string[]): Promise<void> {
  const members = nodes.map((node) => domain.member(node));
  await Promise.all(members.map((member) => member.listsNodes(members.map(({ name }) => name))));
  await Promise.all(members.map((member) => member.progress(20)));
}

/** Waits until these have been told that they were removed, and have joined again. */
async function removedAndBack(domain: Domain, nodes: readonly string[]): Promise<void> {
  const members = nodes.map((node) => domain.member(node));
  const reasons = await Promise.all(
    members.map(async (member) => await member.endOf(domain.lifeAtBegin(member))),
  );
  for (const reason of reasons) expect(reason).toMatch(/^(node-failure|connection-lost)$/);
  await Promise.all(
    members.map(async (member) => {
      const again = await member.joinsAgainAfter(domain.lifeAtBegin(member));
      expect(again.gap).not.toBeNull();
    }),
  );
}

/** For counters: some that come by the way are as welcome. */
function more(than: number): unknown {
  return expect.toSatisfy((count: number) => count > than, `more than ${than}`);
}
