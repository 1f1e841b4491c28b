import { readFileSync, writeFileSync } from 'node:fs';
import { issueCertificate } from '@group-services/certificates';
import { connect, type Provider } from '@group-services/client';
import { identityUri } from '@group-services/transport';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SecureDomain } from './secure-domain.js';
import { bytes, ran } from './support.js';

// gsctl in a domain with certificates, tokens and permissions: what it may it does, over both of the ways that it
// has to a daemon; and whoever is not let in is told why, and which option says otherwise.

let domain: SecureDomain;
let provider: Provider;
let closing: () => Promise<void>;

beforeAll(async () => {
  domain = await SecureDomain.start();
  const read = (name: string): string => readFileSync(domain.path(`ours/${name}`), 'utf8');
  const { endpoint, token } = domain;
  const services = await connect({ endpoint, token, tls: { ca: read('ca.crt') } });
  closing = () => services.close();
  provider = await services.join('orders', { instance: 'a' });
  await provider.changeState(bytes('one'));
}, 60_000);
afterAll(async () => {
  await closing?.();
  await domain?.stop();
});

/** Enough for a machine that does much else. */
const PATIENT = { timeout: 60_000 };

/** Runs these commands, two at a time, and gives what each ended with. */
async function each(access: readonly string[], commands: readonly string[]) {
  const rest = [...commands];
  const found: string[] = [];
  const next = async (): Promise<void> => {
    for (let command = rest.shift(); command !== undefined; command = rest.shift()) {
      const { status, errors } = await ran([...command.split(' '), ...access]);
      found.push(`${command}: ${status}${errors.startsWith('gsctl: ') ? ` ${errors}` : ''}`);
    }
  };
  await Promise.all([next(), next()]);
  return found.sort();
}

describe('an operator', () => {
  test('with a certificate does all that gsctl does', PATIENT, async () => {
    const commands = [
      ...['status', 'clients', 'nodes', 'groups', 'group orders', 'votes orders', 'top --json'],
      ...['state get orders', 'state set orders two', 'send orders hello', 'barrier orders'],
      ...['nodes undrain n1', `name-server status --admin ${domain.nameServerAdmin}`],
      ...[`doctor --also ${domain.nameServerAdmin}`, `dump --out ${domain.path('dump.json.gz')}`],
    ];
    const done = await each(domain.as('ops'), commands);
    expect(done).toEqual(commands.map((it) => `${it}: 0`).sort());
    expect(new TextDecoder().decode(provider.stateValue ?? bytes(''))).toBe('two');
  });

  test('with a token as well, and ends groups and members', PATIENT, async () => {
    const access = [...domain.trusting, '--token-file', domain.path('ops.token')];
    const services = await connect({
      endpoint: domain.endpoint,
      token: domain.token,
      tls: { ca: readFileSync(domain.path('ours/ca.crt'), 'utf8') },
    });
    const victim = await services.join('orders', { instance: 'victim' });
    await services.join('lost', { instance: 'b' });
    expect(await each(access, [`expel orders ${victim.id}`, 'group reset lost --yes'])).toEqual([
      `expel orders ${victim.id}: 0`,
      'group reset lost --yes: 0',
    ]);
    await services.close();
  });
});

