import {
  type Logger,
  ProgramFailure,
  readOperatorFile,
  readSecretFile,
} from '@group-services/runtime';
import type { EtcdOptions } from '../config.js';
import type { Lead, LeadEvents } from '../lead.js';
import { EtcdHealth } from './health.js';
import { type Holder, Leadership, type LeadershipState } from './leadership.js';
import type { EtcdAccess } from './members.js';
import type { EtcdPlace } from './place.js';

/** One of several name servers on an etcd. */
export class SharedLead implements Lead {
  readonly #options: SharedLeadOptions;
  readonly etcd = new EtcdHealth();
  #leadership: Leadership | undefined;

  constructor(options: SharedLeadOptions) {
    this.#options = options;
  }

  get mayAnswer(): boolean {
    return this.#leadership?.mayAnswer === true;
  }

  get state(): LeadershipState | undefined {
    return this.#leadership?.state;
  }

  readonly stepDown = (): void => {
    this.#leadership?.stepDown();
  };

  start({ activated, deposed, failed }: LeadEvents): void {
    const { place, access, leaseMs, self, logger } = this.#options;
    this.#leadership = new Leadership({
      place,
      access,
      health: this.etcd,
      leaseMs,
      self: self(),
      logger,
      events: {
        activated,
        deposed,
        unusable: (text) => failed(new ProgramFailure(text)),
      },
    });
    this.#leadership.start();
  }

  async close(): Promise<void> {
    await this.#leadership?.close();
  }
}

export interface SharedLeadOptions {
  readonly place: EtcdPlace;
  readonly access: EtcdAccess;
  readonly leaseMs: number;
  /** Known once it listens. */
  readonly self: () => Holder;
  readonly logger: Logger;
}

/**
 * What proves to etcd who we are.
 *
 * @throws ProgramFailure when a file cannot be read
 */
export function etcdAccess(
  { etcdCa, etcdCert, etcdKey, etcdUser, etcdPasswordFile }: EtcdOptions,
  logger: Logger,
): EtcdAccess {
  const warn = (text: string): void => logger.warn(text);
  const passwordOf = (file: string, tell: (text: string) => void): string =>
    readSecretFile('--etcd-password-file', file, tell).trim();
  // Read anew with each log-in, of which there may be many; what is wrong with the file is said once.
  const password = (): string => passwordOf(etcdPasswordFile ?? '', () => {});
  try {
    if (etcdPasswordFile !== undefined) passwordOf(etcdPasswordFile, warn);
    return {
      tls: {
        ...(etcdCa !== undefined && { ca: readOperatorFile('--etcd-ca', etcdCa) }),
        ...(etcdCert !== undefined && { cert: readOperatorFile('--etcd-cert', etcdCert) }),
        ...(etcdKey !== undefined && { key: readSecretFile('--etcd-key', etcdKey, warn) }),
      },
      user: etcdUser === undefined ? undefined : { name: etcdUser, password },
    };
  } catch (error) {
    throw new ProgramFailure(error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}
