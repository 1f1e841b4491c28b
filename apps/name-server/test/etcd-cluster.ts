import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';

const isThere = spawnSync('etcd', ['--version']).status === 0;

/** Why tests with a real etcd are skipped, said once; undefined: they run. */
export const noEtcd = isThere ? undefined : 'there is no etcd (Debian package etcd-server)';
if (noEtcd !== undefined) process.stderr.write(`skipped: ${noEtcd}\n`);

/** A real etcd of one or three members, in a folder of its own. */
export class EtcdCluster {
  readonly #folder = mkdtempSync(join(tmpdir(), 'gsns-etcd-'));
  readonly #members: Member[] = [];
  #domains = 0;

  private constructor() {}

  /** With certificates, it takes those of their authority alone. */
  static async start(size: 1 | 3, certificates?: EtcdCertificates): Promise<EtcdCluster> {
    const cluster = new EtcdCluster();
    const ports = await freePorts(3 * size);
    const names = Array.from({ length: size }, (_, at) => `m${at + 1}`);
    const peer = (at: number): string => `http://127.0.0.1:${ports[size + at]}`;
    const all = names.map((name, at) => `${name}=${peer(at)}`).join(',');
    for (const [at, name] of names.entries()) {
      const client = `${certificates === undefined ? 'http' : 'https'}://127.0.0.1:${ports[at]}`;
      const health = `http://127.0.0.1:${ports[2 * size + at]}`;
      cluster.#members.push(
        new Member({ client, health }, [
          ...['--name', name, '--data-dir', join(cluster.#folder, name)],
          ...['--listen-client-urls', client, '--advertise-client-urls', client],
          ...['--listen-peer-urls', peer(at), '--initial-advertise-peer-urls', peer(at)],
          ...['--initial-cluster', all, '--log-level', 'error', '--listen-metrics-urls', health],
          ...(certificates === undefined ? [] : secured(certificates)),
        ]),
      );
    }
    await cluster.startAll();
    return cluster;
  }

  get members(): readonly Member[] {
    return this.#members;
  }

  /** A store that no other test has. */
  newStore(): string {
    this.#domains += 1;
    const [scheme] = this.#members.map(({ url }) => new URL(url).protocol);
    const hosts = this.#members.map(({ url }) => new URL(url).host).join(',');
    return `etcd:${scheme}//${hosts}/gs/${this.#domains}`;
  }

  /** Starts those that do not run, and waits until all of them serve. */
  async startAll(): Promise<void> {
    for (const member of this.#members) member.start();
    await eventually('etcd serves', async () => {
      const healthy = await Promise.all(this.#members.map((it) => it.isHealthy()));
      return healthy.every(Boolean);
    });
  }

  /** The member that leads the others. */
  async leader(): Promise<Member> {
    return await eventually('etcd has a leader', async () => {
      const all = await Promise.all(this.#members.map((it) => it.isLeader()));
      return this.#members[all.indexOf(true)];
    });
  }

  async destroy(): Promise<void> {
    await Promise.all(this.#members.map((it) => it.kill()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Files of PEM. */
export interface EtcdCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

function secured({ ca, cert, key }: EtcdCertificates): readonly string[] {
  const files = ['--trusted-ca-file', ca, '--cert-file', cert, '--key-file', key];
  return [...files, '--client-cert-auth'];
}

class Member {
  readonly url: string;
  readonly #health: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  constructor(urls: { readonly client: string; readonly health: string }, args: readonly string[]) {
    this.url = urls.client;
    this.#health = urls.health;
    this.#args = args;
  }

  start(): void {
    if (this.#child !== undefined) return;
    // It ends with this process, whatever comes of the test.
    const child = spawn('etcd', this.#args, { stdio: 'ignore' });
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    child.once('close', () => void process.off('exit', end));
    this.#child = child;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  }

  async isHealthy(): Promise<boolean> {
    const health = await ask(`${this.#health}/health`);
    return health?.['health'] === 'true';
  }

  async isLeader(): Promise<boolean> {
    const status = await ask(`${this.url}/v3/maintenance/status`, {});
    const header = status?.['header'] as Readonly<Record<string, unknown>> | undefined;
    return status?.['leader'] !== undefined && status['leader'] === header?.['member_id'];
  }
}

async function ask(
  url: string,
  body?: object,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const how = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(url, { ...how, signal: AbortSignal.timeout(2_000) });
    return response.ok ? ((await response.json()) as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** Etcd cannot say which port it was given: so many that are free at this moment, all at once. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
