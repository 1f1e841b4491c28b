import { InvariantViolation } from '@group-services/core';
import { TransportError } from '@group-services/transport';

import { type Logger, writeHeldBack } from './logger.js';
import { type ServiceManager, serviceManager } from './service-manager.js';
import { closeLostTerminals, hasTerminal, startedAtTerminal } from './standard-error.js';

/** How long an orderly stop may take, in milliseconds. */
const STOP_LIMIT_MS = 5000;

/** Exit statuses of a program that serves. */
export const EXIT_STATUS = {
  done: 0,
  /** It cannot serve, for a reason that its operator can do something about. */
  failed: 1,
  /** The configuration has mistakes. */
  misuse: 2,
  /** A defect of ours: what the code guarantees does not hold. */
  defect: 70,
} as const;

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

type StopSignal = keyof typeof SIGNAL_NUMBERS;

/**
 * A definite reason why a program cannot serve, in words for its operator: a refusal by the name
 * server, a certificate that cannot be read. One line in the log, exit status 1, no stack.
 */
export class ProgramFailure extends Error {
  override readonly name = 'ProgramFailure';
}

/** What a program has become when it can serve. */
export interface RunningProgram {
  /** The ready line, without its `ready: true`. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Stops in order. Called once. */
  stop(): Promise<void>;
  /** Reads its files again (SIGHUP); what cannot be used leaves the old one in force. */
  reload?(): void | Promise<void>;
}

export interface StartContext {
  /** Fires when the program is told to stop; a start that is under way does well to give up. */
  readonly signal: AbortSignal;
  /** Ends the program at any time: one line in the log, an orderly stop, exit status 1. */
  fail(reason: ProgramFailure): void;
}

export interface RunProgramOptions {
  readonly logger: Logger;
  /** Resolves when the program can serve; a ProgramFailure or TransportError ends it with one line. */
  readonly start: (context: StartContext) => Promise<RunningProgram>;
  /** Reads again what the program was told, such as the level of its log (SIGHUP). */
  readonly reload?: (() => void) | undefined;
  /** Default: this process. */
  readonly process?: ProcessPort | undefined;
}

/** What is needed of the operating system's process. */
export interface ProcessPort {
  /** Started at a terminal, whose end (SIGHUP) is then meant to be its own. */
  readonly atTerminal: boolean;
  /** Whether that terminal is still there. */
  hasTerminal(): boolean;
  /** Who has started us and wants to hear of it. */
  readonly manager: ServiceManager | undefined;
  onSignal(signal: StopSignal, handle: () => void): void;
  /** Exceptions and rejections that nobody caught. */
  onUncaught(handle: (error: unknown) => void): void;
  /** Writes to standard output; a closed one is no reason to end. */
  print(text: string): void;
  exit(status: number): void;
}

/** This process. */
export function nodeProcess(): ProcessPort {
  return {
    atTerminal: startedAtTerminal(),
    hasTerminal,
    manager: serviceManager(process.env),
    onSignal: (signal, handle) => void process.on(signal, handle),
    onUncaught: (handle) => {
      process.on('uncaughtException', handle);
      process.on('unhandledRejection', handle);
    },
    print: (text) => {
      // Whoever started us may have read the ready line and closed the pipe.
      if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => {});
      process.stdout.write(text);
    },
    exit: (status) => {
      process.once('exit', closeLostTerminals);
      process.exit(status);
    },
  };
}

/**
 * Runs a program that serves until it is told to stop: prints its ready line, stops in order on the
 * first SIGTERM or SIGINT (within 5 s, exit status 0) and at once on the second, and turns
 * everything that goes wrong into one log entry and an exit status. SIGHUP lets it read its files again;
 * only a program whose terminal was closed stops in order then.
 */
export function runProgram(options: RunProgramOptions): void {
  new ProgramRun(options).begin();
}

class ProgramRun {
  readonly #logger: Logger;
  readonly #start: RunProgramOptions['start'];
  readonly #reload: RunProgramOptions['reload'];
  readonly #process: ProcessPort;
  readonly #stopping = new AbortController();
  #running: Promise<RunningProgram> | undefined;
  /** What `fail` was called with first. */
  #failure: ProgramFailure | undefined;
  #exited = false;

  constructor({ logger, start, reload, process: port = nodeProcess() }: RunProgramOptions) {
    this.#reload = reload;
    this.#logger = logger;
    this.#start = start;
    this.#process = port;
  }

