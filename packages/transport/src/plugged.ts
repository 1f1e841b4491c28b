import type { ListenOptions, Transport } from './contract.js';
import { type SystemAction, TransportError, toTransportError } from './errors.js';

/**
 * Transports of others, that a program is given by their module: whether they are any, and what they throw as
 * what callers branch on.
 */

const METHODS = ['addressProblem', 'listen', 'dial'] as const;
const SCHEME = /^[a-z][a-z0-9+.-]*$/u;

/** What of the contract is missing; undefined: it has the shape of a transport. */
export function transportProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'it is no object with a scheme';
  const given = value as Readonly<Record<string, unknown>>;
  const { scheme, addressForm, delivery, privacy } = given;
  const missing: string[] = [];
  if (typeof scheme !== 'string' || !SCHEME.test(scheme)) {
    missing.push("scheme (what stands before '://', such as 'ws')");
  }
  if (typeof addressForm !== 'string' || !addressForm.startsWith(`${String(scheme)}://`)) {
    missing.push("addressForm (how an address is written, such as 'ws://host:port')");
  }
  if (delivery !== 'stream' && delivery !== 'datagram') {
    missing.push("delivery ('stream' or 'datagram')");
  }
  if (privacy !== undefined && privacy !== 'host' && privacy !== 'encrypted') {
    missing.push("privacy ('host', 'encrypted', or none)");
  }
  missing.push(
    ...METHODS.filter((name) => typeof given[name] !== 'function').map((name) => `${name}()`),
  );
  return missing.length === 0 ? undefined : `it lacks ${missing.join(', ')}`;
}

/** The same transport, whose failures are TransportErrors whatever its own are. */
export function plugged(transport: Transport): Transport {
  const { scheme, addressForm, delivery, privacy } = transport;
  return {
    scheme,
    addressForm,
    delivery,
    privacy,
    addressProblem: (address) => transport.addressProblem(address),
    listen: (address, onLink, options?: ListenOptions) =>
      guarded('listen', address, () => transport.listen(address, onLink, options)),
    dial: (address, handlers, options) =>
      guarded('dial', address, () => transport.dial(address, handlers, options)),
  };
}

async function guarded<Value>(
  action: SystemAction,
  address: string,
  call: () => Promise<Value>,
): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof TransportError ? error : toTransportError(action, address, error);
  }
}
