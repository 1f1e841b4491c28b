import { ProgramError, Workers } from '@group-services/example-harness';
import type { Fact, Job } from './job.js';
import { PartitionLog } from './partition-log.js';
import { problemsOf } from './verdict.js';

export interface WorkPoolOptions {
  readonly workers: number;
  /** Workers are spread over these in turn. */
  readonly endpoints: readonly string[];
  readonly folder: string;
  readonly partitions: number;
  /** Items of each partition. */
  readonly items: number;
  /** Milliseconds of work for each item. */
  readonly pause: number;
  readonly kills: readonly string[];
}

/** Starts one worker after the other while the work goes on, and reads the logs in the end. */
export class WorkPoolRun {
  readonly #options: WorkPoolOptions;
  readonly #workers: Workers<Fact>;
  readonly #group = `work-pool-${process.pid}-${Date.now().toString(36)}`;
  readonly #ids = new Map<number, string>();
  readonly #endings: Promise<void>[] = [];
  readonly #lost = new Set<string>();
  #done = 0;
  #tenth = 0;

  constructor(options: WorkPoolOptions) {
    this.#options = options;
    this.#workers = new Workers({
      program: new URL('./worker.js', import.meta.url),
      kills: options.kills,
      say: (text) => this.#say(text),
      onFact: (worker, fact) => this.#onFact(worker, fact),
    });
  }

  /** Resolves with everything that is wrong: nothing, if it is right. */
  async run(signal: AbortSignal): Promise<readonly string[]> {
    signal.addEventListener('abort', () => this.#workers.killAll());
    this.#startNext();
    // Each that joins may start another.
    for (const ending of this.#endings) await ending;
    signal.throwIfAborted();
    const { workers } = this.#options;
    if (this.#ids.size < workers) throw new ProgramError(`not all of ${workers} workers came`);
    return await this.#audit();
  }

  get #total(): number {
    return this.#options.partitions * this.#options.items;
  }

  /** Worker 0 at once, and each later one when somewhat more is done: partitions move all the time. */
  #startNext(): void {
    const { workers } = this.#options;
    const next = this.#endings.length;
    const isLastHere = this.#ids.size === next;
    if (next >= workers || !isLastHere || this.#done < (this.#total * next) / (2 * workers)) return;
    this.#endings.push(this.#run(next));
  }

  async #run(worker: number): Promise<void> {
    const { endpoints, folder, partitions, items, pause } = this.#options;
    const endpoint = endpoints[worker % endpoints.length] ?? '';
    const job: Job = { group: this.#group, endpoint, folder, worker, partitions, items, pause };
    const { lost } = await this.#workers.start(worker, job);
    const id = this.#ids.get(worker);
    if (id === undefined) {
      this.#say(`worker ${worker} did not join`);
      this.#workers.killAll();
    }
    if (!lost || id === undefined) return;
    this.#lost.add(id);
    this.#say(`${id} is lost`);
  }

  #onFact(worker: number, fact: Fact): void {
    if (fact.kind === 'joined') this.#ids.set(worker, fact.id);
    else this.#done += 1;
    const tenth = Math.floor((this.#done * 10) / this.#total);
    if (tenth > this.#tenth) {
      this.#tenth = tenth;
      this.#say(`${this.#done} of ${this.#total} items`);
    }
    this.#startNext();
  }

  async #audit(): Promise<readonly string[]> {
    const { partitions, items, folder } = this.#options;
    const problems: string[] = [];
    for (let partition = 0; partition < partitions; partition += 1) {
      const records = await new PartitionLog(folder, partition).read();
      const owners = records.filter(({ kind }) => kind === 'start').map(({ owner }) => owner);
      this.#say(`partition ${partition}: ${owners.join(' -> ')}`);
      for (const problem of problemsOf(records, { items, lost: this.#lost })) {
        problems.push(`partition ${partition}: ${problem}`);
      }
    }
    return problems;
  }

  #say(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}
