import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Display } from './display.js';
import type { Job, Report } from './job.js';

export interface CrewOptions {
  readonly workers: number;
  /** Workers are spread over these in turn. */
  readonly endpoints: readonly string[];
  readonly root: string;
  readonly list: string;
  readonly files: number;
  readonly pause: number;
  /** The share done at which one worker is killed; not a number: nobody is. */
  readonly killWorkerAt: number;
}

/** Workers whose daemon has not come back so long after the last other one finished are given up. */
const STRAGGLER_MS = 3_000;

/** Why there is no result, in words for the user. */
export class CrewError extends Error {}

/** Starts the workers, shows what they report, and gives the digest on which they agree. */
export class Crew {
  readonly display: Display;
  readonly #options: CrewOptions;
  readonly #workers = new Set<ChildProcess>();
  readonly #members = new Map<ChildProcess, string>();
  readonly #digests = new Map<string, number>();
  #done = 0;
  #killed = false;
  /** Runs from the first result on, anew with each one, until every worker has ended. */
  #stragglers: NodeJS.Timeout | undefined;

  constructor(options: CrewOptions) {
    this.#options = options;
    this.display = new Display(options.files);
  }

  /** Resolves when every worker has ended; rejects when none came to a result or the signal stops it. */
  async run(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const { workers, files, root } = this.#options;
    this.display.say(`${workers} workers hash ${files} files below ${root}`);
    const group = `crew-${process.pid}-${Date.now().toString(36)}`;
    signal.addEventListener('abort', () => this.#killAll());
    await Promise.all(Array.from({ length: workers }, (_, index) => this.#start(group, index)));
    signal.throwIfAborted();
    const [digest, ...others] = [...this.#digests.keys()];
    if (digest === undefined) throw new CrewError('no worker came to a result');
    if (others.length > 0)
      throw new CrewError(`workers disagree: ${[digest, ...others].join(', ')}`);
    return digest;
  }

  #start(group: string, index: number): Promise<void> {
    const { endpoints, root, list, pause } = this.#options;
    const endpoint = endpoints[index % endpoints.length] ?? '';
    const job: Job = { group, endpoint, root, list, pause };
    const file = fileURLToPath(new URL('./worker.js', import.meta.url));
    const worker = fork(file, [JSON.stringify(job)], { stdio: 'inherit' });
    this.#workers.add(worker);
    worker.on('message', (message) => this.#onReport(worker, message as Report));
    return new Promise((ended) => {
      worker.on('exit', () => {
        this.#workers.delete(worker);
        this.#members.delete(worker);
        ended();
      });
    });
  }

  #onReport(worker: ChildProcess, message: Report): void {
    switch (message.kind) {
      case 'joined':
        this.#members.set(worker, message.id);
        if (message.again) this.display.say(`${message.id} is back as a new member`);
        break;
      case 'took-over':
        if (worker === this.#first()) {
          this.display.say(`gone: ${message.from.join(', ')}; its share is spread over the others`);
        }
        break;
      case 'progress':
        this.#progress(message.done);
        break;
      case 'finished':
        this.#digests.set(message.digest, (this.#digests.get(message.digest) ?? 0) + 1);
        clearTimeout(this.#stragglers);
        this.#stragglers = setTimeout(() => this.#killAll(), STRAGGLER_MS).unref();
        break;
    }
  }

  #progress(done: number): void {
    if (done <= this.#done) return;
    this.#done = done;
    this.display.progress(done, this.#members.size);
    const share = done / this.#options.files;
    if (process.connected) process.send?.({ kind: 'progress', share });
    if (this.#killed || !(share >= this.#options.killWorkerAt)) return;
    this.#killed = true;
    const victim = [...this.#members.keys()].at(-1);
    this.display.say(`killing worker ${victim && this.#members.get(victim)} with SIGKILL`);
    victim?.kill('SIGKILL');
  }

  #first(): ChildProcess | undefined {
    return [...this.#members.keys()][0];
  }

  #killAll(): void {
    for (const worker of this.#workers) worker.kill('SIGKILL');
  }
}
