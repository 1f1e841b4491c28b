import { invalid } from './arguments.js';

/**
 * What the contract has and this version of the service does not: credentials and TLS. They would be
 * sent in the clear or not at all, so none are taken.
 */
export function refuseCredentials(options: {
  readonly token?: unknown;
  readonly tls?: unknown;
  readonly endpoint: string;
}): void {
  const advice = 'not available yet: use a unix:// or tcp:// endpoint without credentials';
  if (options.endpoint.startsWith('tls://')) throw invalid('endpoint', `tls:// is ${advice}`);
  if (options.token !== undefined) throw invalid('token', `is ${advice}`);
  if (options.tls !== undefined) throw invalid('tls', `is ${advice}`);
}
