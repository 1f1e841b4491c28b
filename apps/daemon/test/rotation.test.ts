import { createHash } from 'node:crypto';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { revocationList } from '@group-services/certificates';
import type { Provider } from '@group-services/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from './harness/eventually.js';
import { SecureDomain } from './harness/secure-domain.js';
import { bytes } from './harness/watched.js';

/**
 * Every file of a daemon and of the name server is exchanged while a group is under load. Daemon `n1` is told by
 * a signal; `n2` has its files behind a link to a folder, as container systems hand them over, and notices by
 * itself that the link leads elsewhere.
 */

const TOKENS = ['the-first-token-of-billing', 'the-second-token-of-billing'] as const;
const ADMIN_TOKENS = ['first-token-of-operators', 'second-token-of-operators'] as const;
const ALL = '[subscribe, provide, send, state, attributes, expel, barrier, list, operate]';

let domain: SecureDomain;
const members: Provider[] = [];

/** What is read anew: of the first time, and of the second, in which less is allowed. */
async function files(round: 0 | 1): Promise<Readonly<Record<string, string>>> {
  const { cert, key } = await domain.issue({ role: 'node', domain: 'shop', name: 'n2' });
  const hash = createHash('sha256').update(TOKENS[round]).digest('hex');
  const closed = '- { principals: [billing], groups: [closed], allow: [] }\n';
  return {
    'own.crt': cert,
    'own.key': key,
    'ca.crt': domain.authority.certificate,
    'ca.crl': await revocationList(domain.authority, []),
    'tokens.yaml': `- { token-sha256: "${hash}", principal: billing }\n`,
    'permissions.yaml': `${round === 1 ? closed : ''}- { principals: ["*"], allow: ${ALL} }\n`,
    'limits.yaml': limits(5 - 4 * round),
    'admin.token': ADMIN_TOKENS[round],
  };
}

function limits(connections: number): string {
  const billing = `{ principals: [billing], connections: ${connections} }`;
  return `principals:\n  - ${billing}\n  - { principals: [local], memberships: 2, open-proposals: 3 }\n`;
}

/** A new folder with these files, to which the link then leads: at once, or not at all. */
async function turn(link: string, name: string, round: 0 | 1): Promise<void> {
  const folder = domain.bench.path(name);
  await mkdir(folder);
  for (const [file, text] of Object.entries(await files(round))) {
    await writeFile(join(folder, file), text, { mode: 0o600 });
  }
  await symlink(folder, `${link}.new`);
  await rename(`${link}.new`, link);
}

const OPTIONS = {
  '--tls-cert': 'own.crt',
  '--tls-key': 'own.key',
  '--tls-ca': 'ca.crt',
  '--tls-crl': 'ca.crl',
  '--tokens': 'tokens.yaml',
  '--permissions': 'permissions.yaml',
  '--limits': 'limits.yaml',
  '--admin-token-file': 'admin.token',
} as const;

beforeAll(async () => {
  domain = await SecureDomain.start();
  const link = domain.bench.path('now');
  await turn(link, 'first', 0);
  const options = Object.entries(OPTIONS).flatMap(([name, file]) => [name, join(link, file)]);
  await domain.daemon('n2').program.kill();
  await domain.startDaemon('n2', options);
  for (const node of ['n1', 'n2']) {
    const services = await domain.connect({ endpoint: domain.endpoint(node) });
    members.push(await services.join('loaded'));
  }
});
afterAll(() => domain.destroy());

async function asBilling(token: string) {
  const tls = { ca: domain.authority.certificate };
  return await domain.connect({ endpoint: domain.secureEndpoint('n2'), tls, token });
}

function admin(token: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${domain.daemon('n2').ready.admin}/api/status`, { headers });
}

it('every file is exchanged under load: nothing is lost, and the new ones are in force', async () => {
  const [sender, receiver] = members;
  const heard: string[] = [];
  receiver?.on('message', ({ message }) => heard.push(new TextDecoder().decode(message)));
  const before = await asBilling(TOKENS[0]);
  const kept = await before.join('closed');
  const withdrawn = new Promise<string>((resolve) => {
    kept.on('removed', ({ reason }) => resolve(reason));
  });
  let goesOn = true;
  const sending = (async () => {
    let count = 0;
    for (; goesOn; count += 1) await sender?.send(bytes(`load ${count}`));
    return count;
  })();

  await domain.certificates({ role: 'node', domain: 'shop', name: 'n1' });
  await domain.certificates({ role: 'name-server', domain: 'shop' });
  for (const { program } of [domain.daemon('n1'), domain.nameServer]) {
    program.signal('SIGHUP');
    await domain.logged(program, /certificates were read again/u);
  }
  await turn(domain.bench.path('now'), 'second', 1);
  const { program } = domain.daemon('n2');
  for (const what of ['certificates', 'the tokens', 'the permissions', 'the limits']) {
    await domain.logged(program, new RegExp(`^${what} were read again`, 'u'));
  }
  await domain.logged(program, /^the admin token were read again/u);
  goesOn = false;
  const count = await sending;
  await eventually('all is heard', () => heard.includes(`load ${count - 1}`));
  expect(heard).toEqual(Array.from({ length: count }, (_, number) => `load ${number}`));

  expect(await withdrawn).toBe('not-authorized');
  expect(await before.closed).toBeDefined();
  await expect(asBilling(TOKENS[0])).rejects.toThrow(/token is not known here/u);
  const after = await asBilling(TOKENS[1]);
  await expect(after.join('closed')).rejects.toThrow(/billing/u);
  await expect(asBilling(TOKENS[1])).rejects.toThrow(/may have no more/u);
  expect((await admin(ADMIN_TOKENS[0])).status).toBe(401);
  expect((await admin(ADMIN_TOKENS[1])).status).toBe(200);
});

it('a file that cannot be used leaves the one before in force', async () => {
  const { program } = domain.daemon('n2');
  await writeFile(join(domain.bench.path('second'), 'tokens.yaml'), '- { principal: nobody }\n');
  await writeFile(join(domain.bench.path('second'), 'limits.yaml'), 'principals: [}\n');
  program.signal('SIGHUP');
  await domain.logged(program, /^the tokens stay as they were: .*tokens\.yaml:1/u);
  await domain.logged(program, /^the limits stay as they were: .*limits\.yaml/u);
  expect((await admin(ADMIN_TOKENS[1])).status).toBe(200);
  await expect(asBilling(TOKENS[0])).rejects.toThrow(/token is not known here/u);
});

it('a principal has no more memberships and open proposals than its limits say', async () => {
  const services = await domain.connect({ endpoint: domain.endpoint('n2') });
  // Together with the one that is under load.
  const second = await services.join('second');
  await expect(services.join('third')).rejects.toMatchObject({ code: 'OVERLOADED' });
  const sent = Array.from({ length: 10 }, (_, number) => second.send(bytes(`at once ${number}`)));
  const outcomes = await Promise.allSettled(sent);
  const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
  expect(new Set(refused)).toEqual(new Set(['OVERLOADED']));
  await second.send(bytes('one by one'), { delivery: 'safe' });
  await second.leave();
  await services.join('third');
});
