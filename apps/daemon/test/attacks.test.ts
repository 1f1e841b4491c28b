import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { revocationList } from '@group-services/certificates';
import type { GroupServices, Provider } from '@group-services/client';
import type { NodeName } from '@group-services/core';
import { encodeHandshake, type Hello, joinFrame, MAGIC, WIRE_VERSION } from '@group-services/wire';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from './harness/eventually.js';
import { RawConnection } from './harness/raw-connection.js';
import { SecureDomain, type Shown } from './harness/secure-domain.js';
import { bytes } from './harness/watched.js';

/** Attacks on real programs that share a domain: after each of them it has to serve as before. */

const TOKEN = 'a-token-of-billing';
const HASH = createHash('sha256').update(TOKEN).digest('hex');
const ADMIN_TOKEN = 'the-token-of-operators';

/** Of each of two attackers; the daemon itself keeps no more than the second at a time. */
const ATTACKERS_OPEN = 5_000;
const HALF_OPEN_MAX = 1_024;

/** Why nobody can be attacked with so many connections here. */
const tooFewDescriptors = ((): string | undefined => {
  const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
  if (limit === 'unlimited' || Number(limit) >= ATTACKERS_OPEN + 1_000) return undefined;
  return `a process may open only ${limit} files here (ulimit -Hn)`;
})();
if (tooFewDescriptors !== undefined) {
  process.stderr.write(`SKIPPED: 10,000 connections; ${tooFewDescriptors}\n`);
}

let domain: SecureDomain;
let n3: Shown;
let bystanders: readonly Provider[];

beforeAll(async () => {
  domain = await SecureDomain.start(async (it) => [
    ...[
      '--tokens',
      await it.write('tokens.yaml', `- { token-sha256: "${HASH}", principal: billing }`, 0o600),
    ],
    ...['--admin-token-file', await it.write('admin.token', ADMIN_TOKEN, 0o600)],
    ...['--tls-crl', await it.write('ca.crl', await revocationList(it.authority, []))],
    ...['--client', 'tcp://127.0.0.1:0'],
  ]);
  n3 = await domain.issue({ role: 'node', domain: 'shop', name: 'n3' });
  const services: GroupServices[] = await Promise.all(
    ['n1', 'n2'].map((node) => domain.connect({ endpoint: domain.endpoint(node) })),
  );
  bystanders = await Promise.all(services.map((one) => one.join('bystanders')));
});
afterAll(() => domain.destroy());

/** The domain has not noticed anything. */
afterEach(async () => {
  const [one, other] = bystanders;
  await one?.send(bytes('still here'), { delivery: 'safe' });
  expect(one?.view.providers).toHaveLength(2);
  expect(other?.view.providers).toEqual(one?.view.providers);
  expect(domain.daemon('n1').program.isRunning && domain.nameServer.program.isRunning).toBe(true);
});

const peerPort = (): string => domain.daemon('n1').ready.listen;
const plainPort = (): string =>
  domain.daemon('n1').ready.client.find((one) => one.startsWith('tcp:')) ?? '';
const plainEnd = () => ({ port: Number(new URL(plainPort()).port) });
const doors = (): string[] => [domain.nameServer.listen, peerPort(), domain.secureEndpoint('n1')];

const HELLO: Hello = {
  kind: 'hello',
  magic: MAGIC,
  role: 'daemon',
  wire: { ...WIRE_VERSION },
  domain: 'shop',
  node: 'n3' as NodeName,
  incarnation: 1,
  address: 'tls://127.0.0.1:1',
  features: [],
};

async function raw(address: string, tls: Shown | undefined = n3): Promise<RawConnection> {
  const connection = await RawConnection.open(address, tls);
  onTestFinished(() => connection.close());
  return connection;
}

