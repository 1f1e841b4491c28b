import { type LogRecord, openItems } from './partition-log.js';

export interface Expectation {
  /** Items of each partition. */
  readonly items: number;
  /** Owners that were killed or lost their daemon: the only ones that may not have ended a tenure. */
  readonly lost: ReadonlySet<string>;
}

/** Everything that is wrong with the log of a partition; nothing, if it is right. */
export function problemsOf(
  records: readonly LogRecord[],
  { items, lost }: Expectation,
): readonly string[] {
  const audit = new Audit(lost);
  for (const record of records) audit.read(record);
  audit.close();
  const open = openItems(records, items);
  return open.length === 0 ? audit.problems : [...audit.problems, `not done: ${open.join(' ')}`];
}

/** Reads a log as it was written: at most one tenure at a time, and every item in one. */
class Audit {
  readonly problems: string[] = [];
  readonly #lost: ReadonlySet<string>;
  readonly #done = new Set<number>();
  #newest: LogRecord | undefined;
  /** The record that began the present tenure, until its end. */
  #tenure: LogRecord | undefined;

  constructor(lost: ReadonlySet<string>) {
    this.#lost = lost;
  }

  read(record: LogRecord): void {
    if (record.kind === 'start') this.#onStart(record);
    else if (!this.#isOfTenure(record)) {
      this.problems.push(`${record.kind} of ${record.owner} outside its tenure`);
    } else if (record.kind === 'end') this.#tenure = undefined;
    if (record.kind === 'done') this.#onDone(record.item ?? -1);
  }

  /** Nobody is left working. */
  close(): void {
    if (this.#tenure !== undefined && !this.#lost.has(this.#tenure.owner)) {
      this.problems.push(`${this.#tenure.owner} did not end`);
    }
  }

  #onStart(record: LogRecord): void {
    const { owner, fence } = record;
    if (this.#tenure !== undefined && !this.#lost.has(this.#tenure.owner)) {
      this.problems.push(`${owner} started while ${this.#tenure.owner} was working`);
    }
    const before = this.#newest;
    const again = before?.owner === owner && before.fence === fence;
    if (before !== undefined && !again && !(fence > before.fence)) {
      this.problems.push(`${owner} started with a token that is not greater than the last`);
    }
    this.#newest = record;
    this.#tenure = record;
  }

  #onDone(item: number): void {
    if (this.#done.has(item)) this.problems.push(`item ${item} was done twice`);
    this.#done.add(item);
  }

  #isOfTenure({ owner, fence }: LogRecord): boolean {
    return this.#tenure?.owner === owner && this.#tenure.fence === fence;
  }
}
