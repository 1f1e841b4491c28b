import { matches, type PermissionFile, Permissions } from '@group-services/daemon-engine';
import {
  type AdminAccess,
  AdminTokenFile,
  type Logger,
  ReloadedFile,
  TlsFiles,
} from '@group-services/runtime';
import type { Transport } from '@group-services/transport';

import type { DaemonConfig } from '../config.js';
import { Limits } from './limits.js';
import { readPermissions } from './permission-file.js';
import { Tokens } from './tokens.js';

const NO_LIMITS = new Limits({ principals: [] }, matches);

/** What protects a daemon, for as long as its process lives, whichever incarnation serves. */
export class Security {
  readonly tls: TlsFiles | undefined;
  readonly #tokens: ReloadedFile<Tokens> | undefined;
  readonly #adminToken: AdminTokenFile;
  readonly #domain: string;
  readonly #limits: ReloadedFile<Limits> | undefined;
  readonly #permissions: ReloadedFile<PermissionFile> | undefined;

  /** @throws ProgramFailure when a file cannot be used */
  constructor(config: DaemonConfig, logger: Logger) {
    const { tokens, permissions, limits } = config;
    const warn = (text: string): void => logger.warn(text);
    this.#domain = config.domain;
    this.#adminToken = new AdminTokenFile(config.adminTokenFile, logger);
    this.tls = TlsFiles.open(config, logger);
    const file = <Content>(
      what: string,
      path: string | undefined,
      read: (path: string) => Content,
    ): ReloadedFile<Content> | undefined => {
      if (path === undefined) return undefined;
      return new ReloadedFile({ path, what, read: () => read(path), logger });
    };
    this.#tokens = file('the tokens', tokens, (path) => Tokens.read(path, warn));
    this.#limits = file('the limits', limits, (path) => Limits.read(path, matches));
    this.#permissions = file('the permissions', permissions, readPermissions);
  }

  /** Ways to reach others that need certificates. */
  get transports(): readonly Transport[] {
    return this.tls === undefined ? [] : [this.tls.transport];
  }

  /** Undefined: none are taken. */
  get tokens(): Tokens | undefined {
    return this.#tokens?.content;
  }

  get limits(): Limits {
    return this.#limits?.content ?? NO_LIMITS;
  }

  /** Who may use the admin endpoint. */
  get adminAccess(): AdminAccess {
    return {
      token: () => this.#adminToken.token,
      principalOf: (token) => {
        const found = this.tokens?.find(token);
        return typeof found === 'object' ? found.principal : undefined;
      },
      mayOperate: (principal) =>
        new Permissions(this.#permissions?.content).allowsEverywhere(principal, 'operate'),
      domain: this.#domain,
    };
  }

  /** Tells the permissions now and whenever they change; gives what ends that. */
  onPermissions(tell: (permissions: PermissionFile) => void): () => void {
    if (this.#permissions === undefined) return () => {};
    tell(this.#permissions.content);
    return this.#permissions.onChange(tell);
  }

  /** An operator asks for it: files are read again, changed or not. */
  reload(): void {
    this.tls?.reload();
    this.#tokens?.reload();
    this.#adminToken.reload();
    this.#permissions?.reload();
    this.#limits?.reload();
  }

  close(): void {
    this.tls?.close();
    this.#tokens?.close();
    this.#adminToken.close();
    this.#permissions?.close();
    this.#limits?.close();
  }
}
