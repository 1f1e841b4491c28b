import { once } from 'node:events';
import { parentPort, Worker } from 'node:worker_threads';
import { type Chunk, type ChunkResult, runChunk } from './batch.js';
import { enginesOfReleases } from './engines-of-releases.js';
import { runSeed } from './run-seed.js';

/** Threads that run chunks of seeds, one each at a time; a lost thread ends the whole run. */
export class Threads {
  readonly #workers: readonly Worker[];

  /** @param entry The program itself, which serves chunks when it finds itself in a thread. */
  constructor(entry: URL, count: number) {
    this.#workers = Array.from({ length: count }, () => new Worker(entry));
  }

  async run(chunk: Chunk, job: number): Promise<ChunkResult> {
    const worker = this.#workers[job];
    if (worker === undefined) throw new RangeError(`there is no job ${job}`);
    worker.postMessage(chunk);
    const [result] = await once(worker, 'message');
    return result as ChunkResult; // Our own program answers with nothing else.
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** Runs what the main thread asks for, until it ends this thread. */
export async function serveChunks(): Promise<void> {
  const engines = await enginesOfReleases();
  const run = (seed: number) => runSeed({ seed, engines });
  parentPort?.on('message', (chunk: Chunk) => parentPort?.postMessage(runChunk(chunk, run)));
}
