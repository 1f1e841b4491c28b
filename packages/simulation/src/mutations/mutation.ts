/**
 * A deliberate defect: it takes one protection of the protocols away, by an edit of the source text.
 *
 * Production code knows nothing of it. A program that shall have a defect is bundled with it
 * (`load-program.ts`); the simulator and the engines' own checks must then object, which shows that they
 * would notice if the protection were really missing (docs/TESTING.md, Mutations).
 */
export interface Mutation {
  /** What is wrong with a program that has it. */
  readonly what: string;
  readonly edits: readonly Edit[];
}

/** One place of a source file: what stands there, exactly once, and what stands there instead. */
export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The file's text with these edits; throws for one whose place is not there, or not the only one. */
export function edited(file: string, text: string, edits: readonly Edit[]): string {
  return edits.reduce((before, { find, replace }) => {
    const [start, end, ...more] = before.split(find);
    if (start === undefined || end === undefined || more.length > 0) {
      const times = end === undefined ? 'is not there' : `is there ${more.length + 1} times`;
      throw new Error(
        `${file}: renew the planted defect, since what it replaces ${times}:\n${find}`,
      );
    }
    return `${start}${replace}${end}`;
  }, text);
}
