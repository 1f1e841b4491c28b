import type { Profile } from '../profile/profile.js';

/** A message goes out and becomes stable; who is pressed by it says when that is over. */
const ROUND_TRIPS_OF_WINDOW = 2;
/** The bound of the liveness phase has room for as many. */
const WINDOWS_ALLOWED_FOR = 10;

/**
 * How much longer than it was drawn the liveness phase has to be, so that what waits at the end of all faults
 * gets its turn.
 *
 * Flow control lets a group have so many bytes and messages under way, and a thousand proposals take their time
 * where a window holds four: they move on all the while, and nothing is wrong with that.
 */
export function backlogMs(
  groups: readonly Waiting[],
  { limits, network, workload }: BacklogProfile,
): number {
  const waiting = new Map<string, number>();
  for (const { group, local } of groups) {
    waiting.set(group, (waiting.get(group) ?? 0) + local.waitingProposals);
  }
  const most = Math.max(0, ...waiting.values());
  const perWindow = Math.min(
    limits.maxUnstableMessages,
    limits.maxUnstableBytes / workload.payloadMax,
  );
  const windows = Math.ceil(most / Math.max(1, perWindow));
  const roundTripMs = 2 * (network.delayMinMs + 2 * network.delayMeanMs);
  return Math.max(0, windows - WINDOWS_ALLOWED_FOR) * ROUND_TRIPS_OF_WINDOW * roundTripMs;
}

/** What a daemon says of one of its groups. */
interface Waiting {
  readonly group: string;
  readonly local: { readonly waitingProposals: number };
}

type BacklogProfile = {
  readonly limits: Pick<Profile['limits'], 'maxUnstableBytes' | 'maxUnstableMessages'>;
  readonly network: Pick<Profile['network'], 'delayMinMs' | 'delayMeanMs'>;
  readonly workload: Pick<Profile['workload'], 'payloadMax'>;
};
