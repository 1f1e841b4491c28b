import type { Entry, Holding } from '@group-services/wire';
import type { Shared } from './shared.js';

/**
 * What this membership tells the name server that it holds (`internal-layer.md` §2). A joiner that
 * is listed counts too: a name server without a store continues a group only when everybody on its
 * list has come back.
 */
export function holdingOf(
  shared: Shared,
): (Holding & { readonly entry: Entry; readonly full: boolean }) | undefined {
  const { footing, known, self: membership } = shared;
  const { generation } = footing;
  if (known === undefined || shared.status === 'ended') return undefined;
  const full = shared.status === 'member';
  const listed = known.members.find((member) => member.id === membership);
  const joinVersion = full ? shared.joinVersion : listed?.joinVersion;
  if (joinVersion === undefined) return undefined;
  const version = Math.max(known.version, shared.footing.promised);
  const { group } = shared.options;
  return { group, generation, version, membership, joinVersion, entry: known, full };
}

/** What a membership is in its group. */
export type Role = 'joining' | 'leader' | 'taking-over' | 'member';

export function roleOf(shared: Shared, leads: { readonly active: boolean } | undefined): Role {
  if (shared.status !== 'member') return 'joining';
  if (leads === undefined) return 'member';
  return leads.active ? 'leader' : 'taking-over';
}

/** How far a membership has come, and what it holds. */
export interface Progress {
  readonly delivered: number;
  readonly stable: number;
  readonly contiguous: number;
  readonly retained: number;
  readonly retainedBytes: number;
  readonly submissions: number;
  readonly requests: number;
  readonly frozen: boolean;
}

export function progressOf(shared: Shared, submissions: number, requests: number): Progress {
  return {
    delivered: shared.delivered,
    stable: shared.stable,
    contiguous: shared.log.contiguous,
    retained: shared.log.length,
    retainedBytes: shared.log.bytes,
    submissions,
    requests,
    frozen: shared.footing.frozen !== 0,
  };
}
