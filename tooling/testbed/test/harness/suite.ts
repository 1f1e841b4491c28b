import { describe, expect } from 'vitest';
import { eventually } from '../../src/index.js';
import { type Domain, NAME_SERVER } from './domain.js';
import type { Member } from './member.js';
import { cannotRun, NODES, test } from './test.js';
import type { TransportUnderTest } from './transports.js';

/** What a domain must bear, over one transport. Every fault hits while all members send. */
export function domainSuite(transport: TransportUnderTest): void {
  describe.skipIf(cannotRun)(`over ${transport.name}`, () => {
    partitions(transport);
    badLinks(transport);
    pauses(transport);
    restarts(transport);
    variants(transport);
  });
}

function partitions(transport: TransportUnderTest): void {
  test('B2: a member is cut off: the others go on, it is told and comes back', async ({
    bed,
    startDomain,
  }) => {
    const domain = await startDomain({ transport });
    await domain.member('n1').changeState('kept');
    await domain.flow();
    await bed.partition([[NAME_SERVER, 'n1', 'n2'], ['n3']]);
    await onlyTheseGoOn(domain, ['n1', 'n2']);
    await bed.heal();
    await removedAndBack(domain, ['n3']);
    await domain.comesTogether();
    expect(domain.member('n3').state).toBe('kept');
  });

  test('B2: the leader is cut off with most members: the side of the name server goes on', async ({
    bed,
    startDomain,
  }) => {
    const domain = await startDomain({ transport });
    await domain.member('n1').changeState('kept');
    await domain.flow();
    await bed.partition([
      [NAME_SERVER, 'n3'],
      ['n1', 'n2'],
    ]);
    await onlyTheseGoOn(domain, ['n3']);
    await bed.heal();
    await removedAndBack(domain, ['n1', 'n2']);
    await domain.comesTogether();
    expect(domain.member('n1').state).toBe('kept');
  });

  for (const [from, to] of [
    ['n3', 'n1'],
    ['n1', 'n3'],
  ] as const) {
    test(`B2: nothing from ${from} reaches ${to}: one of the two goes, then all are back`, async ({
      bed,
      startDomain,
    }) => {
      const domain = await startDomain({ transport });
      await domain.flow();
      const before = new Map(NODES.map((node) => [node, domain.member(node).life]));
      await bed.cut({ from, to });
      const gone = await eventually(
        () => `one of ${from} and ${to} is removed`,
        () => [from, to].find((node) => before.get(node)?.events.at(-1)?.type === 'removed'),
      );
      await Promise.all(
        NODES.filter((node) => node !== gone).map((node) => domain.member(node).progress(20)),
      );
      await bed.heal();
      await domain.comesTogether();
    });
  }
}

function badLinks(transport: TransportUnderTest): void {
  test('B2: a link that comes and goes', async ({ bed, startDomain }) => {
    const domain = await startDomain({ transport });
    await domain.flow();
    for (let round = 0; round < 6; round += 1) {
      await bed.partition([[NAME_SERVER, 'n1', 'n2'], ['n3']]);
      const { cut } = await bed.counters();
      // Long enough to have hit something, without a clock.
      await eventually(
        () => 'frames are lost on the cut link',
        async () => (await bed.counters()).cut >= cut + 5,
      );
      await bed.heal();
      await domain.member('n1').progress(5);
    }
    await domain.comesTogether();
  });

  test('B2: frames are lost, doubled and overtaken', async ({ bed, startDomain }) => {
    const domain = await startDomain({ transport });
    await domain.flow();
    const { loss, duplicate, reorder } = transport.bad;
    await bed.loss(loss);
    await bed.duplicate(duplicate);
    await bed.reorder(reorder);
    await bed.delay({ ms: 5, jitterMs: 3 });
    await Promise.all(NODES.map((node) => domain.member(node).progress(40)));
    expect(await bed.counters()).toMatchObject({ lost: more(10), duplicated: more(10) });
    await bed.heal();
    await domain.comesTogether();
  });
}

function pauses(transport: TransportUnderTest): void {
  for (const [role, node] of [
    ['a member', 'n3'],
    ['the leader', 'n1'],
  ] as const) {
    test(`B2: ${role} stands still for longer than every timeout`, async ({ startDomain }) => {
      const domain = await startDomain({ transport });
      await domain.member('n1').changeState('kept');
      await domain.flow();
      domain.program(node).pause();
      await onlyTheseGoOn(
        domain,
        NODES.filter((other) => other !== node),
      );
      domain.program(node).resume();
      await removedAndBack(domain, [node]);
      await domain.comesTogether();
      expect(domain.member(node).state).toBe('kept');
    });
  }
}

function restarts(transport: TransportUnderTest): void {
  test('B1: the name server is cut off: groups go on, daemons that come wait', async ({
    bed,
    startDomain,
  }) => {
    const domain = await startDomain({ transport });
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

  for (const [store, order] of [
    ['memory', [NAME_SERVER, 'n3', 'n1', 'n2']],
    ['file', ['n2', NAME_SERVER, 'n1', 'n3']],
  ] as const) {
    test(`B1: ${store} store: everything is killed, and started as ${order.join(', ')}`, async ({
      startDomain,
    }) => {
      const domain = await startDomain({ transport, keepsTable: store === 'file' });
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
  const firsts = members.map(firstLife);
  const reasons = await Promise.all(
    members.map(async (member, index) => await member.endOf(firsts[index] ?? firstLife(member))),
  );
  for (const reason of reasons) expect(reason).toMatch(/^(node-failure|connection-lost)$/);
  await Promise.all(
    members.map(async (member) => {
      const again = await member.joinsAgainAfter(firstLife(member));
      expect(again.gap).not.toBeNull();
    }),
  );
}

function firstLife({ lives: [first] }: Member) {
  if (first === undefined) throw new Error('it was a member when the test began');
  return first;
}

/** For counters: some that come by the way are as welcome. */
function more(than: number): unknown {
  return expect.toSatisfy((count: number) => count > than, `more than ${than}`);
}
