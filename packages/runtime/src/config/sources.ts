/** A text that somebody wrote, and where, so that a mistake in it can be pointed at. */
export interface Written {
  readonly text: string;
  /** For people: `--listen`, `GS_LISTEN`, `gsd.yaml:3 (listen)`. */
  readonly place: string;
}

/** What one source says: texts by the key of the option; a list has one entry for each value. */
export type Given = ReadonlyMap<string, readonly Written[]>;

/** One thing that is wrong, and where. */
export interface Mistake {
  readonly place: string;
  readonly message: string;
}

/** What was found in one source, right or wrong. */
export interface SourceResult {
  readonly given: Given;
  readonly mistakes: readonly Mistake[];
}

/** The known name nearest to an unknown one, when it is near enough to be meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(name, candidate) }))
    .sort((one, other) => one.distance - other.distance);
  const best = ranked[0];
  const isNear = best !== undefined && best.distance <= Math.max(1, Math.floor(name.length / 3));
  return isNear ? best.candidate : undefined;
}

export function unknownMessage(kind: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return `unknown ${kind}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
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