  begin(): void {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      this.#process.onSignal(signal, () => this.#onSignal(signal));
    }
    this.#process.onSignal('SIGHUP', () => this.#onHangUp());
    this.#process.onUncaught((error) => this.#onUncaught(error));
    const fail = (reason: ProgramFailure): void => this.#onFailure(reason);
    this.#running = this.#start({ signal: this.#stopping.signal, fail });
    this.#running.then(
      ({ ready }) => this.#onReady(ready),
      (error: unknown) => this.#onStartFailed(error),
    );
  }

  #onReady(ready: Readonly<Record<string, unknown>>): void {
    if (this.#stopping.signal.aborted) return;
    this.#process.print(`${JSON.stringify({ ready: true, ...ready })}\n`);
    this.#logger.info(ready, 'ready');
    const { manager } = this.#process;
    manager?.tell('READY=1');
    if (manager?.signOfLifeMs === undefined) return;
    // A program that hangs says nothing any more, and is started again.
    setInterval(() => manager.tell('WATCHDOG=1'), manager.signOfLifeMs).unref();
  }

  #onStartFailed(error: unknown): void {
    if (error instanceof ProgramFailure || error instanceof TransportError) {
      // A start that gave up because it was told to stop has not failed.
      if (this.#stopping.signal.aborted) return;
      const code = error instanceof TransportError ? { code: error.code } : {};
      this.#logger.fatal(code, `cannot start: ${error.message}${nextStep(error)}`);
      this.#exit(EXIT_STATUS.failed);
    } else if (!this.#stopping.signal.aborted) {
      this.#onUncaught(error);
    }
  }

  #onSignal(signal: StopSignal): void {
    if (this.#stopping.signal.aborted) {
      this.#logger.warn({ signal }, 'stopping at once');
      this.#exit(128 + SIGNAL_NUMBERS[signal]);
      return;
    }
    this.#logger.info({ signal }, 'stopping');
    this.#stop();
  }

  #onHangUp(): void {
    const { atTerminal, manager } = this.#process;
    if (this.#stopping.signal.aborted) return;
    // The end of its terminal is meant to be its own; a signal that somebody sends never is.
    if (atTerminal && !this.#process.hasTerminal()) return this.#onSignal('SIGHUP');
    this.#logger.info({ signal: 'SIGHUP' }, 'reads its files again');
    manager?.tell('RELOADING=1');
    this.#reloadAll().then(
      () => manager?.tell('READY=1'),
      (error: unknown) => {
        this.#logger.error({ err: error }, 'not all files could be read again');
        manager?.tell('READY=1');
      },
    );
  }

  async #reloadAll(): Promise<void> {
    this.#reload?.();
    const running = await this.#running;
    await running?.reload?.();
  }

  #onFailure(reason: ProgramFailure): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    this.#logger.fatal(reason.message);
    if (!this.#stopping.signal.aborted) this.#stop();
  }

  #stop(): void {
    // Runs until the process exits.
    setTimeout(() => {
      this.#logger.error({ limitMs: STOP_LIMIT_MS }, 'the orderly stop took too long');
      this.#exit(EXIT_STATUS.failed);
    }, STOP_LIMIT_MS);
    this.#stopping.abort();
    this.#process.manager?.tell('STOPPING=1');
    this.#stopOnceStarted().then(
      () => this.#exit(this.#failure === undefined ? EXIT_STATUS.done : EXIT_STATUS.failed),
      (error: unknown) => {
        this.#logger.error({ err: error }, 'the orderly stop failed');
        this.#exit(EXIT_STATUS.failed);
      },
    );
  }

  async #stopOnceStarted(): Promise<void> {
    // A start that gives up rejects; there is nothing to stop then.
    const running = await this.#running?.catch(() => undefined);
    await running?.stop();
  }

  #onUncaught(error: unknown): void {
    const message =
      error instanceof InvariantViolation
        ? `a guarantee of this program does not hold: ${error.message}`
        : 'an error that nobody handled';
    try {
      if (error instanceof InvariantViolation) writeHeldBack(this.#logger);
      this.#logger.fatal({ err: error }, message);
    } finally {
      // Whether or not it could be said.
      this.#exit(EXIT_STATUS.defect);
    }
  }

  #exit(status: number): void {
    if (this.#exited) return;
    this.#exited = true;
    this.#process.exit(status);
  }
}

/** Which command shows what is in the way. */
function nextStep(error: Error): string {
  if (!(error instanceof TransportError) || error.code !== 'address-in-use') return '';
  const port = /:([0-9]+)$/u.exec(error.address)?.[1];
  if (port === undefined) return '';
  const isLinux = process.platform === 'linux';
  return `; see who: ${isLinux ? `ss -ltnp 'sport = :${port}'` : `lsof -nP -i :${port}`}`;
}
