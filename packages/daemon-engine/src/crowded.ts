import type { Refusal } from '@group-services/wire';

/** What is looked at of a process. */
interface Member {
  readonly principal: string;
  readonly membershipsMax: number | undefined;
  readonly handles: { readonly size: number };
}

/**
 * Why the principal of a process may not have one more membership; undefined: it may. The limit is of the
 * principal and not of the process, which could start another one and go on.
 */
export function crowded(
  { principal, membershipsMax }: Member,
  all: Iterable<Member>,
): Refusal | undefined {
  if (membershipsMax === undefined) return undefined;
  let count = 0;
  for (const one of all) if (one.principal === principal) count += one.handles.size;
  if (count < membershipsMax) return undefined;
  const text = `principal ${principal} has ${count} memberships, and may have no more`;
  return { code: 'OVERLOADED', text, limit: 'memberships' };
}
