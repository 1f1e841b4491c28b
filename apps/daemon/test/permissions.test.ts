import { createHash } from 'node:crypto';
import { NotAuthorizedError, RemovedError } from '@group-services/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './harness/eventually.js';
import { SecureDomain } from './harness/secure-domain.js';
import { bytes } from './harness/watched.js';

const entry = (token: string, principal: string, more = ''): string =>
  `- { token-sha256: "${createHash('sha256').update(token).digest('hex')}", principal: ${principal}${more} }\n`;

const TOKENS =
  entry('secret-of-billing', 'billing-1') + entry('too-old', 'billing-1', ', expires: 2020-01-01');
const FOR_ALL = '- { principals: [local], allow: [subscribe, provide, send, list] }\n';
const RULES = `${FOR_ALL}- { principals: [billing-*], groups: [billing, 'billing.*'], allow: [provide, send] }\n`;

let domain: SecureDomain;
beforeAll(async () => {
  domain = await SecureDomain.start(async (it) => [
    ...['--tokens', await it.write('tokens.yaml', TOKENS, 0o600)],
    ...['--permissions', await it.write('permissions.yaml', RULES)],
  ]);
});
afterAll(() => domain.destroy());

async function withToken(token: string) {
  const tls = { ca: domain.authority.certificate };
  return await domain.connect({ endpoint: domain.secureEndpoint('n1'), tls, token });
}

describe('a token', () => {
  it.each([
    ['wrong', 'secret-of-somebody', /not known here/u],
    ['truncated', 'secret-of-billin', /not known here/u],
    ['expired', 'too-old', /has expired/u],
  ])('that is %s is refused', async (_what, token, why) => {
    const connecting = withToken(token);
    await expect(connecting).rejects.toBeInstanceOf(NotAuthorizedError);
    await expect(connecting).rejects.toThrow(why);
    await domain.logged(domain.daemon('n1').program, why);
    const errors = domain.daemon('n1').program.errors.join('\n');
    expect(errors).not.toContain(token);
  });

  it('is asked for where there is no certificate', async () => {
    const connecting = domain.connect({
      endpoint: domain.secureEndpoint('n1'),
      tls: { ca: domain.authority.certificate },
    });
    await expect(connecting).rejects.toThrow(/give a client certificate or a token/u);
  });
});

describe('permissions', () => {
  it('are those of the principal, and each denial says what is missing', async () => {
    const services = await withToken('secret-of-billing');
    const provider = await services.join('billing', { instance: 'a' });
    await provider.send(bytes('allowed'));
    const denied = provider.changeState(bytes('not allowed'));
    await expect(denied).rejects.toMatchObject({ code: 'NOT_AUTHORIZED', action: 'state' });
    await expect(denied).rejects.toThrow(
      /principal billing-1 .* group billing: .*permissions\.yaml/u,
    );
    await expect(services.join('orders')).rejects.toMatchObject({ action: 'provide' });
    for (const group of ['billing', '$nodes']) {
      await expect(services.subscribe(group)).rejects.toMatchObject({ action: 'subscribe' });
    }
    await expect(services.groups()).rejects.toMatchObject({ action: 'list' });
  });

  it('that are withdrawn end what they allowed, at once and for all', async () => {
    const services = await withToken('secret-of-billing');
    const provider = await services.join('billing', { instance: 'withdrawn' });
    const local = await domain.connect({ endpoint: domain.endpoint('n2') });
    // Without it the group would end with the other one.
    await local.join('billing', { instance: 'stays' });
    const watcher = await local.subscribe('billing');
    const removed: string[] = [];
    const left: unknown[] = [];
    provider.on('removed', ({ reason }) => void removed.push(reason));
    watcher.on('membership', (event) => void left.push(...event.left));
    await eventually('it is in', () => watcher.view.providers.includes('n1/withdrawn'));
    await domain.write('permissions.yaml', FOR_ALL);
    domain.daemon('n1').program.signal('SIGHUP');
    const departure = { reason: 'process-failure', detail: 'not-authorized' };
    await eventually('it is out', () => !watcher.view.providers.includes('n1/withdrawn'));
    const told = (): boolean => JSON.stringify(left).includes('n1/withdrawn');
    await eventually('the others are told', told);
    expect(left).toContainEqual({ provider: 'n1/withdrawn', ...departure });
    await eventually('it knows', () => removed.length > 0);
    expect(removed).toEqual(['not-authorized']);
    await expect(provider.send(bytes('late'))).rejects.toBeInstanceOf(RemovedError);
    await expect(services.join('billing')).rejects.toBeInstanceOf(NotAuthorizedError);
    await domain.write('permissions.yaml', '- { principals: 7 }');
    domain.daemon('n1').program.signal('SIGHUP');
    await domain.logged(
      domain.daemon('n1').program,
      /the permissions stay as they were: .*permissions\.yaml:1/u,
    );
    await domain.write('permissions.yaml', RULES);
    domain.daemon('n1').program.signal('SIGHUP');
    await eventually('it may join again', async () => {
      return await services.join('billing').catch(() => undefined);
    });
  });

  it('are lost with the token', async () => {
    const services = await withToken('secret-of-billing');
    await domain.write('tokens.yaml', entry('another', 'billing-1'), 0o600);
    domain.daemon('n1').program.signal('SIGHUP');
    expect((await services.closed)?.message).toMatch(/its token is not good any more/u);
  });
});
