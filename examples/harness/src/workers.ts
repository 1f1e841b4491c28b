import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { reportSchema } from './channel.js';
import { ProgramError } from './program.js';
import { Questions } from './questions.js';

export interface WorkersOptions<Fact> {
  /** The built program of a worker. */
  readonly program: URL;
  /** `WORKER@MOMENT`: who is killed at which moment, or at the first that begins with it; each once. */
  readonly kills: readonly string[];
  readonly say: (text: string) => void;
  readonly onFact: (worker: number, fact: Fact) => void;
}

/** How a worker ended: lost, if it did not come to the end of its program. */
export interface Ending {
  readonly worker: number;
  readonly lost: boolean;
}

/** The child processes of an example. */
export class Workers<Fact> {
  readonly #options: WorkersOptions<Fact>;
  readonly #kills: Set<string>;
  readonly #running = new Map<number, ChildProcess>();
  /** Whoever started this program with a channel, such as a test, decides when a moment is over. */
  readonly #onlooker = new Questions();

  constructor(options: WorkersOptions<Fact>) {
    for (const kill of options.kills) {
      if (!/^\d+@./.test(kill)) throw new ProgramError(`not WORKER@MOMENT: ${kill}`);
    }
    this.#options = options;
    this.#kills = new Set(options.kills);
  }

  /** Starts one; resolves when it has ended. */
  async start(worker: number, job: unknown): Promise<Ending> {
    const file = fileURLToPath(this.#options.program);
    const child = fork(file, [JSON.stringify(job)], { stdio: 'inherit' });
    this.#running.set(worker, child);
    child.on('message', (message) => this.#onMessage(worker, child, message));
    const status = await new Promise<number | null>((resolve) => child.on('exit', resolve));
    this.#running.delete(worker);
    return { worker, lost: status !== 0 };
  }

  get running(): readonly number[] {
    return [...this.#running.keys()];
  }

  kill(worker: number): void {
    this.#running.get(worker)?.kill('SIGKILL');
  }

  killAll(): void {
    for (const worker of this.#running.keys()) this.kill(worker);
  }

  #onMessage(worker: number, child: ChildProcess, message: unknown): void {
    const report = reportSchema.parse(message);
    if (report.kind === 'say') this.#options.say(report.text);
    // The worker's program and this one are built together and agree on the facts.
    else if (report.kind === 'fact') this.#options.onFact(worker, report.fact as Fact);
    else if (report.kind === 'moment') {
      this.#onMoment(worker, child, report).catch((error: unknown) => child.emit('error', error));
    }
  }

  async #onMoment(
    worker: number,
    child: ChildProcess,
    { name, number }: { readonly name: string; readonly number: number },
  ): Promise<void> {
    const kill = [...this.#kills].find((each) => `${worker}@${name}-`.startsWith(`${each}-`));
    if (kill !== undefined) {
      this.#kills.delete(kill);
      this.#options.say(`killing worker ${worker} with SIGKILL at ${name}`);
      this.kill(worker);
      return;
    }
    await this.#onlooker.ask({ kind: 'moment', worker, pid: child.pid, name });
    // It may have been killed meanwhile.
    if (child.connected) child.send({ kind: 'go', number }, () => {});
  }
}
