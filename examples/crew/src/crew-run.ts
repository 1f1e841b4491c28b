import { ProgramError, Workers } from '@group-services/example-harness';
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

/** Starts the workers, shows what they report, and gives the digest on which they agree. */
export class Crew {
  readonly display: Display;
  readonly #options: CrewOptions;
  readonly #workers: Workers<Report>;
  readonly #members = new Map<number, string>();
  readonly #digests = new Map<string, number>();
  #done = 0;
  #killed = false;
  /** Runs from the first result on, anew with each one, until every worker has ended. */
  #stragglers: NodeJS.Timeout | undefined;

  constructor(options: CrewOptions) {
    this.#options = options;
    this.display = new Display(options.files);
    this.#workers = new Workers({
      program: new URL('./worker.js', import.meta.url),
      kills: [],
      say: (text) => this.display.say(text),
      onFact: (worker, report) => this.#onReport(worker, report),
    });
  }

  /** Resolves when every worker has ended; rejects when none came to a result or the signal stops it. */
  async run(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const { workers, files, root } = this.#options;
    this.display.say(`${workers} workers hash ${files} files below ${root}`);
    tell({ kind: 'began', workers, files });
    const group = `crew-${process.pid}-${Date.now().toString(36)}`;
    signal.addEventListener('abort', () => this.#workers.killAll());
    await Promise.all(Array.from({ length: workers }, (_, index) => this.#start(group, index)));
    signal.throwIfAborted();
    const [digest, ...others] = [...this.#digests.keys()];
    if (digest === undefined) throw new ProgramError('no worker came to a result');
    if (others.length > 0)
      throw new ProgramError(`workers disagree: ${[digest, ...others].join(', ')}`);
    return digest;
  }

  async #start(group: string, index: number): Promise<void> {
    const { endpoints, root, list, pause } = this.#options;
    const endpoint = endpoints[index % endpoints.length] ?? '';
    const job: Job = { group, endpoint, root, list, pause };
    await this.#workers.start(index, job);
    this.#members.delete(index);
  }

  #onReport(worker: number, message: Report): void {
    switch (message.kind) {
      case 'joined':
        this.#members.set(worker, message.id);
        if (message.again) this.#isBack(message.id);
        break;
      case 'took-over':
        if (worker === this.#first()) {
          this.display.say(`gone: ${message.from.join(', ')}; its share is spread over the others`);
          tell({ kind: 'gone', from: message.from });
        }
        break;
      case 'progress':
        this.#progress(message.done);
        break;
      case 'finished':
        this.#digests.set(message.digest, (this.#digests.get(message.digest) ?? 0) + 1);
        clearTimeout(this.#stragglers);
        this.#stragglers = setTimeout(() => this.#workers.killAll(), STRAGGLER_MS).unref();
        break;
    }
  }

  #isBack(id: string): void {
    this.display.say(`${id} is back as a new member`);
    tell({ kind: 'back', id });
  }

  #progress(done: number): void {
    if (done <= this.#done) return;
    this.#done = done;
    this.display.progress(done, this.#members.size);
    const share = done / this.#options.files;
    tell({ kind: 'progress', share });
    if (this.#killed || !(share >= this.#options.killWorkerAt)) return;
    this.#killed = true;
    const victim = [...this.#members.keys()].at(-1);
    if (victim === undefined) return;
    this.display.say(`killing worker ${this.#members.get(victim)} with SIGKILL`);
    tell({ kind: 'killed', id: this.#members.get(victim) });
    this.#workers.kill(victim);
  }

  #first(): number | undefined {
    return [...this.#members.keys()][0];
  }
}

/** For whoever has started this program and listens. */
function tell(fact: object): void {
  if (process.connected) process.send?.(fact);
}
