import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { built, type Domain, type Node } from './domain.js';
import type { LabelledOutput } from './labelled-output.js';
import { type Fact, Story } from './story.js';

/** The daemon that is killed under the crew, and when it goes and comes back. */
const VICTIM: Node = 'n3';
const KILL_DAEMON_AT = 0.4;
const RESTART_DAEMON_AT = 0.6;
/** In percent of the files. */
const KILL_WORKER_AT = 20;
/** Between two files of one worker, so that the run lasts long enough to be disturbed. */
const PAUSE_MS = 20;

/** Runs the crew example over the domain, kills a daemon under it, and starts that one again. */
export class CrewRun {
  readonly #domain: Domain;
  readonly #output: LabelledOutput;
  readonly #story = new Story();
  #child: ReturnType<typeof fork> | undefined;
  #step: 'before' | 'killing' | 'killed' | 'restarting' | 'restarted' = 'before';
  #daemonWork: Promise<void> = Promise.resolve();

  constructor(domain: Domain, output: LabelledOutput) {
    this.#domain = domain;
    this.#output = output;
  }

  /** Resolves with the example's own verdict. */
  async run(directory: string): Promise<boolean> {
    const file = built('@group-services/example-crew', 'crew.js');
    const endpoints = this.#domain.nodes.flatMap((node) => [
      '--endpoint',
      this.#domain.socket(node),
    ]);
    const timing = ['--pause', String(PAUSE_MS), '--kill-worker', String(KILL_WORKER_AT)];
    const child = fork(file, [directory, ...endpoints, ...timing], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => this.#output.line('crew', line));
    }
    child.on('message', (message) => this.#onFact(message as Fact));
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', resolve);
    });
    this.#child = undefined;
    await this.#daemonWork;
    return status === 0;
  }

  /** What there was to see. */
  get summary(): readonly string[] {
    return this.#story.summary();
  }

  /** Resolves when the example and its workers have ended. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.kill('SIGTERM');
    await new Promise((resolve) => child.on('exit', resolve));
  }

  #onFact(fact: Fact): void {
    this.#story.heard(fact);
    if (fact.kind !== 'progress') return;
    const { share } = fact;
    if (this.#step === 'before' && share >= KILL_DAEMON_AT) {
      this.#step = 'killing';
      this.#output.line('start', `killing daemon ${VICTIM} with SIGKILL`);
      this.#story.daemonKilled(VICTIM);
      this.#begin(this.#domain.killDaemon(VICTIM), 'killed');
    } else if (this.#step === 'killed' && share >= RESTART_DAEMON_AT) {
      this.#step = 'restarting';
      this.#output.line('start', `starting daemon ${VICTIM} again`);
      this.#begin(this.#domain.startDaemon(VICTIM), 'restarted');
    }
  }

  /** A failure is reported when the example has ended; until then it must not count as unhandled. */
  #begin(work: Promise<void>, step: 'killed' | 'restarted'): void {
    this.#daemonWork = work.then(() => {
      this.#step = step;
    });
    this.#daemonWork.catch(() => {});
  }
}
