import { setTimeout as pause } from 'node:timers/promises';
import type { Parent } from '@group-services/example-harness/worker';
import type { Fact, Job } from './job.js';
import { openItems, PartitionLog } from './partition-log.js';

/** All done; told to stop; or refused by the log, because somebody else has the partition now. */
export type TenureEnd = 'finished' | 'stopped' | 'fenced';

/** One owner's time with one partition: from its start in the log to its end there. */
export class Tenure {
  readonly ended: Promise<TenureEnd>;
  readonly #partition: number;
  readonly #owner: string;
  readonly #fence: string;
  readonly #log: PartitionLog;
  readonly #stopRequest: Promise<void>;
  #requestStop: () => void = () => {};
  #stopping = false;

  constructor(
    { partition, owner, fence }: { partition: number; owner: string; fence: string },
    job: Job,
    parent: Parent<Fact>,
  ) {
    this.#partition = partition;
    this.#owner = owner;
    this.#fence = fence;
    this.#log = new PartitionLog(job.folder, partition);
    this.#stopRequest = new Promise((resolve) => {
      this.#requestStop = resolve;
    });
    this.ended = this.#work(job, parent);
  }

  /** Resolves when nothing is done on the partition any more, and the log says so. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#requestStop();
    await this.ended;
  }

  async #work(job: Job, parent: Parent<Fact>): Promise<TenureEnd> {
    if (!(await this.#append('start'))) return 'fenced';
    const open = openItems(await this.#log.read(), job.items);
    let done = 0;
    for (const item of open) {
      await Promise.race([parent.moment(`next-${this.#partition}`), this.#stopRequest]);
      if (this.#stopping) break;
      // From here on the item is brought to its end: the log decides whether it counts.
      await pause(job.pause);
      await parent.moment(`work-${this.#partition}`);
      if (!(await this.#append('done', item))) return 'fenced';
      parent.tell({ kind: 'done' });
      done += 1;
    }
    if (!(await this.#append('end'))) return 'fenced';
    return done === open.length ? 'finished' : 'stopped';
  }

  async #append(kind: 'start' | 'done' | 'end', item?: number): Promise<boolean> {
    return await this.#log.append({ kind, item, owner: this.#owner, fence: this.#fence });
  }
}
