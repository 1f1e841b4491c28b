/**
 * Log lines on their way to standard error.
 *
 * Standard error may be a disk that is full, a terminal that is gone, or a pipe that nobody reads. A
 * program whose job is to answer others within milliseconds must not wait for it, and must not end
 * because of it. So lines are kept for a while, up to a bound, and tried again; what does not fit is
 * dropped and counted, and the count is told as soon as there is room.
 */

/** Where lines go. Writing may take a part; what it does not take is offered again later. */
export interface LogOutput {
  /** Calls back with the bytes taken, and with what stood in the way of more. Never blocks. */
  write(bytes: Uint8Array, done: (taken: number, error: Error | undefined) => void): void;
  /** The same in this very turn, for the last words of a program. */
  writeNow(bytes: Uint8Array): { readonly taken: number; readonly error: Error | undefined };
}

export interface LogSinkOptions {
  readonly output: LogOutput;
  /** Some room has come after lines were dropped: `dropped` of them, for this reason. */
  readonly resumed: (dropped: number, reason: string) => void;
  /** Bytes kept at most; default 1 MiB. */
  readonly bytesMax?: number | undefined;
}

const BYTES_MAX = 1024 * 1024;
const BATCH_BYTES = 64 * 1024;
/** A reader that is slow is offered more soon, a full disk now and then. */
const RETRY_FIRST_MS = 10;
const RETRY_LONGEST_MS = 1000;
/** How long the last words of a program may wait for a slow reader, all in all. */
const LAST_WORDS_MS = 100;
const LAST_WORDS_STEP_MS = 5;

export class LogSink {
  readonly #output: LogOutput;
  readonly #resumed: LogSinkOptions['resumed'];
  readonly #bytesMax: number;
  #lines: string[] = [];
  /** Of the lines; their length in characters, which is near enough for a bound. */
  #size = 0;
  /** What was offered and not taken yet: it goes before the lines. */
  #batch: Uint8Array = new Uint8Array(0);
  #isWriting = false;
  #isScheduled = false;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = RETRY_FIRST_MS;
  #dropped = 0;
  #reason = '';

  constructor({ output, resumed, bytesMax = BYTES_MAX }: LogSinkOptions) {
    this.#output = output;
    this.#resumed = resumed;
    this.#bytesMax = bytesMax;
  }

  /** Takes one line or drops it. */
  write(line: string): void {
    if (this.#size + this.#batch.length + line.length > this.#bytesMax) {
      this.#dropped += 1;
      return;
    }
    this.#lines.push(line);
    this.#size += line.length;
    if (this.#isScheduled || this.#isWriting || this.#retry !== undefined) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#offer();
    });
  }

  /** Writes what is kept before it returns, as far as it can be written without much ado. */
  flushSync(): void {
    // What another thread is writing right now is let be.
    if (this.#isWriting) this.#batch = new Uint8Array(0);
    let patience = LAST_WORDS_MS / LAST_WORDS_STEP_MS;
    for (;;) {
      this.#fill();
      if (this.#batch.length === 0) return;
      const { taken, error } = this.#output.writeNow(this.#batch);
      this.#batch = this.#batch.subarray(taken);
      if (error === undefined && taken > 0) continue;
      if (error === undefined || !isSlowness(error) || patience <= 0) return;
      patience -= 1;
      sleep(LAST_WORDS_STEP_MS);
    }
  }

  #offer(): void {
    if (this.#isWriting) return;
    this.#fill();
    if (this.#batch.length === 0) return;
    this.#isWriting = true;
    const offered = this.#batch;
    this.#output.write(offered, (taken, error) => {
      this.#isWriting = false;
      // Unless the last words have overtaken it.
      if (this.#batch === offered) this.#batch = offered.subarray(taken);
      if (error === undefined) this.#went();
      else this.#stuck(taken, error);
    });
  }

  #fill(): void {
    if (this.#batch.length > 0 || this.#lines.length === 0) return;
    let count = 0;
    let size = 0;
    while (count < this.#lines.length && size < BATCH_BYTES) {
      size += this.#lines[count]?.length ?? 0;
      count += 1;
    }
    this.#batch = Buffer.from(this.#lines.splice(0, count).join(''));
    this.#size -= size;
  }

  #went(): void {
    this.#retryMs = RETRY_FIRST_MS;
    if (this.#dropped > 0 && this.#size + this.#batch.length < this.#bytesMax / 2) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      this.#resumed(dropped, this.#reason);
    }
    this.#offer();
  }

  #stuck(taken: number, error: Error): void {
    this.#reason = isSlowness(error) ? 'nobody read it in time' : error.message;
    this.#retryMs = taken > 0 ? RETRY_FIRST_MS : Math.min(this.#retryMs * 2, RETRY_LONGEST_MS);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#offer();
    }, this.#retryMs);
    this.#retry.unref();
  }
}

/** The other side has no room at the moment. */
function isSlowness(error: Error): boolean {
  return 'code' in error && error.code === 'EAGAIN';
}

/** Stops this thread: only for a program that is about to end. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
