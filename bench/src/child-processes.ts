import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Owns everything a run leaves on the machine: its processes and the folder with its socket files.
 * `stopAll` is the orderly way; `killAll` is synchronous and safe in an `exit` handler.
 */
export class ChildProcesses {
  /** For socket files; removed with everything in it at the end. */
  readonly folder = mkdtempSync(join(tmpdir(), 'gs-bench-'));
  /** Rejects when a process ends that nobody asked to end; never resolves. */
  readonly failure: Promise<never>;
  readonly #running = new Map<ChildProcess, { readonly ended: Promise<void> }>();
  readonly #expected = new WeakSet<ChildProcess>();
  readonly #fail: (error: Error) => void;

  constructor() {
    const { promise, reject } = rejectable();
    this.failure = promise;
    // A failure after the run has ended has no reader and must not end the process by itself.
    promise.catch(() => undefined);
    this.#fail = reject;
  }

  /** Starts another entry file of this package with an IPC channel; its errors show on ours. */
  fork(entry: string, label: string): ChildProcess {
    const child = fork(entry, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.adopt(child, label);
    return child;
  }

  /** Takes over a process started otherwise. */
  adopt(child: ChildProcess, label: string): void {
    const ended = new Promise<void>((resolve) => {
      const onEnd = (how: string) => {
        this.#running.delete(child);
        if (!this.#expected.has(child)) this.#fail(new Error(`${label} ended: ${how}`));
        resolve();
      };
      child.once('exit', (code, signal) => onEnd(signal ?? `status ${code}`));
      child.once('error', (error) => onEnd(error.message));
    });
    this.#running.set(child, { ended });
  }

  /** Sends SIGTERM, after a grace period SIGKILL, and resolves when the process is gone. */
  async stop(child: ChildProcess): Promise<void> {
    const running = this.#running.get(child);
    if (running === undefined) return;
    this.#expected.add(child);
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
    await running.ended;
    clearTimeout(timer);
  }

  /** Ends a process as a crash would. */
  kill(child: ChildProcess | undefined): void {
    if (child === undefined) return;
    this.#expected.add(child);
    child.kill('SIGKILL');
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((child) => this.stop(child)));
    this.killAll();
  }

  killAll(): void {
    for (const child of this.#running.keys()) {
      this.#expected.add(child);
      child.kill('SIGKILL');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const STOP_GRACE_MS = 5000;

function rejectable(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_resolve, rejectPromise) => {
    reject = rejectPromise;
  });
  return { promise, reject };
}
