import type { Entry, Holding } from '@group-services/wire';
import type { Membership } from './membership.js';

/**
 * What this membership tells the name server that it holds (`internal-layer.md` §2). A joiner that
 * is listed counts too: a name server without a store continues a group only when everybody on its
 * list has come back.
 */
export function holdingOf(
  m: Membership,
): (Holding & { readonly entry: Entry; readonly full: boolean }) | undefined {
  const { footing, known, self: membership } = m;
  const { generation } = footing;
  if (known === undefined || m.status === 'ended') return undefined;
  const full = m.status === 'member';
  const listed = known.members.find((member) => member.id === membership);
  const joinVersion = full ? m.joinVersion : listed?.joinVersion;
  if (joinVersion === undefined) return undefined;
  const version = Math.max(known.version, m.footing.promised);
  const { group } = m.options;
  return { group, generation, version, membership, joinVersion, entry: known, full };
}

/** What a membership is in its group. */
export type Role = 'joining' | 'leader' | 'taking-over' | 'member';

export function roleOf(m: Membership, leads: { readonly active: boolean } | undefined): Role {
  if (m.status !== 'member') return 'joining';
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

export function progressOf(m: Membership, submissions: number, requests: number): Progress {
  return {
    delivered: m.delivered,
    stable: m.stable,
    contiguous: m.log.contiguous,
    retained: m.log.length,
    retainedBytes: m.log.bytes,
    submissions,
    requests,
    frozen: m.footing.frozen !== 0,
  };
}
