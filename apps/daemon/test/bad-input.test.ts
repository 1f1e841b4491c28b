import type { NodeName } from '@group-services/core';
import type { Hello } from '@group-services/wire';
import { describe, expect } from 'vitest';
import type { TestDomain } from './harness/domain.js';
import { RawConnection } from './harness/raw-connection.js';
import { test } from './harness/test.js';
import { bytes, join, listsAre } from './harness/watched.js';

const LENGTH_BYTES = 4;

/** What a frame's first four bytes say of its length. */
function length(value: number): Uint8Array {
  const head = Buffer.alloc(LENGTH_BYTES);
  head.writeUInt32BE(value);
  return head;
}

interface Door {
  readonly name: string;
  readonly address: (domain: TestDomain) => string;
  /** How it is greeted properly. */
  readonly hello: Partial<Hello>;
}

const stranger: Partial<Hello> = {
  role: 'daemon',
  node: 'n9' as NodeName,
  incarnation: 1,
  address: 'tcp://127.0.0.1:1',
};

const innerDoors: readonly Door[] = [
  { name: 'peer port', address: (domain) => domain.daemon('n1').listen, hello: stranger },
  { name: 'name server port', address: (domain) => domain.nameServer.address, hello: stranger },
];

const doors: readonly Door[] = [
  {
    name: 'client socket',
    address: (domain) => domain.daemon('n1').endpoint,
    hello: { role: 'client', domain: '*' },
  },
  ...innerDoors,
];

/** Runs `disturb` beside a group over all daemons, and shows that this group has not noticed. */
async function undisturbed(domain: TestDomain, disturb: () => Promise<void>): Promise<void> {
  const members = [
    await join(await domain.connect('n1'), 'bystanders', { instance: 'a' }),
    await join(await domain.connect('n2'), 'bystanders', { instance: 'b' }),
    await join(await domain.connect('n3'), 'bystanders', { instance: 'c' }),
  ];
  await listsAre(members, ['n1/a', 'n2/b', 'n3/c']);
  await disturb();
  const newcomer = await join(await domain.connect('n1'), 'bystanders', { instance: 'd' });
  await listsAre([...members, newcomer], ['n1/a', 'n2/b', 'n3/c', 'n1/d']);
  const { position } = await newcomer.handle.send(bytes('served'), { delivery: 'safe' });
  for (const member of members) {
    await member.next('message', (message) => message.position === position);
    expect(member.of('membership').flatMap(({ left }) => left)).toEqual([]);
  }
  const groups = await (await domain.connect('n2')).groups();
  expect(groups.find(({ group }) => group === 'bystanders')).toMatchObject({ daemons: 3 });
}

for (const { name, address, hello } of doors) {
  describe(`at the ${name}`, () => {
    const garbage: readonly (readonly [string, Uint8Array])[] = [
      ['another protocol', bytes('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')],
      ['a frame that is no message', Buffer.concat([length(3), bytes('???')])],
      ['an empty frame', length(0)],
      ['a first frame of more than 16 KiB', length(16 * 1024 + 1)],
      ['a frame of 4 GiB', length(0xffffffff)],
    ];
    for (const [what, sent] of garbage) {
      test(`${what} ends the connection alone`, async ({ domain }) => {
        await undisturbed(domain, async () => {
          const raw = await RawConnection.open(address(domain));
          raw.write(sent);
          await raw.closed();
        });
      });
    }

    test('garbage behind the handshake ends the connection alone', async ({ domain }) => {
      await undisturbed(domain, async () => {
        const raw = await RawConnection.open(address(domain));
        expect(await raw.greet(hello)).toMatchObject({ kind: 'welcome' });
        raw.writeFrame(Uint8Array.of(0x01, 0xc1, 0xff, 0x00));
        await raw.closed();
      });
    });

    test('an oversized frame behind the handshake ends the connection alone', async ({
      domain,
    }) => {
      await undisturbed(domain, async () => {
        const raw = await RawConnection.open(address(domain));
        expect(await raw.greet(hello)).toMatchObject({ kind: 'welcome' });
        raw.write(length(3 * 1024 * 1024));
        await raw.closed();
      });
    });

    test('half a frame and silence behind the handshake hold nobody up', async ({ domain }) => {
      await undisturbed(domain, async () => {
        const raw = await RawConnection.open(address(domain));
        expect(await raw.greet(hello)).toMatchObject({ kind: 'welcome' });
        raw.write(Buffer.concat([length(1_000), bytes('half')]));
      });
    });

    test('a wire version of the future is refused with a reason', async ({ domain }) => {
      await undisturbed(domain, async () => {
        const raw = await RawConnection.open(address(domain));
        expect(await raw.greet({ ...hello, wire: { min: 900, max: 999 } })).toMatchObject({
          kind: 'refuse',
          code: 'wire-version',
          text: expect.stringContaining('wire version'),
        });
        await raw.closed();
      });
    });

    test('a role that has no business here is refused with a reason', async ({ domain }) => {
      await undisturbed(domain, async () => {
        const raw = await RawConnection.open(address(domain));
        expect(await raw.greet({ ...hello, role: 'name-server' })).toMatchObject({
          kind: 'refuse',
          code: 'role',
        });
        await raw.closed();
      });
    });
  });
}

for (const { name, address, hello } of doors) {
  test(`another domain is refused at the ${name}`, async ({ domain }) => {
    await undisturbed(domain, async () => {
      const raw = await RawConnection.open(address(domain));
      expect(await raw.greet({ ...hello, domain: 'elsewhere' })).toMatchObject({
        kind: 'refuse',
        code: 'domain',
        text: expect.stringContaining('elsewhere'),
      });
      await raw.closed();
    });
  });
}

test('half a HELLO and silence: the connection ends, everybody is served meanwhile', async ({
  domain,
}) => {
  const raws = await Promise.all(doors.map(({ address }) => RawConnection.open(address(domain))));
  for (const raw of raws) raw.write(Buffer.concat([length(100), bytes('half')]));
  await undisturbed(domain, async () => {});
  await Promise.all(raws.map((raw) => raw.closed()));
});

test('a process that breaks the rules leaves its groups, others stay', async ({ domain }) => {
  const one = await join(await domain.connect('n1'), 'rules', { instance: 'a' });
  const raw = await RawConnection.open(domain.daemon('n1').endpoint);
  await raw.greet({ domain: '*' });
  raw.write(length(0xffffffff));
  await raw.closed();
  await one.handle.send(bytes('here'));
  expect(one.list).toEqual(['n1/a']);
});
