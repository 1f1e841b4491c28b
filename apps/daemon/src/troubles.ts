import { type DaemonId, nodeOf } from '@group-services/core';
import { Complaints, type Logger, type Readiness } from '@group-services/runtime';

/**
 * What keeps a daemon from serving as it should although it runs: a name server or a peer that is not
 * reached, a socket file that somebody took. The log says it, and operators see it at `/readyz`.
 */
export class Troubles {
  readonly #logger: Logger;
  readonly #complaints: Complaints;
  /** Why the name server is away, if it is. */
  #nameServer: string | undefined = 'not tried yet';
  /** Why others may not reach this daemon, if its own address does not answer. */
  #own: string | undefined;
  /** Addresses of ours whose socket files somebody took, and why they are not back. */
  readonly #taken = new Map<string, string>();

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#complaints = new Complaints(logger);
  }

  nameServerFailed(address: string, why: string): void {
    this.#nameServer = why;
    this.#complaints.failed({ nameServer: address }, `name server not reached: ${why}`);
  }

  nameServerLost(why: string): void {
    this.#nameServer = why;
    this.#logger.warn(`name server lost: ${why}`);
  }

  /** It is reached at one of these addresses. */
  nameServerUp(addresses: readonly string[]): void {
    this.#nameServer = undefined;
    for (const address of addresses) this.#complaints.forget({ nameServer: address });
  }

  peerFailed(peer: DaemonId, address: string, why: string): void {
    this.#complaints.failed({ peer, address }, `daemon ${nodeOf(peer)} not reached: ${why}`);
  }

  peerUp(peer: DaemonId, address: string): void {
    this.#complaints.worked({ peer, address }, 'daemon reached');
  }

  /** Whether this daemon answers where others are told to dial it; from here, at least. */
  ownAddress(address: string, why: string | undefined): void {
    const what = `this daemon is not reached at ${address}, the address it gives to others`;
    this.#own = why === undefined ? undefined : `${what}: ${why}`;
    if (this.#own === undefined) this.#complaints.worked({ address }, 'own address reached');
    else this.#complaints.failed({ address }, `${this.#own}; see --advertise`);
  }

  /** Daemons of one domain are meant to agree on this: each judges the others by its own settings. */
  heartbeatOf(
    peer: DaemonId,
    everyMs: number,
    own: { readonly heartbeat: number; readonly suspectAfter: number },
  ): void {
    if (everyMs === own.heartbeat) return;
    const dead =
      everyMs * 2 > own.suspectAfter
        ? `, and with --suspect-after ${own.suspectAfter}ms here it may be taken for dead`
        : '';
    const both = `every ${everyMs}ms, those of this daemon every ${own.heartbeat}ms`;
    const text = `heartbeats of ${nodeOf(peer)} come ${both}${dead}; give both the same --heartbeat`;
    this.#complaints.failed({ peer, setting: 'heartbeat' }, text);
  }

  /** Somebody deleted or replaced a socket file of ours; without an error it is back. */
  socketTaken(address: string, error: Error | undefined): void {
    const what = 'the socket file was deleted or replaced';
    if (error === undefined) {
      this.#taken.delete(address);
      this.#complaints.forget({ address });
      this.#logger.warn({ address }, `${what}, and is made anew`);
      return;
    }
    this.#taken.set(address, error.message);
    this.#complaints.failed({ address }, `nobody can connect, ${what}: ${error.message}`);
  }

  /** `wants`: what it lacks to take in more processes. */
  readiness(serving: boolean, wants: readonly string[]): Readiness {
    const missing = serving ? [...this.#taken.values()] : ['client sockets do not accept yet'];
    const degraded = [...wants];
    if (this.#nameServer !== undefined) {
      degraded.push(`name server not reached: ${this.#nameServer}`);
    }
    if (this.#own !== undefined) degraded.push(this.#own);
    return { ready: missing.length === 0, missing, ...(degraded.length > 0 && { degraded }) };
  }
}
