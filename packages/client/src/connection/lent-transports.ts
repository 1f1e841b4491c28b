import type { Transport } from '@group-services/transport';

/**
 * Transports that something else in this process lends to `connect()`, beside those it has:
 * `@group-services/testing` runs domains in memory and is reached by them. A well-known symbol, so that
 * neither package needs the other, and several copies of either still find each other.
 */
const LENT: unique symbol = Symbol.for('@group-services/transports') as never;

interface Lending {
  readonly [LENT]?: readonly Transport[];
}

export function lentTransports(): readonly Transport[] {
  return (globalThis as Lending)[LENT] ?? [];
}
