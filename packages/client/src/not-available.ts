import { invalid } from './arguments.js';
import type { Phases } from './attributes.js';
import { InvalidArgumentError } from './errors.js';

/**
 * What the contract has and this version of the service does not: voting, responsiveness checks, and
 * credentials with TLS. All refusals on their account are here, so that they can go in one piece.
 *
 * Other proposals than messages and barriers carry their phases to the daemon, whose answer counts.
 */

/** Messages have no way to vote on them yet. */
export function refuseVotingMessage(phases: Phases): void {
  if (phases !== 1) throw voting();
}

/** A barrier is nothing but voting. */
export function refuseBarrier(phases: Phases): never {
  if (phases === 1) throw invalid('phases', 'of a barrier cannot be 1: it meets by voting');
  throw voting();
}

export function refuseResponsiveness(responsiveness: unknown): void {
  if (responsiveness === undefined) return;
  throw invalid('responsiveness', 'is not available in this version');
}

/** Credentials would be sent in the clear or not at all, so none are taken. */
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

function voting(): InvalidArgumentError {
  return new InvalidArgumentError('phases: voting protocols are not available in this version', {
    argument: 'phases',
  });
}
