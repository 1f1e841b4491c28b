import { type TlsCredentials, type TlsTransport, tls } from '@group-services/transport/tls';

import type { Logger } from '../logger.js';
import { ProgramFailure } from '../run-program.js';
import { readOperatorFile, readSecretFile, UnusableFile } from './secret-file.js';
import { WatchedFiles } from './watched-files.js';

/**
 * The certificates of a program: read at the start, and again whenever a file changes. What cannot be used
 * then leaves the old ones in force, and the log says why.
 */
export class TlsFiles {
  /** For what members of the domain say to each other; whom a link leads to is looked at by its owner. */
  readonly transport: TlsTransport;
  readonly #config: TlsConfig;
  readonly #logger: Logger;
  readonly #files: WatchedFiles;
  readonly #renewed = new Set<(credentials: TlsCredentials) => void>();
  #credentials: TlsCredentials;

  private constructor(config: TlsConfig, logger: Logger) {
    this.#config = config;
    this.#logger = logger;
    this.#credentials = readCredentials(config, logger);
    this.transport = tls({ credentials: this.#credentials, dialled: 'authority' });
    const { tlsCert, tlsKey, tlsCa, tlsCrl } = config;
    const files = [tlsCert, tlsKey, tlsCa, tlsCrl].filter((file) => file !== undefined);
    this.#files = new WatchedFiles(files, () => this.#renew());
    this.#files.start();
  }

  /**
   * Undefined: there are no certificates, and nothing is protected.
   *
   * @throws ProgramFailure
   */
  static open(config: TlsConfig, logger: Logger): TlsFiles | undefined {
    if (config.tlsCert === undefined) return undefined;
    try {
      return new TlsFiles(config, logger);
    } catch (error) {
      throw new ProgramFailure(textOf(error), { cause: error });
    }
  }

  get credentials(): TlsCredentials {
    return this.#credentials;
  }

  /** Is told whenever other credentials have come into force. */
  onRenewed(tell: (credentials: TlsCredentials) => void): void {
    this.#renewed.add(tell);
  }

  reload(): void {
    this.#files.reload();
  }

  close(): void {
    this.#files.close();
  }

  #renew(): void {
    try {
      const credentials = readCredentials(this.#config, this.#logger);
      this.transport.renew(credentials);
      this.#credentials = credentials;
      for (const tell of this.#renewed) tell(credentials);
      this.#logger.info('certificates were read again, and are in force for new connections');
    } catch (error) {
      // A certificate and its key are two files: in between they do not fit, and are looked at again.
      this.#logger.error(`the certificates stay as they were: ${textOf(error)}`);
    }
  }
}

/** Names of files, as the options `--tls-…` give them. */
export interface TlsConfig {
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly tlsCa: string | undefined;
  readonly tlsCrl: string | undefined;
}

function readCredentials(config: TlsConfig, logger: Pick<Logger, 'warn'>): TlsCredentials {
  const { tlsCert, tlsKey, tlsCa, tlsCrl } = config;
  const read = (option: string, path: string | undefined): string | undefined =>
    path === undefined ? undefined : readOperatorFile(option, path);
  const warn = (text: string): void => logger.warn(text);
  return {
    cert: read('--tls-cert', tlsCert),
    key: tlsKey === undefined ? undefined : readSecretFile('--tls-key', tlsKey, warn),
    ca: read('--tls-ca', tlsCa),
    crl: read('--tls-crl', tlsCrl),
  };
}

function textOf(error: unknown): string {
  if (error instanceof UnusableFile) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  return `these certificates cannot be used (--tls-cert, --tls-key, --tls-ca, --tls-crl): ${text}`;
}