describe('who is not let in is told why, and what to do', () => {
  const refused = async (args: readonly string[], ...parts: readonly (string | RegExp)[]) => {
    const { status, output, errors } = await ran(args);
    expect({ status, output }).toEqual({ status: 1, output: '' });
    for (const part of parts) expect(errors).toMatch(part);
    expect(errors).not.toContain('    at ');
    expect(errors).not.toContain(domain.token.slice(1));
  };

  test('without the authority of the domain', PATIENT, async () => {
    const own = ['status', '--endpoint', domain.endpoint];
    const why = ['does not come from an authority that is trusted here', '--tls-ca'];
    await refused(own, ...why);
    await refused([...own, '--tls-ca', domain.path('theirs/ca.crt')], ...why);
    const { nameServerAdmin } = domain;
    const asked = ['name-server', 'status', '--admin', nameServerAdmin];
    const { status, output } = await ran(asked);
    expect(status).toBe(3);
    expect(output).toContain(`Whom gsctl trusts at ${nameServerAdmin} is said by --tls-ca`);
  });

  test('doctor, by a name server that does not know the token', PATIENT, async () => {
    const token = ['--token-file', domain.path('ops.token')];
    const also = ['--also', domain.nameServerAdmin];
    const { status, output } = await ran(['doctor', ...domain.trusting, ...token, ...also]);
    expect(status).toBe(1);
    expect(output).toMatch(
      /reached, but not told: .*this token is not known here.*--admin-token-file/u,
    );
    expect(output).not.toContain('start it');
  });

  test('with nothing, a wrong token, or a certificate of somebody else', PATIENT, async () => {
    const ways = ['--tls-cert with --tls-key', '--token-file'];
    const { trusting } = domain;
    await refused(['status', ...trusting], 'give a client certificate or a token', ...ways);
    const token = ['--token-file', domain.path('wrong.token')];
    await refused(['status', ...trusting, ...token], 'this token is not known here', ...ways);
    const [cert, key] = [domain.path('theirs/ops.crt'), domain.path('theirs/ops.key')];
    const theirs = ['--tls-cert', cert, '--tls-key', key];
    await refused(['status', ...trusting, ...theirs], 'an authority that is trusted', ...ways);
  });

  test('with a certificate whose time is over', PATIENT, async () => {
    const read = (name: string): string => readFileSync(domain.path(`ours/${name}`), 'utf8');
    const authority = { certificate: read('ca.crt'), key: read('ca.key') };
    const identity = { role: 'client', domain: 'shop', name: 'late' } as const;
    const day = 24 * 60 * 60 * 1000;
    const made = await issueCertificate(authority, {
      uri: identityUri(identity),
      subject: identity,
      serves: false,
      validFrom: new Date(Date.now() - 9 * day),
      validUntil: new Date(Date.now() - day),
    });
    writeFileSync(domain.path('ours/late.crt'), made.certificate);
    writeFileSync(domain.path('ours/late.key'), made.key, { mode: 0o600 });
    await refused(['status', ...domain.as('late')], 'has expired', '--tls-cert with --tls-key');
  });

  test('who may look and not touch', PATIENT, async () => {
    const viewer = domain.as('viewer');
    expect(await each(viewer, ['groups', 'state get orders'])).toEqual([
      'groups: 0',
      'state get orders: 0',
    ]);
    await refused(
      ['state', 'set', 'orders', 'x', ...viewer],
      'viewer',
      'orders',
      'permissions.yaml',
    );
    await refused(['status', ...viewer], 'principal viewer may not operate this domain');
  });

  test('whose principal has no connection left', PATIENT, async () => {
    const why = 'principal narrow has 1 connections, and may have no more';
    await refused(['send', 'orders', 'hello', ...domain.as('narrow')], why);
  });

  test('files that are of no use are named', PATIENT, async () => {
    const cert = ['--tls-cert', domain.path('ours/ops.crt')];
    const cases = [
      [[...domain.trusting, ...cert], '--tls-cert and --tls-key go together'],
      [['--endpoint', domain.endpoint, '--tls-ca', domain.path('ours/ca.key')], '--tls-ca'],
      [[...domain.trusting, '--token-file', domain.path('none')], '--token-file: cannot read'],
    ] as const;
    for (const [access, why] of cases) {
      const { status, errors } = await ran(['status', ...access]);
      expect(status).toBe(2);
      expect(errors).toContain(why);
    }
  });

  test('who speaks no TLS to it', PATIENT, async () => {
    const plain = domain.endpoint.replace('tls:', 'tcp:');
    const { status, errors } = await ran(['status', '--endpoint', plain]);
    expect(status).toBe(3);
    expect(errors).toContain('closed the connection without an answer');
  });
});
