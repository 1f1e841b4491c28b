import { mkdirSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SeenMoment, seenMomentSchema } from './channel.js';
import { Process } from './process.js';

/** Sees what a running example says on its channel. */
export interface Watcher {
  /** A worker is at a moment; it goes on when this has resolved. */
  readonly onMoment?: ((moment: SeenMoment) => void | Promise<void>) | undefined;
  readonly onMessage?: ((message: unknown) => void) | undefined;
}

/** A name server, two daemons, and a folder for what runs over them. */
export class Workshop {
  readonly #folder: string;
  readonly #processes: Process[] = [];
  readonly #daemons: Process[] = [];
  /** What onlookers threw; the test fails with it in the end. */
  readonly #failures: unknown[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(this.scratch);
  }

  /** Temporary files that have not been removed. */
  get scraps(): readonly string[] {
    return readdirSync(this.scratch);
  }

  /** Where the programs put their temporary files. */
  get scratch(): string {
    return join(this.#folder, 'scratch');
  }

  static async open(): Promise<Workshop> {
    // Not the system's temporary folder, whose name may be too long for the path of a socket.
    const workshop = new Workshop(await mkdtemp('/tmp/gs-'));
    const address = await workshop.#startNameServer();
    await Promise.all([0, 1].map((index) => workshop.#startDaemon(index, address)));
    return workshop;
  }

  endpoint(index: number): string {
    return `unix://${join(this.#folder, `${index}.sock`)}`;
  }

  /** A folder for files of the test, removed with everything else. */
  folder(name: string): string {
    const path = join(this.#folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Runs a built example over both daemons. */
  example(program: URL, args: readonly string[], watcher: Watcher = {}): Process {
    const endpoints = [0, 1].flatMap((index) => ['--endpoint', this.endpoint(index)]);
    const running: Process = this.run(
      fileURLToPath(program),
      [...args, ...endpoints],
      (message) => {
        const seen = seenMomentSchema.safeParse(message);
        if (!seen.success) return watcher.onMessage?.(message);
        const go = (): void => running.send({ kind: 'go', number: seen.data.number });
        new Promise<void>((resolve) => resolve(watcher.onMoment?.(seen.data))).then(go, (error) => {
          this.#failures.push(error);
          running.signal('SIGKILL');
        });
      },
    );
    return running;
  }

  run(file: string, args: readonly string[], onMessage?: (message: unknown) => void): Process {
    const started = new Process({ file, args, scratch: this.scratch, onMessage });
    this.#processes.push(started);
    return started;
  }

  /** Resolves when it is dead. */
  async killDaemon(index: number): Promise<void> {
    await this.#daemons[index]?.destroy();
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((started) => started.destroy()));
    await rm(this.#folder, { recursive: true, force: true });
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  async #startNameServer(): Promise<string> {
    const anywhere = ['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'];
    const file = built('../../../apps/name-server/dist/gsns.js');
    const ready = await this.run(file, [...anywhere, '--fresh']).ready();
    return String(ready['listen']);
  }

  async #startDaemon(index: number, nameServer: string): Promise<void> {
    const daemon = this.run(built('../../../apps/daemon/dist/gsd.js'), [
      ...['--listen', 'tcp://127.0.0.1:0', '--admin', 'http://127.0.0.1:0'],
      ...['--name-server', nameServer, '--node', `n${index}`, '--client', this.endpoint(index)],
    ]);
    this.#daemons[index] = daemon;
    await daemon.ready();
  }
}

/** A built file, from its place relative to this folder. */
function built(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** For vitest's `extend`: a workshop for each test that asks for one. */
export const workshopFixture = {
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs from this pattern.
  workshop: async ({}, use: (workshop: Workshop) => Promise<void>): Promise<void> => {
    const workshop = await Workshop.open();
    try {
      await use(workshop);
    } finally {
      await workshop.close();
    }
  },
};

/** For vitest's `extend`: an empty folder for each test that asks for one. */
export const folderFixture = {
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs from this pattern.
  folder: async ({}, use: (folder: string) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp('/tmp/gs-');
    try {
      await use(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
