/**
 * Rules of the house that one look at the text of a file decides. What each of them must find, and what it
 * must leave alone, is planted in `test/sources.test.ts`.
 */

/** What is the case, or what somebody does: `isIdle`, `hasRoom`, `wantsToJoin`. */
const ASSERTION = /^#?(is|has|may|can|was|[a-z]+s)(?=[A-Z]|$)/;

/** Getters that say yes or no and are not named as a statement. */
export function vagueGetters(text: string): readonly string[] {
  return [...text.matchAll(/^ +get (#?\w+)\(\): boolean/gm)].flatMap(([, name = '']) =>
    ASSERTION.test(name) ? [] : [name],
  );
}

/** Lines that break a rule, by what the rule is about. */
export const LINES = {
  /** What a loop looks at has a name of its own. */
  namelessLoop: /for \(const (it|\[\w+, it\]) of /,
  /** A note for later names its issue. */
  looseNote: /\b(TODO|FIXME)\b(?!\(#\d+\))/,
  /** What needs a line across the file to be found is a file of its own. */
  banner: /^\s*\/\/\s*[-=*#]{3,}/,
  /** No test is left out or runs alone. */
  leftOutTest: /\b(describe|it|test|suite)(\.\w+)*\.(only|skip|todo)\b/,
  /** The lockfile serves from any mirror. */
  registry: /https?:\/\//,
} as const;

/** The numbers of the lines in which this is found, from 1 on. */
export function linesWith(text: string, pattern: RegExp): readonly number[] {
  return text.split('\n').flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
}
