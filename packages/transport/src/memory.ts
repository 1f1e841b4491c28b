import { type AddressFormat, addressFormat } from './address.js';
import {
  DIAL_TIMEOUT_DEFAULT_MS,
  type DialOptions,
  type Link,
  type LinkHandlers,
  type Listener,
  type ListenOptions,
  type Transport,
} from './contract.js';
import { TransportError } from './errors.js';
import { MemoryLink } from './memory-link.js';

export const memoryAddresses: AddressFormat<{ readonly name: string }> = addressFormat(
  'memory://name',
  (name) => (name === '' ? 'a name must follow memory://' : { name }),
);

/**
 * A network within this process, at `memory://name`, for tests.
 *
 * Each `transport()` is a party of its own, which faults name by its name or by an address at which
 * it listens. Everything is delivered asynchronously, and nothing is shared between two networks.
 */
export class MemoryNetwork {
  readonly #schedule: (task: () => void) => void;
  readonly #parties = new Map<string, Party>();
  readonly #listening = new Map<string, Listening>();
  /** Pairs of party names between which everything is swallowed. */
  readonly #cuts = new Set<string>();
  #linkCount = 0;

  constructor(options: MemoryNetworkOptions = {}) {
    this.#schedule = options.schedule ?? ((task) => void setImmediate(task));
  }

  /** A new party; a party that was killed may come again under its name. */
  transport(name: string = `party-${this.#parties.size + 1}`): Transport {
    const before = this.#parties.get(name);
    if (before?.alive) throw inUse(name, `the network has a party named ${name}`);
    const party: Party = { name, links: new Map(), alive: true };
    this.#parties.set(name, party);
    return {
      ...memoryAddresses,
      delivery: 'stream',
      privacy: 'host',
      listen: async (address, onLink, options = {}) =>
        this.#listen(address, { party, onLink, options }),
      dial: (address, handlers, options = {}) => this.#dial(party, address, { handlers, options }),
    };
  }

  /** Swallows silently all that two parties send each other from now on, as a pulled cable does. */
  cut(one: string, other: string): void {
    this.#cuts.add(pairOf(this.#party(one), this.#party(other)));
  }

  /** Ends a cut. Links that lost something meanwhile are broken for both ends; others go on. */
  heal(one: string, other: string): void {
    const [party, peer] = [this.#party(one), this.#party(other)];
    this.#cuts.delete(pairOf(party, peer));
    for (const [link, far] of [...party.links, ...peer.links]) {
      if (far !== peer && far !== party) continue;
      if (link.isLossy) link.break('bytes were lost on the way');
    }
  }

  /** A process dies: its links break for their peers, its listeners are gone, it hears nothing. */
  kill(one: string): void {
    const party = this.#party(one);
    party.alive = false;
    for (const link of [...party.links.keys()]) link.kill();
    for (const [address, listening] of this.#listening) {
      if (listening.party === party) this.#listening.delete(address);
    }
  }

  #party(nameOrAddress: string): Party {
    const party = this.#parties.get(nameOrAddress) ?? this.#listening.get(nameOrAddress)?.party;
    if (party !== undefined) return party;
    throw new TransportError('bad-address', nameOrAddress, {
      message: `no party of this network is named ${nameOrAddress} or listens there`,
    });
  }

  #listen(address: string, listening: Listening): Listener {
    memoryAddresses.partsOf(address);
    if (!listening.party.alive) throw dead(address);
    if (this.#listening.has(address)) throw inUse(address, 'somebody else listens there');
    this.#listening.set(address, listening);
    return {
      address,
      close: async () => {
        if (this.#listening.get(address) === listening) this.#listening.delete(address);
      },
    };
  }

  #dial(
    party: Party,
    address: string,
    request: { readonly handlers: LinkHandlers; readonly options: DialOptions },
  ): Promise<Link> {
    const { signal, timeoutMs = DIAL_TIMEOUT_DEFAULT_MS } = request.options;
    return new Promise<Link>((resolve, reject) => {
      memoryAddresses.partsOf(address);
      let waiting = true;
      const settle = (act: () => void): void => {
        if (!waiting) return;
        waiting = false;
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        act();
      };
      const onAbort = (): void => settle(() => reject(aborted(address, signal)));
      const timer = setTimeout(() => settle(() => reject(timedOut(address))), timeoutMs);
      if (signal?.aborted) {
        onAbort();
        return;
      }
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#schedule(() => {
        const listening = this.#listening.get(address);
        // Across a cut no answer ever comes: the caller's time limit ends the attempt.
        if (listening !== undefined && this.#isCut(party, listening.party)) return;
        settle(() => {
          if (!party.alive) reject(dead(address));
          else if (listening === undefined) reject(refused(address));
          else resolve(this.#connect(party, address, { ...request, listening }));
        });
      });
    });
  }

  #connect(
    party: Party,
    address: string,
    request: {
      readonly listening: Listening;
      readonly handlers: LinkHandlers;
      readonly options: DialOptions;
    },
  ): Link {
    const { listening, handlers, options } = request;
    this.#linkCount += 1;
    const local = `memory://${party.name}#${this.#linkCount}`;
    const near = this.#newLink(party, listening.party, { ...options, local, remote: address });
    const farEnds = { local: address, remote: local };
    const far = this.#newLink(listening.party, party, { ...listening.options, ...farEnds });
    near.join(far);
    near.begin(handlers);
    far.begin(listening.onLink(far));
    return near;
  }

  #newLink(
    owner: Party,
    peer: Party,
    options: ListenOptions & { readonly local: string; readonly remote: string },
  ): MemoryLink {
    const link = new MemoryLink({
      ...options,
      schedule: this.#schedule,
      isCut: () => this.#isCut(owner, peer),
      onGone: (gone) => void owner.links.delete(gone),
    });
    owner.links.set(link, peer);
    return link;
  }

  #isCut(one: Party, other: Party): boolean {
    return this.#cuts.has(pairOf(one, other));
  }
}

export interface MemoryNetworkOptions {
  /** Runs a task later, first come first served; default `setImmediate`. */
  readonly schedule?: ((task: () => void) => void) | undefined;
}

/** What one transport of the network stands for: a process with its listeners and links. */
interface Party {
  readonly name: string;
  readonly links: Map<MemoryLink, Party>;
  alive: boolean;
}

interface Listening {
  readonly party: Party;
  readonly onLink: (link: Link) => LinkHandlers;
  readonly options: ListenOptions;
}

/** The same for both orders; names cannot hold a line break, so pairs cannot be mistaken. */
function pairOf(one: Party, other: Party): string {
  return [one.name, other.name].sort().join('\n');
}

function refused(address: string): TransportError {
  const message = `cannot connect to ${address}: nobody listens there`;
  return new TransportError('refused', address, { message });
}

function timedOut(address: string): TransportError {
  const message = `cannot connect to ${address}: no answer in time`;
  return new TransportError('timeout', address, { message });
}

function aborted(address: string, signal: AbortSignal | undefined): TransportError {
  return new TransportError('aborted', address, {
    message: `gave up connecting to ${address}: the caller's signal fired`,
    cause: signal?.reason,
  });
}

function dead(address: string): TransportError {
  return new TransportError('closed', address, {
    message: `cannot use ${address}: this party of the network was killed`,
  });
}

function inUse(address: string, why: string): TransportError {
  return new TransportError('address-in-use', address, {
    message: `cannot use ${address}: ${why}`,
  });
}
