/** What the example tells while it runs. */
export type Fact =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'began'; readonly workers: number; readonly files: number }
  /** A worker was killed. */
  | { readonly kind: 'killed'; readonly id: string }
  /** The others have heard that these are no members any more. */
  | { readonly kind: 'gone'; readonly from: readonly string[] }
  /** A worker has joined again by itself. */
  | { readonly kind: 'back'; readonly id: string };

/** Remembers what `npm start` has shown, and tells it in a few lines at the end. */
export class Story {
  readonly #now: () => number;
  readonly #began: number;
  #workers = 0;
  #files = 0;
  #worker: Loss | undefined;
  #daemon: Loss | undefined;
  #daemonsWorkers = 0;
  #back = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#began = now();
  }

  heard(fact: Fact): void {
    if (fact.kind === 'began') {
      this.#workers = fact.workers;
      this.#files = fact.files;
    } else if (fact.kind === 'killed') this.#worker = { what: fact.id, at: this.#now() };
    else if (fact.kind === 'back') this.#back += 1;
    else if (fact.kind === 'gone') this.#gone(fact.from);
  }

  daemonKilled(node: string): void {
    this.#daemon = { what: node, at: this.#now() };
  }

  /** Only what has happened. */
  summary(): readonly string[] {
    const seconds = ((this.#now() - this.#began) / 1000).toFixed(1);
    const lines = [
      `What was shown, in ${seconds} s: one group of ${this.#workers} processes on 3 daemons hashed ${this.#files} files.`,
    ];
    if (this.#worker !== undefined) {
      const { what } = this.#worker;
      lines.push(`* ${what} was killed; ${heardOf(this.#worker)}, and took over its share.`);
    }
    if (this.#daemon !== undefined) {
      const { what } = this.#daemon;
      const members =
        this.#daemonsWorkers > 0 ? `, and with it ${this.#daemonsWorkers} members` : '';
      lines.push(`* The daemon ${what} was killed${members}; ${heardOf(this.#daemon)}.`);
    }
    if (this.#back > 0) {
      lines.push(
        `* When that daemon was there again, ${this.#back} came back as new members and were told what they had missed.`,
      );
    }
    return lines;
  }

  #gone(from: readonly string[]): void {
    if (this.#worker !== undefined && from.includes(this.#worker.what)) {
      this.#worker.heardAt ??= this.#now();
    }
    const daemon = this.#daemon;
    const local = daemon === undefined ? [] : from.filter((id) => id.startsWith(`${daemon.what}/`));
    if (daemon === undefined || local.length === 0) return;
    daemon.heardAt ??= this.#now();
    this.#daemonsWorkers += local.length;
  }
}

interface Loss {
  readonly what: string;
  readonly at: number;
  heardAt?: number;
}

function heardOf({ at, heardAt }: Loss): string {
  if (heardAt === undefined) return 'the others went on';
  return `the others heard of it ${Math.max(1, Math.round(heardAt - at))} ms later`;
}
