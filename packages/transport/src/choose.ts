import { schemeOf } from './address.js';
import type { Dialler } from './contract.js';
import { TransportError } from './errors.js';

/**
 * The transport that handles an address, by its scheme.
 *
 * @throws TransportError `bad-address` when none does
 */
export function transportFor<T extends Dialler>(address: string, transports: readonly T[]): T {
  const scheme = schemeOf(address);
  const found = transports.find((transport) => transport.scheme === scheme);
  if (found !== undefined) return found;
  const known = transports.map((transport) => `${transport.scheme}://…`).join(' or ');
  throw new TransportError('bad-address', address, {
    message: `bad address ${address}: expected ${known}`,
  });
}
