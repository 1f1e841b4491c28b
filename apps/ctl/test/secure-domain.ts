import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built, Child } from './child.js';

const NEVER_STARTED = 'the domain was never started';

/**
 * A domain that an operator has protected as the documents say, by gsctl itself: certificates for everybody,
 * tokens, permissions, an admin endpoint that asks who somebody is. Two authorities have its name.
 */
export class SecureDomain {
  readonly #folder = mkdtempSync(join(tmpdir(), 'gsctl-tls-'));
  readonly #children: Child[] = [];
  #endpoint = '';
  #nameServerAdmin = '';
  /** Of the principal `ops`, as `gsctl token new` has printed it. */
  token = '';

  static async start(): Promise<SecureDomain> {
    const domain = new SecureDomain();
    try {
      await domain.#makeFiles();
      await domain.#startPrograms();
      return domain;
    } catch (error) {
      await domain.stop();
      throw error;
    }
  }

  /** Where the daemon serves processes, with TLS. */
  get endpoint(): string {
    if (this.#endpoint === '') throw new Error(NEVER_STARTED);
    return this.#endpoint;
  }

  get nameServerAdmin(): string {
    if (this.#nameServerAdmin === '') throw new Error(NEVER_STARTED);
    return this.#nameServerAdmin;
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text, { mode: 0o600 });
    return this.path(name);
  }

  /** Options of somebody who trusts this domain, and has this certificate. */
  as(name: string): string[] {
    const [cert, key] = [`ours/${name}.crt`, `ours/${name}.key`].map((it) => this.path(it));
    return [...this.trusting, '--tls-cert', cert ?? '', '--tls-key', key ?? ''];
  }

  get trusting(): string[] {
    return ['--endpoint', this.endpoint, '--tls-ca', this.path('ours/ca.crt')];
  }

  async stop(): Promise<void> {
    for (const child of this.#children) child.signal('SIGKILL');
    await Promise.all(this.#children.map(({ ended }) => ended));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #gsctl(...args: readonly string[]): Promise<string> {
    const { status, output, errors } = await new Child(built('ctl', 'gsctl.js'), args).ended;
    if (status !== 0) throw new Error(`gsctl ${args.join(' ')}: ${errors}`);
    return output;
  }

  async #makeFiles(): Promise<void> {
    const [ours, theirs] = [this.path('ours'), this.path('theirs')];
    const init = (out: string) => this.#gsctl('certs', 'init', '--domain', 'shop', '--out', out);
    const issue = (out: string, ...what: string[]) =>
      this.#gsctl('certs', 'issue', ...what, '--out', out);
    await Promise.all([init(ours), init(theirs)]);
    const [made] = await Promise.all([
      this.#gsctl('token', 'new', '--principal', 'ops', '--json'),
      issue(ours, 'name-server'),
      issue(ours, 'node', 'n1'),
      ...['ops', 'viewer', 'narrow'].map((name) => issue(ours, 'client', name)),
      issue(theirs, 'client', 'ops'),
    ]);
    const { token, hash } = JSON.parse(made) as Readonly<Record<'token' | 'hash', string>>;
    this.token = token;
    this.write('ops.token', `${token}\n`);
    this.write('wrong.token', `${token.slice(1)}\n`);
    this.write('tokens.yaml', `- { token-sha256: "${hash}", principal: ops }`);
    const all = 'subscribe, provide, send, state, attributes, expel, barrier, list, operate';
    this.write(
      'permissions.yaml',
      `- { principals: [ops, narrow], groups: ['*'], allow: [${all}] }
- { principals: [viewer], groups: ['*'], allow: [subscribe, list] }`,
    );
    this.write('limits.yaml', 'principals: [{ principals: [narrow], connections: 1 }]');
    this.write('admin.token', 'nobody-who-is-asked-here-has-this-one');
  }

  async #startPrograms(): Promise<void> {
    const tls = (name: string) => [
      ...['--tls-cert', this.path(`ours/${name}.crt`), '--tls-key', this.path(`ours/${name}.key`)],
      ...['--tls-ca', this.path('ours/ca.crt'), '--domain', 'shop'],
      ...['--listen', 'tls://127.0.0.1:0', '--admin', 'https://127.0.0.1:0'],
    ];
    const nameServer = this.#run('name-server', 'gsns.js', [
      ...tls('name-server'),
      ...['--fresh', '--admin-token-file', this.path('admin.token')],
    ]);
    const { listen, admin } = await ready(nameServer);
    this.#nameServerAdmin = String(admin);
    const daemon = this.#run('daemon', 'gsd.js', [
      ...tls('n1'),
      ...['--node', 'n1', '--name-server', String(listen), '--client', 'tls://127.0.0.1:0'],
      ...['--tokens', this.path('tokens.yaml'), '--permissions', this.path('permissions.yaml')],
      ...['--limits', this.path('limits.yaml'), '--admin-token-file', this.path('admin.token')],
    ]);
    const { client } = await ready(daemon);
    this.#endpoint = String((client as readonly string[])[0]);
    await daemon.line(/name server connected/u);
  }

  #run(app: 'daemon' | 'name-server', file: string, args: readonly string[]): Child {
    const child = new Child(built(app, file), args);
    this.#children.push(child);
    return child;
  }
}

async function ready(child: Child): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await child.line(/"ready":true/u)) as Readonly<Record<string, unknown>>;
}
