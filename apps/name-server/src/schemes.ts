import { type DaemonId, nodeOf } from '@group-services/core';
import { Complaints, type Logger } from '@group-services/runtime';

/** How often it is said that not all of a domain is protected. */
const REMIND_EVERY_MS = 60_000;

export interface SchemesOptions {
  readonly logger: Logger;
  readonly isProtected: boolean;
  readonly tlsOptional: boolean;
}

/**
 * Whether the daemons of the domain speak TLS with each other. Some that do and some that do not are no
 * protected domain, though its operator may believe so; hence who differs from the others is refused,
 * unless a change from the one to the other is under way.
 */
export class Schemes {
  readonly #options: SchemesOptions;
  readonly #complaints: Complaints;
  /** Addresses of the daemons that are connected, where they say something about TLS. */
  readonly #addresses = new Map<DaemonId, string>();

  #reminders: NodeJS.Timeout | undefined;

  constructor(options: SchemesOptions) {
    this.#options = options;
    this.#complaints = new Complaints(options.logger);
    if (!options.tlsOptional) return;
    this.#reminders = setInterval(() => this.remind(), REMIND_EVERY_MS);
    this.#reminders.unref();
  }

  /** A change-over that nobody ends leaves the domain open, so it is written down while it lasts. */
  remind(): void {
    for (const [daemon, address] of this.#addresses) {
      const other = this.#other(nodeOf(daemon), isTls(address) === true);
      if (other === undefined) continue;
      const how = `node ${nodeOf(daemon)} is reached at ${address}, ${other}`;
      this.#options.logger.warn(`${how}: not all of this domain is protected (--tls-optional)`);
      return;
    }
  }

  close(): void {
    clearInterval(this.#reminders);
  }

  add(daemon: DaemonId, address: string): void {
    if (isTls(address) !== undefined) this.#addresses.set(daemon, address);
  }

  remove(daemon: DaemonId): void {
    this.#addresses.delete(daemon);
  }

  /** Why a daemon of this address does not fit the others; with a change-over it is only written down. */
  problem(node: string, address: string): string | undefined {
    const secure = isTls(address);
    if (secure === undefined) return undefined;
    const other = this.#other(node, secure);
    if (other === undefined) return undefined;
    const how = `node ${node} is reached at ${address}, ${other}`;
    if (this.#options.tlsOptional) {
      this.#complaints.failed({ node }, `${how}: not all of this domain is protected`);
      return undefined;
    }
    return `${how}: a domain with and without TLS is not protected; use tls:// everywhere, or gsns --tls-optional while you change over`;
  }

  #other(node: string, secure: boolean): string | undefined {
    if (this.#options.isProtected && !secure) return 'and this name server by tls://';
    for (const [daemon, address] of this.#addresses) {
      // Its own former start is no other one.
      if (nodeOf(daemon) === node || isTls(address) === secure) continue;
      return `and node ${nodeOf(daemon)} at ${address}`;
    }
    return undefined;
  }
}

/** Undefined: it stays on this host, or cannot be protected and says so to its operator. */
function isTls(address: string): boolean | undefined {
  if (address.startsWith('tls:')) return true;
  return address.startsWith('tcp:') ? false : undefined;
}
