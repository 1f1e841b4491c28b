/** A checker found something that must never happen; the seed that led here is a bug report. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly checker: string;

  constructor(checker: string, text: string) {
    super(`${checker}: ${text}`);
    this.checker = checker;
  }
}