describe('who is not spoken to', () => {
  it('plain text to a port with TLS', async () => {
    for (const address of doors()) {
      const plain = await RawConnection.open(address.replace('tls:', 'tcp:'));
      plain.writeFrame(joinFrame(encodeHandshake(HELLO)));
      await plain.closed();
    }
    await domain.logged(domain.daemon('n1').program, /^peer refused: .*does not speak TLS/u);
    await domain.logged(domain.nameServer.program, /^refused: .*does not speak TLS/u);
  });

  it('TLS to a plain port', async () => {
    await expect(RawConnection.open(plainPort(), n3)).rejects.toThrow();
    await domain.logged(
      domain.daemon('n1').program,
      /^client refused: a first frame of \d+ bytes/u,
    );
  });

  it('TLS 1.1', async () => {
    for (const address of doors()) {
      const { port } = new URL(address);
      const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' } as const;
      const options = { ...n3, ...old, port: Number(port), ciphers: 'DEFAULT@SECLEVEL=0' };
      const socket = connectTls(options);
      await new Promise((resolve) => void socket.on('error', resolve));
    }
    await domain.logged(domain.nameServer.program, /no version of TLS from 1\.2 on/u);
  });

  it('a certificate that is revoked, from the moment on that the list says so', async () => {
    const { program } = domain.daemon('n1');
    await domain.write('ca.crl', await revocationList(domain.authority, [n3.cert]));
    program.signal('SIGHUP');
    await domain.logged(program, /certificates were read again/u);
    const answer = await (await raw(peerPort())).greet(HELLO);
    expect(answer).toMatchObject({ kind: 'refuse', code: 'NOT_AUTHORIZED' });
    await domain.logged(program, /^peer refused: .*has been revoked/u);
    n3 = await domain.issue({ role: 'node', domain: 'shop', name: 'n3' });
    expect(await (await raw(peerPort())).greet(HELLO)).toMatchObject({ kind: 'welcome' });
  });

  it('a token over a port without TLS, but for loopback', async () => {
    const plain = await RawConnection.open(plainPort());
    const auth = { scheme: 'token', data: TOKEN };
    expect(await plain.greet({ domain: 'shop', auth })).toMatchObject({ kind: 'welcome' });
    plain.close();
    const without = await RawConnection.open(plainPort());
    expect(await without.greet({ domain: 'shop' })).toMatchObject({ code: 'NOT_AUTHORIZED' });
  });
});

describe('who says what it must not', () => {
  it('HELLO once more: the link ends', async () => {
    for (const address of [domain.nameServer.listen, peerPort()]) {
      const connection = await raw(address);
      expect(await connection.greet(HELLO)).toMatchObject({ kind: 'welcome' });
      connection.writeFrame(joinFrame(encodeHandshake(HELLO)));
      await connection.closed();
    }
    await domain.logged(domain.nameServer.program, /^daemon sent what cannot be read/u);
  });

  it('HELLO of another, with its own certificate', async () => {
    for (const address of [domain.nameServer.listen, peerPort()]) {
      const answer = await (await raw(address)).greet({ ...HELLO, node: 'n2' as NodeName });
      expect(answer).toMatchObject({ kind: 'refuse', code: 'NOT_AUTHORIZED' });
    }
    const why = /stands for node n3 of domain shop, not for node n2 of domain shop/u;
    await domain.logged(domain.daemon('n1').program, why);
  });

  const nested = Buffer.concat([Buffer.from([0]), Buffer.alloc(10_000, 0x91), Buffer.from([0xc0])]);
  const length = (value: number): Buffer => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(value);
    return head;
  };
  const bad: readonly [string, (to: RawConnection) => void][] = [
    ['an oversized frame', (to) => to.write(length(0xffff_ffff))],
    ['a deeply nested one', (to) => to.writeFrame(nested)],
    ['an empty one', (to) => to.write(length(0))],
    ['an unknown kind', (to) => to.writeFrame(Buffer.from([0xff, 1, 2, 3]))],
  ];

  it.each(bad)('%s before WELCOME, and after it', async (_what, send) => {
    for (const address of [domain.nameServer.listen, peerPort()]) {
      const before = await raw(address);
      send(before);
      await before.closed();
      const after = await raw(address);
      await after.greet(HELLO);
      send(after);
      await after.closed();
    }
  });

  it('a request that never ends, at the admin endpoint', async () => {
    const { port } = new URL(domain.daemon('n1').ready.admin);
    const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
    const closed = new Promise((resolve) => void socket.on('close', resolve));
    socket.write(`GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}`);
    socket.resume();
    await closed;
  });
});

