import { type Logger, TlsFiles } from '@group-services/runtime';
import type { Transport } from '@group-services/transport';

import type { DaemonConfig } from './config.js';

/** What protects a daemon, for as long as its process lives, whichever incarnation serves. */
export class Security {
  readonly tls: TlsFiles | undefined;

  private constructor(tls: TlsFiles | undefined) {
    this.tls = tls;
  }

  /** @throws ProgramFailure when a file cannot be used */
  static open(config: DaemonConfig, logger: Logger): Security {
    return new Security(TlsFiles.open(config, logger));
  }

  /** Ways to reach others that need certificates. */
  get transports(): readonly Transport[] {
    return this.tls === undefined ? [] : [this.tls.transport];
  }

  /** An operator asks for it: files are read again, changed or not. */
  reload(): void {
    this.tls?.reload();
  }

  close(): void {
    this.tls?.close();
  }
}
