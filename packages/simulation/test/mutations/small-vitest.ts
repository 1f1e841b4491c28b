import { expect } from 'vitest';

type Run = (...values: readonly unknown[]) => unknown;

/**
 * As much of vitest as the tests of single parts use: a file that is loaded with it, and with a defect,
 * can be asked what fails.
 */
export class SmallVitest {
  readonly #tests: { readonly name: string; readonly run: Run }[] = [];
  /** What the file gets in the place of vitest. */
  readonly library: object;

  constructor() {
    const define = (name: string, run: Run): void => {
      this.#tests.push({ name, run });
    };
    const each = (rows: readonly unknown[]) => (name: string, run: Run) => {
      for (const [index, row] of rows.entries()) {
        define(`${name} (${index})`, () => run(...(Array.isArray(row) ? row : [row])));
      }
    };
    const test = Object.assign(define, { each });
    const describe = (_name: string, within: () => void): void => within();
    this.library = { expect, describe, test, it: test };
  }

  /** Runs one test after the other until one fails. */
  async firstFailure(): Promise<string | undefined> {
    for (const { name } of this.#tests) if (!(await this.passes(name))) return name;
    return undefined;
  }

  /** Runs this test. */
  async passes(name: string): Promise<boolean> {
    const found = this.#tests.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no test ${name}`);
    try {
      await found.run();
      return true;
    } catch {
      return false;
    }
  }
}
