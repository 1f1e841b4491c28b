import type { CloseReason, Link, LinkHandlers, Transport } from '@group-services/transport';
import { MemoryNetwork, memoryAddresses } from '@group-services/transport/memory';

// Domains live side by side in one process, each with a network of its own. A process that connects by
// the public `connect()` knows one transport for `memory://…` addresses; what stands after `memory://`
// says which domain's network is meant: `memory://domain-3/n1`, and after a `#` who connects.

const networks = new Map<string, MemoryNetwork>();
let made = 0;

/** What the client library looks for when it connects (`client/src/connection/lent-transports.ts`). */
const LENT: unique symbol = Symbol.for('@group-services/transports') as never;

interface Lending {
  [LENT]?: Transport[];
}

/** A new network, and the name by which its addresses begin. */
export function openNetwork(): { readonly name: string; readonly network: MemoryNetwork } {
  lend();
  made += 1;
  const name = `domain-${made}`;
  const network = new MemoryNetwork();
  networks.set(name, network);
  return { name, network };
}

export function forgetNetwork(name: string): void {
  networks.delete(name);
}

/** Lets `connect()` of this process reach every network, once. */
function lend(): void {
  const lending = globalThis as Lending;
  lending[LENT] ??= [];
  if (lending[LENT].includes(transport)) return;
  lending[LENT].push(transport);
}

/** Open links by who connected. */
const links = new Map<string, Set<() => void>>();

/** Breaks what was connected under a name: both ends find the link gone. */
export function breakLinks(who: string): void {
  for (const breakLink of links.get(who) ?? []) breakLink();
}

const transport: Transport = {
  ...memoryAddresses,
  delivery: 'stream',
  listen: () => Promise.reject(new Error('processes of a test domain only connect')),
  dial: async (address, handlers, options) => {
    const [where = '', process = ''] = address.split('#');
    const name = where.slice('memory://'.length).split('/')[0] ?? '';
    const who = `${name}#${process}`;
    // A domain that was stopped: nobody listens on a network of its own either.
    const network = networks.get(name) ?? new MemoryNetwork();
    const ends = new Ends(who, handlers);
    const link = await network.transport().dial(where, ends, options);
    ends.opened(link);
    return link;
  },
};

/** Hands over what a link says; a link that a test broke has ended, and was not closed by its owner. */
class Ends implements LinkHandlers {
  readonly #who: string;
  readonly #handlers: LinkHandlers;
  #break: () => void = () => {};
  #broken = false;

  constructor(who: string, handlers: LinkHandlers) {
    this.#who = who;
    this.#handlers = handlers;
  }

  opened(link: Link): void {
    this.#break = () => {
      this.#broken = true;
      link.abort();
    };
    const others = links.get(this.#who) ?? new Set();
    links.set(this.#who, others.add(this.#break));
  }

  onFrame(link: Link, frame: Uint8Array): void {
    if (!this.#broken) this.#handlers.onFrame(link, frame);
  }

  onDrain(link: Link): void {
    this.#handlers.onDrain?.(link);
  }

  onClose(link: Link, reason: CloseReason): void {
    const others = links.get(this.#who);
    others?.delete(this.#break);
    if (others?.size === 0) links.delete(this.#who);
    this.#handlers.onClose(link, this.#broken ? { kind: 'ended' } : reason);
  }
}
