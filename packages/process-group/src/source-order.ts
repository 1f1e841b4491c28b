import { type DaemonId, daemonOf, type GroupName } from '@group-services/core';
import { decodeOrdered, type ListedProvider, type SourceMark } from '@group-services/wire';
import { departuresOf } from './replica/running.js';
import type { Membership, Shared } from './shared.js';

/**
 * Order over two groups (`external-layer.md` §3.12): what a failure changes in a source group is told before
 * what follows from it in the target group. The streams know nothing of each other, so the daemon looks at
 * what a removal names before it hands it on, and asks its copy of the source whether that is there yet.
 */
export interface SourceAwaited {
  readonly source: GroupName;
  readonly mark: SourceMark | undefined;
  /** None of their providers may be listed any more: daemons that have failed, or lost the source. */
  readonly daemons: ReadonlySet<DaemonId>;
}

/**
 * `yes`: what is waited for follows if the source finds the same that the target has found, `surely`: it
 * comes by itself, or this daemon is removed from the source.
 */
export type Behind = 'no' | 'yes' | 'surely';

/** What of the source the removal in this body follows; undefined for everything else. */
export function sourceAwaited(shared: Shared, body: Uint8Array): SourceAwaited | undefined {
  const { sourceOfLife: source, state } = shared;
  if (source === undefined || state === undefined) return undefined;
  const decoded = decodeOrdered(body);
  if (!decoded.ok || decoded.value.kind !== 'start') return undefined;
  const { change, source: mark } = decoded.value;
  const daemons = new Set<DaemonId>();
  for (const { no, reason } of departuresOf(change)) {
    const unmarked = reason === 'cast-out' && mark === undefined;
    const listed = reason === 'node-failure' || unmarked ? state.byNo.get(no) : undefined;
    if (listed !== undefined) daemons.add(daemonOf(listed.daemon));
  }
  return mark === undefined && daemons.size === 0 ? undefined : { source, mark, daemons };
}

/** Whether this copy of the source group has to be shown more before that removal may be. */
export function behind(shared: Shared, { mark, daemons }: SourceAwaited): Behind {
  const { membership, position } = shared;
  if (membership === undefined) return 'no';
  const marked = mark?.generation === membership.generation ? mark : undefined;
  if (marked !== undefined && position < marked.position) return 'surely';
  const numbers = new Set(marked?.providers);
  const isAwaited = ({ no, daemon }: ListedProvider): boolean =>
    numbers.has(no) || daemons.has(daemonOf(daemon));
  if (numbers.size + daemons.size === 0) return 'no';
  const awaited = membership.replica.state.providers.filter(isAwaited);
  if (awaited.length === 0) return 'no';
  const isMarked = awaited.some(({ no }) => numbers.has(no));
  return isMarked || isVotedOn(membership, awaited) ? 'surely' : 'yes';
}

function isVotedOn({ replica }: Membership, providers: readonly ListedProvider[]): boolean {
  const { running } = replica.state;
  if (running === null) return false;
  const leaving = departuresOf(running.start.change);
  return providers.some(({ no }) => leaving.some((departure) => departure.no === no));
}
