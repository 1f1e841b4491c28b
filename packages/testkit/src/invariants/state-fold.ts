/** Something that took the place of what was before, at a position of the order. */
export interface Change<T> {
  readonly position: number;
  readonly value: T;
}

/**
 * A state is the fold of its changes: at a position it is what the last one at or before it has left.
 * Undefined: nothing is known of it so early.
 */
export function changeAt<C extends Change<unknown>>(
  changes: Iterable<C>,
  position: number,
): C | undefined {
  let last: C | undefined;
  for (const change of changes) {
    if (change.position > position) continue;
    if (last === undefined || change.position >= last.position) last = change;
  }
  return last;
}
