import { Complaints, type Logger, tellUntrusted } from '@group-services/runtime';
import {
  type Link,
  type LinkHandlers,
  type Listener,
  type ListenOptions,
  type Transport,
  transportFor,
} from '@group-services/transport';

import type { DaemonConfig } from './config.js';
import { groupIdOf } from './group-id.js';
import type { Troubles } from './troubles.js';

/** A client over TCP that is quiet for so long is asked by the operating system whether its host is there. */
const PROBE_AFTER_MS = 1_000;

export interface ListenersOptions {
  readonly transports: readonly Transport[];
  readonly logger: Logger;
  readonly troubles: Troubles;
}

type Accept = (link: Link) => LinkHandlers;

/** Where a daemon is reached: by other daemons at one address, by processes at some. */
export class Listeners {
  readonly #options: ListenersOptions;
  readonly #complaints: Complaints;
  readonly #open: Listener[] = [];

  constructor(options: ListenersOptions) {
    this.#options = options;
    this.#complaints = new Complaints(options.logger);
  }

  /** Gives the real address. Daemons must show a certificate where there are any. */
  async forPeers(address: string, accept: Accept): Promise<string> {
    return await this.#listen(address, accept, 'peer', {});
  }

  /** A process may show a certificate, or prove who it is by other means. */
  async forClients(
    address: string,
    accept: Accept,
    file: Pick<DaemonConfig, 'clientMode' | 'clientGroup'>,
  ): Promise<string> {
    const { clientMode: mode, clientGroup } = file;
    const groupId = clientGroup === undefined ? undefined : groupIdOf(clientGroup);
    const peerCertificate = 'requested';
    const options = { probeAfterMs: PROBE_AFTER_MS, mode, groupId, peerCertificate } as const;
    return await this.#listen(address, accept, 'process', options);
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((listener) => listener.close()));
  }

  async #listen(
    address: string,
    accept: Accept,
    whom: string,
    options: ListenOptions,
  ): Promise<string> {
    const { transports, logger, troubles } = this.#options;
    const listener = await transportFor(address, transports).listen(address, accept, {
      ...options,
      onError: (error) => logger.warn(error.message),
      onTaken: (error) => troubles.socketTaken(address, error),
      onRefused: tellUntrusted((remote, text) =>
        this.#complaints.failed({ remote: hostOf(remote) }, `${whom} refused: ${text}`),
      ),
    });
    this.#open.push(listener);
    return listener.address;
  }
}

/** Without the port, so that who tries again and again is written down now and then. */
function hostOf(remote: string): string {
  return remote.replace(/:\d+$/u, '');
}
