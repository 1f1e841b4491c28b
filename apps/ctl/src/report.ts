/** What a command found: the same in both forms. */
export interface Report {
  /** For programs: plain data. */
  readonly json: unknown;
  /** For people: lines without the last line break. */
  readonly text: string;
}
