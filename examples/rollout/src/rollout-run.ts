import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ending, ProgramError, Workers } from '@group-services/example-harness';
import { ConfigurationFiles } from './configuration-files.js';
import type { Configuration } from './group.js';
import type { Fact, Job, Veto } from './job.js';
import type { MemberRecord } from './verdict.js';

/** The second one is too much for the smallest host. */
export const plan: readonly Configuration[] = [
  { version: 1, maxConnections: 80 },
  { version: 2, maxConnections: 500 },
  { version: 3, maxConnections: 90 },
];

const SMALL_HOST = 100;
const USUAL_HOST = 1_000;

export interface RolloutOptions {
  readonly members: number;
  /** Members are spread over these in turn. */
  readonly endpoints: readonly string[];
  readonly folder: string;
  readonly kills: readonly string[];
}

/** Starts the members and collects what is left of them. */
export class Rollout {
  readonly #options: RolloutOptions;
  readonly #workers: Workers<Fact>;
  readonly #ids = new Map<number, string>();
  readonly #vetoes = new Map<number, readonly Veto[]>();
  readonly #group = `rollout-${process.pid}-${Date.now().toString(36)}`;
  #began = false;
  #wakeFirst: () => void = () => {};

  constructor(options: RolloutOptions) {
    this.#options = options;
    this.#workers = new Workers({
      program: new URL('./worker.js', import.meta.url),
      kills: options.kills,
      say: (text) => process.stdout.write(`${text}\n`),
      onFact: (worker, fact) => this.#onFact(worker, fact),
    });
  }

  async run(signal: AbortSignal): Promise<readonly MemberRecord[]> {
    const { members } = this.#options;
    signal.addEventListener('abort', () => this.#workers.killAll());
    const firstJoined = new Promise<void>((resolve) => {
      this.#wakeFirst = resolve;
    });
    const oldest = this.#start(0);
    // The small host is never the oldest member, so it is not its own proposal that it refuses.
    await Promise.race([firstJoined, oldest]);
    const others = Array.from({ length: members - 1 }, (_, index) => this.#start(index + 1));
    const endings = await Promise.all([oldest, ...others]);
    signal.throwIfAborted();
    return await Promise.all(endings.map((ending) => this.#record(ending)));
  }

  async #start(worker: number): Promise<Ending> {
    const { endpoints, folder, members } = this.#options;
    await mkdir(this.#folder(worker));
    const job: Job = {
      group: this.#group,
      endpoint: endpoints[worker % endpoints.length] ?? '',
      folder: join(folder, `w${worker}`),
      worker,
      members,
      connectionsMax: this.#connectionsMax(worker),
      plan: [...plan],
    };
    const ending = await this.#workers.start(worker, job);
    // The others would wait for it.
    if (!this.#began) this.#workers.killAll();
    return ending;
  }

  #onFact(worker: number, fact: Fact): void {
    if (fact.kind === 'began') this.#began = true;
    else if (fact.kind === 'finished') this.#vetoes.set(worker, fact.vetoes);
    else {
      this.#ids.set(worker, fact.id);
      this.#wakeFirst();
    }
  }

  async #record({ worker, lost }: Ending): Promise<MemberRecord> {
    const id = this.#ids.get(worker);
    if (id === undefined) throw new ProgramError(`worker ${worker} did not join`);
    const files = new ConfigurationFiles(this.#folder(worker));
    return {
      id,
      lost,
      connectionsMax: this.#connectionsMax(worker),
      applied: await files.applied(),
      inForce: await files.inForce(),
      vetoes: this.#vetoes.get(worker) ?? [],
    };
  }

  #folder(worker: number): string {
    return join(this.#options.folder, `w${worker}`);
  }

  #connectionsMax(worker: number): number {
    return worker === this.#options.members - 1 ? SMALL_HOST : USUAL_HOST;
  }
}
