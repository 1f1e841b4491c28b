import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  issueCertificate,
  type KeyedCertificate,
  makeAuthority,
} from '@group-services/certificates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EtcdHealth } from '../src/etcd/health.js';
import { EtcdMembers } from '../src/etcd/members.js';
import { storeCommand } from '../src/store/command.js';
import { type EtcdCertificates, EtcdCluster, noEtcd } from './etcd-cluster.js';
import { activeOf, leadOf, startDaemon, startInstance } from './etcd-domain.js';
import { eventually } from './eventually.js';
import { GsnsProcess } from './gsns-process.js';

const quick = ['--lease', '1s', '--fresh'];

/** An etcd as it is run in production: it asks for certificates, and for a user and a password. */
describe.skipIf(noEtcd !== undefined)('a name server on an etcd that asks who it is', () => {
  let folder = '';
  let cluster: EtcdCluster;
  /** Of the member, and of the name server: etcd takes no user's log-in beside a certificate with a common name. */
  let files: EtcdCertificates;
  let ours: EtcdCertificates;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gsns-secured-'));
    const authority = await makeAuthority('etcd');
    files = await certificate(authority, folder, 'm1');
    ours = await certificate(authority, folder, '');
    cluster = await EtcdCluster.start(1, files);
    await askForUsers(cluster, ours);
  });
  afterAll(async () => {
    await cluster.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  const written = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const by = ({ ca, cert, key }: EtcdCertificates): string[] => [
    ...['--etcd-ca', ca, '--etcd-cert', cert, '--etcd-key', key],
  ];
  const logIn = (password = 'open sesame\n'): string[] => [
    ...['--etcd-user', 'gs', '--etcd-password-file', written('password', password)],
  ];

  it('B1: leads with a certificate and a password, and logs in anew when its token is forgotten', async () => {
    const store = cluster.newStore();
    const instance = await startInstance(store, [...quick, ...by(ours), ...logIn()]);
    await activeOf([instance]);
    const services = await startDaemon('n1', [instance.listen]);
    await services.join('before', { instance: 'a' });
    const since = (await leadOf(instance))?.since;
    // What etcd starts again with knows no tokens of before.
    for (const member of cluster.members) await member.kill();
    await cluster.startAll();
    await services.join('after', { instance: 'a', timeout: 30_000 });
    await activeOf([instance]);
    expect(since).toBeDefined();
    expect(await instance.process.stop('SIGTERM')).toBe(0);

    const copy = `file:${join(folder, 'copy')}`;
    const copied = await storeCommand(['copy', store, copy, ...by(ours), ...logIn()]);
    expect(copied).toMatchObject({ exitCode: 0, text: expect.stringContaining('2 groups') });
  });

  it.each([
    ['a wrong password', () => [...by(ours), ...logIn('open barley\n')], /authentication failed/u],
    ['no user', () => by(ours), /user name is empty|permission denied/u],
    ['a common name', () => [...by(files), ...logIn()], /CommonName/u],
    ['no certificate', () => ['--etcd-ca', files.ca], /certificate/u],
    ['the authority of somebody else', () => [], /certificate/u],
  ])('with %s it says so, and goes on trying', async (_what, options, why) => {
    const process = new GsnsProcess(['--store', cluster.newStore(), ...quick, ...options()]);
    await eventually('it says why', () => why.test(process.errors));
    expect(await process.stop('SIGTERM')).toBe(0);
  });
});

async function certificate(
  authority: KeyedCertificate,
  folder: string,
  name: string,
): Promise<EtcdCertificates> {
  const made = await issueCertificate(authority, {
    uri: 'spiffe://etcd/member',
    subject: { domain: 'etcd', role: 'member', name },
    serves: true,
  });
  const [ca, cert, key] = ['ca', 'pem', 'key'].map((ending) => join(folder, `${name}.${ending}`));
  const files = { ca: ca ?? '', cert: cert ?? '', key: key ?? '' };
  writeFileSync(files.ca, authority.certificate);
  writeFileSync(files.cert, made.certificate);
  writeFileSync(files.key, made.key, { mode: 0o600 });
  return files;
}

/** From now on etcd asks for a user: `root` may do all, `gs` what a name server needs. */
async function askForUsers(cluster: EtcdCluster, files: EtcdCertificates): Promise<void> {
  const [ca, cert, key] = [files.ca, files.cert, files.key].map((it) => readFileSync(it, 'utf8'));
  const members = new EtcdMembers({
    members: cluster.members.map(({ url }) => url),
    tls: { ca: ca ?? '', cert: cert ?? '', key: key ?? '' },
    user: undefined,
    health: new EtcdHealth(),
  });
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const prefix = { key: base64('gs/'), range_end: base64('gs0') };
  const steps: readonly (readonly [string, object])[] = [
    ['user/add', { name: 'root', password: 'root' }],
    ['user/grant', { user: 'root', role: 'root' }],
    ['user/add', { name: 'gs', password: 'open sesame' }],
    ['role/add', { name: 'name server' }],
    ['role/grant', { name: 'name server', perm: { permType: 'READWRITE', ...prefix } }],
    ['user/grant', { user: 'gs', role: 'name server' }],
    ['enable', {}],
  ];
  for (const [step, body] of steps) await members.call(`/v3/auth/${step}`, body, 10_000);
  members.close();
}