describe('who wants too much', () => {
  it('1,100 connections that say nothing: the oldest go first', async () => {
    const { port } = new URL(peerPort());
    const open = (): Promise<Socket> =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(port), '127.0.0.1', () => resolve(socket));
        socket.once('error', reject);
      });
    const sockets: Socket[] = [];
    let closed = 0;
    onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
    for (let batch = 0; batch < 11; batch += 1) {
      const more = await Promise.all(Array.from({ length: 100 }, open));
      for (const socket of more) {
        socket.on('error', () => {});
        socket.once('close', () => {
          closed += 1;
        });
        socket.resume();
      }
      sockets.push(...more);
    }
    await eventually('some of them are closed', () => closed >= 76);
    expect(await (await raw(peerPort())).greet(HELLO)).toMatchObject({ kind: 'welcome' });
  });

  it.skipIf(tooFewDescriptors !== undefined)(
    '10,000 connections at once: they are ended, and others come in',
    async () => {
      const attackers = [20, 21].map((last) =>
        domain.bench.run({
          label: `attacker ${last}`,
          file: fileURLToPath(new URL('programs/connections.mjs', import.meta.url)),
          // Each from an address of its own, so that nobody else is counted with them.
          args: [JSON.stringify({ ...plainEnd(), count: ATTACKERS_OPEN, from: `127.0.0.${last}` })],
        }),
      );
      for (const attacker of attackers) {
        for (let batch = 0; batch < ATTACKERS_OPEN / 100; batch += 1) await attacker.message(batch);
      }
      const sum = (what: 'opened' | 'ended'): number =>
        attackers
          .map(({ messages }) => (messages.at(-1) as Record<typeof what, number>)[what])
          .reduce((all, one) => all + one, 0);
      expect(sum('opened')).toBe(2 * ATTACKERS_OPEN);
      const other = await RawConnection.open(plainPort());
      const auth = { scheme: 'token', data: TOKEN };
      expect(await other.greet({ domain: 'shop', auth })).toMatchObject({ kind: 'welcome' });
      other.close();
      await eventually('all but those in the middle of a handshake are ended', () => {
        return sum('ended') >= 2 * ATTACKERS_OPEN - HALF_OPEN_MAX;
      });
      await Promise.all(attackers.map((attacker) => attacker.kill()));
    },
    // Seconds, unless the machine has much else to do.
    180_000,
  );

  it('connections that never finish: all ports end them within seconds', async () => {
    const half = await Promise.all(doors().map((address) => raw(address)));
    const silent = await Promise.all(
      doors().map((address) => RawConnection.open(address.replace('tls:', 'tcp:'))),
    );
    for (const connection of half) connection.write(Buffer.from([0, 0]));
    for (const connection of silent) connection.write(Buffer.from([0x16, 3, 1]));
    await Promise.all([...half, ...silent].map((connection) => connection.closed()));
  });

  it('to fill the log: who is refused again and again is written down once, and counted', async () => {
    const from = '127.0.0.30';
    const tls = { ca: domain.authority.certificate, localAddress: from };
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const connection = await RawConnection.open(domain.secureEndpoint('n1'), tls);
      expect(await connection.greet({ domain: 'shop' })).toMatchObject({ code: 'NOT_AUTHORIZED' });
      connection.close();
    }
    const { errors } = domain.daemon('n1').program;
    const lines = errors.map((line) => JSON.parse(line));
    const about = lines.filter(({ remote, more }) => more === undefined && remote?.includes(from));
    expect(about).toHaveLength(1);
  });

  it('to guess a token: soon nobody listens', async () => {
    const guess = async (data: string) => {
      const tls = { ca: domain.authority.certificate, localAddress: '127.0.0.9' };
      const connection = await RawConnection.open(domain.secureEndpoint('n1'), tls);
      const answer = await connection.greet({ domain: 'shop', auth: { scheme: 'token', data } });
      connection.close();
      return 'code' in answer ? answer.code : answer.kind;
    };
    const answers: string[] = [];
    for (let attempt = 0; attempt < 10; attempt += 1) answers.push(await guess(`guess ${attempt}`));
    expect(new Set(answers)).toEqual(new Set(['NOT_AUTHORIZED']));
    expect(await guess(TOKEN)).toBe('overloaded');
  });
});

describe('the admin endpoint', () => {
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${domain.daemon('n1').ready.admin}${path}`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...headers },
    });

  it.each([
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/api/groups/..%2f..%2fetc%2fpasswd',
    '/api/groups/%00',
  ])('gives no file for %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('root:');
  });

  it('changes nothing for other sites and without the token, and says what is wrong', async () => {
    const post = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
      const given = { authorization: `Bearer ${ADMIN_TOKEN}`, ...headers };
      const url = `${domain.daemon('n1').ready.admin}${path}`;
      const answer = await fetch(url, { method: 'POST', headers: given });
      return [answer.status, await answer.text()] as const;
    };
    const reset = '/api/reset?group=bystanders';
    expect((await post(reset, { authorization: '' }))[0]).toBe(401);
    expect((await post(reset, { origin: 'https://evil.example' }))[0]).toBe(403);
    const form = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await post(reset, form))[0]).toBe(403);
    expect((await get(reset)).status).toBe(404);
    for (const path of ['/api/expel?group=&provider=x', '/api/drain?node=%20', '/api/forget']) {
      expect((await post(path))[0]).toBe(400);
    }
    expect((await post('/api/expel?group=bystanders&provider=x&provider=x'))[0]).toBe(400);
    expect(await post('/api/reset?group=nobody')).toEqual([
      409,
      `${JSON.stringify({ error: 'there is no group nobody' })}\n`,
    ]);
  });

  it('answers no page of another site, and nobody without the token', async () => {
    expect((await get('/api/status')).status).toBe(200);
    expect((await get('/api/status', { origin: 'https://evil.example' })).status).toBe(403);
    expect((await get('/api/status', { authorization: '' })).status).toBe(401);
    expect((await get('/healthz', { authorization: '' })).status).toBe(200);
  });
});

describe('files', () => {
  it('of a key that others may write are refused', async () => {
    const tls = await domain.certificates({ role: 'node', domain: 'shop', name: 'n5' });
    await domain.write('n5.key', n3.key, 0o666);
    const program = await domain.launch('n4', tls);
    expect(await program.ended).toMatchObject({ status: 1 });
    expect(program.errors.join('\n')).toMatch(/others than its owner may write .*n5\.key/u);
  });
});
