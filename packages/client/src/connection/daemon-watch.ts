import type { Link } from '@group-services/transport';
import { KEEP_ALIVE } from '@group-services/wire';

/** A quarter of the keep-alive without a byte: the daemon is asked; four in a row: it is given up. */
const QUARTERS = 4;
/** So often in a row does it count for the daemon that this process was late itself. */
const EXCUSES = 3;

/**
 * Watches whether the daemon at the other end of a connection still does anything.
 *
 * A daemon that was stopped, or whose host is gone, leaves the connection open, and nothing that was
 * asked would ever be answered. Every byte that comes in is a sign of life, and the daemon gives one at
 * once when it is asked. Who was late itself accuses nobody: a process that was held up reads first what
 * has come meanwhile, and after a long sleep, which may have been the whole machine's, it asks again.
 */
export class DaemonWatch {
  readonly #link: Link;
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopped = false;
  #seenBytes = 0;
  #quietQuarters = 0;
  #excuses = EXCUSES;

  constructor(link: Link) {
    this.#link = link;
  }

  /**
   * Calls `silent` once, when nothing has come in for so long: at the earliest after that time, at the
   * latest a quarter of it later.
   */
  keepAlive(milliseconds: number, silent: () => void): void {
    this.#seenBytes = this.#link.receivedBytes;
    this.#nextQuarter(milliseconds / QUARTERS, silent);
  }

  /** Asks for a sign of life and calls `silent` when none comes in time. Gives what calls it off. */
  ask(patienceMs: number, silent: () => void): () => void {
    let off = false;
    this.#ask(patienceMs, EXCUSES, () => {
      if (!off) silent();
    });
    return () => {
      off = true;
    };
  }

  /** The connection has ended: nobody is called any more. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #ask(patienceMs: number, excuses: number, silent: () => void): void {
    if (this.#stopped) return;
    const before = this.#link.receivedBytes;
    this.#link.send(KEEP_ALIVE);
    this.#later(patienceMs, (lateMs) => {
      if (this.#link.receivedBytes > before) return;
      if (lateMs > patienceMs / 2 && excuses > 0) this.#ask(patienceMs, excuses - 1, silent);
      else silent();
    });
  }

  #nextQuarter(quarterMs: number, silent: () => void): void {
    this.#later(quarterMs, (lateMs) => {
      const { receivedBytes } = this.#link;
      if (receivedBytes > this.#seenBytes) {
        this.#seenBytes = receivedBytes;
        this.#quietQuarters = 0;
        this.#excuses = EXCUSES;
      } else if (lateMs > quarterMs && this.#excuses > 0) {
        this.#excuses -= 1;
        this.#quietQuarters = 1;
        this.#link.send(KEEP_ALIVE);
      } else {
        this.#quietQuarters += 1;
        if (this.#quietQuarters === 1) this.#link.send(KEEP_ALIVE);
      }
      if (this.#quietQuarters < QUARTERS) this.#nextQuarter(quarterMs, silent);
      else silent();
    });
  }

  /**
   * Looks in so many milliseconds, and tells by how much later that was. Between the timer and the look
   * sockets are read once, so that nothing that is here already can be missed.
   */
  #later(milliseconds: number, look: (lateMs: number) => void): void {
    const due = performance.now() + milliseconds;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      setImmediate(() => {
        if (!this.#stopped) look(performance.now() - due);
      });
    }, milliseconds);
    timer.unref();
    this.#timers.add(timer);
  }
}
