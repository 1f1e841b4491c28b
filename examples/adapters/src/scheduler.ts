import type { GroupServices } from '@group-services/client';
import { type Lock, mutex, singleton } from '@group-services/recipes';

// Repeatable jobs for a fleet, as BullMQ has them, without a database: every process names the same jobs, one
// of them runs them, and another goes on when that one dies.

export interface Job {
  readonly name: string;
  /** Milliseconds from the end of one run to the next. */
  readonly every: number;
  /** Gets the fence of its term, and a signal that aborts when another process may run it. */
  readonly run: (term: { readonly fence: string; readonly signal: AbortSignal }) => Promise<void>;
  readonly onError?: (error: unknown) => void;
}

/** Runs jobs in one process of the fleet, until the signal aborts. */
export async function schedule(
  services: GroupServices,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<void> {
  await singleton(
    services,
    'scheduler',
    async (term) => {
      const over = AbortSignal.any([term.signal, signal]);
      await Promise.all(jobs.map((job) => repeat(job, term.fence, over)));
    },
    { signal },
  );
}

async function repeat(job: Job, fence: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await job.run({ fence, signal });
    } catch (error) {
      // A run that fails ends neither its job nor the others.
      job.onError?.(error);
    }
    await pause(job.every, signal);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });
}

/** Runs something by hand while no other process of the fleet does. */
export async function alone<T>(
  services: GroupServices,
  name: string,
  run: (lock: Lock) => Promise<T>,
): Promise<T> {
  await using locks = await mutex(services, name);
  await using lock = await locks.acquire();
  return await run(lock);
}
