import { connect } from '@group-services/client';
import { type Ending, ProgramError, Workers } from '@group-services/example-harness';
import type { Manifest } from './group.js';
import type { Fact, Job } from './job.js';
import { newer, problemsOf } from './manifests.js';
import { INITIAL_BALANCE, ProcessFolder } from './parts.js';

export interface CheckpointOptions {
  readonly processes: number;
  readonly checkpoints: number;
  /** Processes are spread over those of these that answer. */
  readonly endpoints: readonly string[];
  readonly folder: string;
  readonly kills: readonly string[];
}

/** More starts than anybody needs who is not in trouble. */
const STARTS_MAX = 10;

/** Starts the processes, and starts all of them again from the last manifest when one is gone. */
export class CheckpointRun {
  readonly #options: CheckpointOptions;
  readonly #workers: Workers<Fact>;
  readonly #joined = new Set<number>();
  /** Every manifest that was ever approved, as one process after the other told it. */
  readonly #approved: Manifest[] = [];
  readonly #problems: string[] = [];

  constructor(options: CheckpointOptions) {
    this.#options = options;
    this.#workers = new Workers({
      program: new URL('./worker.js', import.meta.url),
      kills: options.kills,
      say: (text) => this.#say(text),
      onFact: (worker, fact) => {
        if (fact.kind === 'joined') this.#joined.add(worker);
        else this.#approved.push(fact.manifest);
      },
    });
  }

  /** Resolves with everything that is wrong: nothing, if it is right. */
  async run(signal: AbortSignal): Promise<readonly string[]> {
    signal.addEventListener('abort', () => this.#workers.killAll());
    let newest = await this.#newestOnDisk();
    for (let start = 1; newest.number < this.#options.checkpoints; start += 1) {
      if (start > STARTS_MAX) throw new ProgramError(`no end after ${STARTS_MAX} starts`);
      const endings = await this.#startAll(start);
      signal.throwIfAborted();
      const lost = endings.filter((ending) => ending.lost).map(({ worker }) => worker);
      const before = newest;
      newest = await this.#newestOnDisk();
      this.#say(`start ${start} ended with checkpoint ${newest.number} on disk`);
      if (newest.number < before.number) this.#problems.push('a checkpoint was lost');
      await this.#check(newest);
      if (lost.length > 0) this.#say(`ended too early: processes ${lost.join(', ')}`);
    }
    for (const manifest of this.#approved) await this.#check(manifest);
    this.#checkNumbers();
    return [...new Set(this.#problems)];
  }

  async #startAll(start: number): Promise<readonly Ending[]> {
    const { processes, folder, checkpoints } = this.#options;
    const endpoints = await this.#answering();
    // A new group for each start: what is left of the one before has no part in it.
    const group = `checkpoint-${process.pid}-${Date.now().toString(36)}-${start}`;
    this.#joined.clear();
    return await Promise.all(
      Array.from({ length: processes }, async (_, worker) => {
        const endpoint = endpoints[worker % endpoints.length] ?? '';
        const job: Job = { group, endpoint, folder, worker, processes, checkpoints };
        const ending = await this.#workers.start(worker, job);
        // The others wait until all have joined.
        if (this.#joined.size < processes) this.#workers.killAll();
        return ending;
      }),
    );
  }

  async #answering(): Promise<readonly string[]> {
    const answering: string[] = [];
    for (const endpoint of this.#options.endpoints) {
      try {
        await (await connect({ endpoint })).close();
        answering.push(endpoint);
      } catch (error) {
        this.#say(error instanceof Error ? error.message : String(error));
      }
    }
    if (answering.length === 0) throw new ProgramError('no daemon answers');
    return answering;
  }

  /** Each process has the newest manifest that it wrote; all start from the newest of these. */
  async #newestOnDisk(): Promise<Manifest> {
    const { folder, processes } = this.#options;
    const manifests = Array.from({ length: processes }, (_, owner) =>
      new ProcessFolder(folder, owner).readManifest(),
    );
    return (await Promise.all(manifests)).reduce(newer);
  }

  async #check(manifest: Manifest): Promise<void> {
    const { folder, processes } = this.#options;
    const sum = processes * INITIAL_BALANCE;
    this.#problems.push(...(await problemsOf(manifest, { folder, processes, sum })));
  }

  /** A number stands for one manifest, over all starts. */
  #checkNumbers(): void {
    const seen = new Map<number, string>();
    for (const manifest of this.#approved) {
      const text = JSON.stringify(manifest);
      if ((seen.get(manifest.number) ?? text) !== text) {
        this.#problems.push(`checkpoint ${manifest.number} was approved twice, not the same`);
      }
      seen.set(manifest.number, text);
    }
  }

  #say(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}
