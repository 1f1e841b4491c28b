/**
 * What somebody may have meant who wrote a name that does not exist: the known name nearest to it, when it
 * is near enough.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(name, candidate) }))
    .sort((one, other) => one.distance - other.distance);
  const best = ranked[0];
  const isNear = best !== undefined && best.distance <= Math.max(1, Math.floor(name.length / 3));
  return isNear ? best.candidate : undefined;
}

/** Edits (insert, delete, replace) from one word to the other; words are cut to 64 characters. */
function distance(one: string, other: string): number {
  const [from, to] = [one.slice(0, 64), other.slice(0, 64)];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, wanted] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
