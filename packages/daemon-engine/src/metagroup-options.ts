import type { DaemonId, GroupName, MembershipId } from '@group-services/core';
import type { MetagroupEngine } from '@group-services/metagroup';
import type { Shared } from './shared.js';

type Options = ConstructorParameters<typeof MetagroupEngine>[0];

/** What is particular to one attempt of this daemon to be in a processor group. */
export interface Attempt {
  readonly group: GroupName;
  readonly membership: MembershipId;
  /** Whether to form the group when there is none. */
  readonly create: boolean;
  readonly suspected: readonly DaemonId[];
  readonly drained: readonly DaemonId[];
  readonly surroundings: Options['surroundings'];
}

/** The options of a membership: those of its daemon, and what the attempt adds. */
export function metagroupOptions(shared: Shared, attempt: Attempt): Options {
  const { options, leaderRecovery, tally } = shared;
  return {
    ...options,
    ...attempt,
    complainAfterMs: options.suspectAfterMs,
    leaderRecovery,
    tally: tally.streams,
    observe: options.observe ?? false,
  };
}
