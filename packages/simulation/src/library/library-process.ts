import { AsyncLocalStorage } from 'node:async_hooks';

const running = new AsyncLocalStorage<LibraryProcess>();

/**
 * A simulated process that runs real code. Everything it does follows from a timer or from a frame, and
 * goes through `perform`: so it can stand still, as a process that is stopped does, and be killed, after
 * which nothing of it runs any more.
 */
export class LibraryProcess {
  /** How often any of them has run: promises may wait for the event loop since. */
  static turns = 0;
  readonly name: string;
  /** Its open connections. */
  readonly links = new Set<Breakable>();
  #state: 'runs' | 'stands still' | 'wakes' | 'dead' = 'runs';
  #held: (() => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** The process in whose code this is called. */
  static present(): LibraryProcess | undefined {
    return running.getStore();
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  /** Runs a task of this process, when and if it runs. */
  perform(task: () => void): void {
    if (this.#state === 'runs') this.#run(task);
    else if (this.#state !== 'dead') this.#held.push(task);
  }

  pause(): void {
    if (this.#state !== 'dead') this.#state = 'stands still';
  }

  /** `later` runs a task when everything has run that the present turn leads to. */
  resume(later: (task: () => void) => void): void {
    if (this.#state !== 'stands still') return;
    this.#state = 'wakes';
    // What waited comes one by one, and before anything that comes meanwhile.
    const next = (): void => {
      if (this.#state !== 'wakes') return;
      const [task] = this.#held.splice(0, 1);
      if (task === undefined) {
        this.#state = 'runs';
        return;
      }
      this.#run(task);
      later(next);
    };
    next();
  }

  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#held = [];
    for (const link of [...this.links]) link.hangUp();
  }

  #run(task: () => void): void {
    LibraryProcess.turns += 1;
    running.run(this, task);
  }

  /** Its connections break, as when somebody between pulls a plug. */
  breakLinks(): void {
    for (const link of [...this.links]) link.break();
  }
}

/** A connection, as its process's kernel and the network have it. */
interface Breakable {
  /** Closed by the kernel of a process that is gone. */
  hangUp(): void;
  /** Both ends find it gone. */
  break(): void;
}
