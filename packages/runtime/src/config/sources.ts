import { nearest } from '@group-services/core';

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

export function unknownMessage(kind: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return `unknown ${kind}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}
