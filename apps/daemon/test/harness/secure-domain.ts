import { chmod, writeFile } from 'node:fs/promises';
import {
  type IssueOptions,
  issueCertificate,
  type KeyedCertificate,
  makeAuthority,
} from '@group-services/certificates';
import { type ConnectOptions, connect, type GroupServices } from '@group-services/client';
import { type Identity, identityUri } from '@group-services/transport';
import { eventually } from './eventually.js';
import { built, type Program } from './program.js';
import { Workbench } from './workbench.js';

const DOMAIN = 'shop';

/** Certificates as PEM text, as the client library takes them. */
export interface Shown {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** What a daemon said when it was ready. */
export interface Ready {
  readonly listen: string;
  readonly client: readonly string[];
  readonly admin: string;
}

/**
 * A domain under attack: a name server and two daemons that speak only TLS with each other. All attacks of
 * a file share it, since it must outlive them all. Nobody is suspected there: a machine that is busy with
 * other tests must not look like an attack that succeeded.
 */
export class SecureDomain {
  readonly bench: Workbench;
  readonly authority: KeyedCertificate;
  readonly #services: GroupServices[] = [];
  readonly #daemons = new Map<string, { readonly program: Program; readonly ready: Ready }>();
  #nameServer: { readonly program: Program; readonly listen: string } | undefined;

  private constructor(bench: Workbench, authority: KeyedCertificate) {
    this.bench = bench;
    this.authority = authority;
  }

  /** Options of both daemons, which may need files of the domain. */
  static async start(
    prepare: (domain: SecureDomain) => Promise<readonly string[]> = async () => [],
  ): Promise<SecureDomain> {
    const domain = new SecureDomain(await Workbench.create(), await makeAuthority(DOMAIN));
    await domain.write('ca.crt', domain.authority.certificate);
    const options = await prepare(domain);
    await domain.startNameServer();
    await Promise.all([domain.startDaemon('n1', options), domain.startDaemon('n2', options)]);
    return domain;
  }

  async startNameServer(more: readonly string[] = []): Promise<void> {
    const tls = await this.certificates({ role: 'name-server', domain: DOMAIN });
    const program = this.bench.run({
      label: 'gsns',
      file: built('name-server', 'gsns.js'),
      args: [
        ...['--listen', 'tls://127.0.0.1:0', '--admin', 'http://127.0.0.1:0', '--fresh'],
        ...['--domain', DOMAIN, '--lease', '60s', ...tls, ...more],
      ],
    });
    const { listen } = await program.ready();
    this.#nameServer = { program, listen: String(listen) };
  }

  get nameServer() {
    if (this.#nameServer === undefined) throw new Error('the name server was never started');
    return this.#nameServer;
  }

  /** Options given here come last and win. */
  async launch(node: string, more: readonly string[] = []): Promise<Program> {
    const tls = await this.certificates({ role: 'node', domain: DOMAIN, name: node });
    return this.bench.run({
      label: node,
      file: built('daemon', 'gsd.js'),
      args: [
        ...['--node', node, '--domain', DOMAIN, '--name-server', this.nameServer.listen],
        ...['--listen', 'tls://127.0.0.1:0', '--admin', 'http://127.0.0.1:0', ...tls],
        ...['--heartbeat', '1s', '--suspect-after', '60s'],
        ...['--client', this.endpoint(node), '--client', 'tls://127.0.0.1:0', ...more],
      ],
    });
  }

  async startDaemon(node: string, more: readonly string[] = []): Promise<Ready> {
    const program = await this.launch(node, more);
    const ready = (await program.ready()) as unknown as Ready; // What the ready line of gsd has.
    this.#daemons.set(node, { program, ready });
    return ready;
  }

  daemon(node: string) {
    const daemon = this.#daemons.get(node);
    if (daemon === undefined) throw new Error(`${node} was never started`);
    return daemon;
  }

  endpoint(node: string): string {
    return `unix://${this.bench.path(`${node}.sock`)}`;
  }

  /** The endpoint with TLS. */
  secureEndpoint(node: string): string {
    const found = this.daemon(node).ready.client.find((one) => one.startsWith('tls:'));
    if (found === undefined) throw new Error(`${node} has no endpoint with TLS`);
    return found;
  }

  /** Issues a certificate of the domain's authority, or of another. */
  async issue(
    identity: Identity,
    options: Partial<IssueOptions> & { readonly authority?: KeyedCertificate } = {},
  ): Promise<Shown> {
    const { authority = this.authority, ...more } = options;
    const { role, domain } = identity;
    const made = await issueCertificate(authority, {
      uri: identityUri(identity),
      subject: { domain, role, name: 'name' in identity ? identity.name : role },
      serves: role !== 'client',
      ...more,
    });
    return { ca: this.authority.certificate, cert: made.certificate, key: made.key };
  }

  /** Issues a certificate, writes it down and gives the options of a program for it. */
  async certificates(
    identity: Identity,
    options?: Parameters<SecureDomain['issue']>[1],
    label: string = 'name' in identity ? identity.name : identity.role,
  ): Promise<string[]> {
    const { cert, key } = await this.issue(identity, options);
    const [certFile, keyFile] = [`${label}.crt`, `${label}.key`];
    await this.write(certFile, cert);
    await this.write(keyFile, key, 0o600);
    const path = (name: string): string => this.bench.path(name);
    return ['--tls-cert', path(certFile), '--tls-key', path(keyFile), '--tls-ca', path('ca.crt')];
  }

  async write(name: string, text: string, mode = 0o644): Promise<string> {
    const path = this.bench.path(name);
    await writeFile(path, text);
    await chmod(path, mode);
    return path;
  }

  /** From this process; ends with the domain. */
  async connect(options: ConnectOptions): Promise<GroupServices> {
    const services = await connect(options);
    this.#services.push(services);
    return services;
  }

  /** Waits until a program has written a line of its log that fits. */
  async logged(program: Program, text: RegExp): Promise<string> {
    return await eventually(`${program.label} logs ${text}`, () =>
      program.errors.map((line) => String(JSON.parse(line).msg)).find((line) => text.test(line)),
    );
  }

  async destroy(): Promise<void> {
    await Promise.all(this.#services.splice(0).map((services) => services.close()));
    await this.bench.destroy();
  }
}
