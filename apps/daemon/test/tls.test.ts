import { makeAuthority } from '@group-services/certificates';
import { NotAuthorizedError } from '@group-services/client';
import type { NodeName } from '@group-services/core';
import type { Hello } from '@group-services/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './harness/eventually.js';
import { RawConnection } from './harness/raw-connection.js';
import { SecureDomain, type Shown } from './harness/secure-domain.js';
import { bytes } from './harness/watched.js';

let domain: SecureDomain;
beforeAll(async () => {
  domain = await SecureDomain.start();
});
afterAll(() => domain.destroy());

const billing = { role: 'client', domain: 'shop', name: 'billing' } as const;
const node = (name: string) => ({ role: 'node', domain: 'shop', name }) as const;
const daysAgo = (days: number): Date => new Date(Date.now() - days * 24 * 60 * 60 * 1000);

describe('a domain with TLS', () => {
  it('serves a process with a certificate, over two daemons', async () => {
    const services = await domain.connect({
      endpoint: domain.secureEndpoint('n1'),
      tls: await domain.issue(billing),
    });
    const other = await domain.connect({ endpoint: domain.endpoint('n2') });
    const provider = await services.join('billing', { instance: 'a' });
    const watcher = await other.join('billing', { instance: 'b' });
    await provider.send(bytes('hello'), { delivery: 'safe' });
    expect(watcher.view.providers).toEqual(['n1/a', 'n2/b']);
  });

  it('refuses a process whose certificate comes from somebody else, and says why', async () => {
    const authority = await makeAuthority('shop');
    const tls = await domain.issue(billing, { authority });
    const connecting = domain.connect({ endpoint: domain.secureEndpoint('n1'), tls });
    await expect(connecting).rejects.toBeInstanceOf(NotAuthorizedError);
    await expect(connecting).rejects.toThrow(/authority/u);
    await domain.logged(domain.daemon('n1').program, /process refused: .*authority/u);
  });

  it('is not taken for itself by a process that trusts somebody else', async () => {
    const { certificate: ca } = await makeAuthority('shop');
    const connecting = domain.connect({ endpoint: domain.secureEndpoint('n1'), tls: { ca } });
    await expect(connecting).rejects.toBeInstanceOf(NotAuthorizedError);
  });
});

/** Says HELLO as a daemon with these certificates, at the name server and at another daemon. */
async function greeted(tls: Shown, hello: Partial<Hello>): Promise<string[]> {
  const doors = [domain.nameServer.listen, domain.daemon('n1').ready.listen];
  const answers = await Promise.all(
    doors.map(async (address) => {
      const raw = await RawConnection.open(address, tls);
      const { kind, ...rest } = await raw.greet({
        role: 'daemon',
        domain: 'shop',
        node: 'n3' as NodeName,
        incarnation: 1,
        address: 'tls://127.0.0.1:1',
        ...hello,
      });
      if (kind === 'refuse') await raw.closed();
      raw.close();
      return kind === 'refuse' && 'code' in rest ? `${rest.code}: ${rest.text}` : kind;
    }),
  );
  return answers;
}

describe('who claims to be a daemon is refused by name server and daemons', () => {
  it.each([
    ['expired', { validFrom: daysAgo(9), validUntil: daysAgo(1) }, /has expired/u],
    ['of the future', { validFrom: daysAgo(-1) }, /is not valid yet/u],
  ])('with a certificate that is %s', async (_what, times, why) => {
    for (const answer of await greeted(await domain.issue(node('n3'), times), {})) {
      expect(answer).toMatch(/^NOT_AUTHORIZED: /u);
      expect(answer).toMatch(why);
    }
  });

  it('with a certificate of another authority', async () => {
    const authority = await makeAuthority('shop');
    const answers = await greeted(await domain.issue(node('n3'), { authority }), {});
    expect(answers).toEqual(Array(2).fill(expect.stringMatching(/^NOT_AUTHORIZED: .*authority/u)));
    await domain.logged(domain.nameServer.program, /^refused: .*authority/u);
    await domain.logged(domain.daemon('n1').program, /^peer refused: .*authority/u);
  });

  it('with the certificate of a process', async () => {
    const answers = await greeted(await domain.issue(billing), {});
    const why = /^NOT_AUTHORIZED: .* stands for client billing of domain shop, not for node n3/u;
    expect(answers).toEqual(Array(2).fill(expect.stringMatching(why)));
  });

  it('with a certificate of another domain', async () => {
    const other = { role: 'node', domain: 'other', name: 'n3' } as const;
    const answers = await greeted(await domain.issue(other), {});
    const why = /node n3 of domain other, not for node n3 of domain shop/u;
    expect(answers).toEqual(Array(2).fill(expect.stringMatching(why)));
  });

  it('when others would reach it without TLS', async () => {
    const answers = await greeted(await domain.issue(node('n3')), { address: 'tcp://127.0.0.1:1' });
    expect(answers[0]).toMatch(/without TLS is not protected; use tls:\/\/ everywhere/u);
  });

  it('and ends, when it has the certificate of another node: both are named', async () => {
    const program = await domain.launch('n4', await domain.certificates(node('n3')));
    const why = /stands for node n3 of domain shop, not for node n4 of domain shop/u;
    expect(await program.ended).toMatchObject({ status: 1 });
    expect(program.errors.join('\n')).toMatch(why);
    await domain.logged(domain.nameServer.program, why);
  });
});

describe('certificates that are renewed', () => {
  it('are in force for new links, while nobody loses one', async () => {
    const { program } = domain.daemon('n1');
    const first = await domain.connect({
      endpoint: domain.secureEndpoint('n1'),
      tls: await domain.issue(billing),
    });
    const provider = await first.join('renewed', { instance: 'a' });
    await domain.certificates(node('n1'), { hosts: ['renewed.example'] });
    program.signal('SIGHUP');
    await domain.logged(program, /certificates were read again/u);
    const tls = { ...(await domain.issue(billing)), serverName: 'renewed.example' };
    await domain.connect({ endpoint: domain.secureEndpoint('n1'), tls });
    await provider.send(bytes('still here'), { delivery: 'safe' });
    await domain.write('n1.crt', 'nothing of use');
    program.signal('SIGHUP');
    await domain.logged(program, /the certificates stay as they were: .*the certificate/u);
    await domain.connect({ endpoint: domain.secureEndpoint('n1'), tls });
    const other = await domain.connect({ endpoint: domain.endpoint('n2') });
    const watcher = await other.subscribe('renewed');
    await eventually('the group is whole', () => watcher.view.providers.length === 1);
  });
});
