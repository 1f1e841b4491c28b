import { syncBuiltinESMExports } from 'node:module';
import type { Rng } from '@group-services/core';
import type { Scheduled, VirtualTime } from '@group-services/testkit';
import { LibraryProcess } from './library-process.js';

/**
 * Puts the clocks, timers and random numbers of the platform on virtual time, so that code which takes
 * them from there runs in a simulation as it is: the client library, and what is built on it.
 *
 * A timer belongs to the simulated process in which it was set. Whoever waits for the real event loop
 * meanwhile uses `settled`, which was there before.
 */

const timers = process.getBuiltinModule('node:timers');
const realSetImmediate = setImmediate;

/** Resolves when everything has run that waits for nothing but the present turn. */
export function settled(): Promise<void> {
  return new Promise((resolve) => realSetImmediate(resolve));
}

/** What a program keeps of a timer. */
class VirtualTimer {
  readonly #restart: () => Scheduled;
  #task: Scheduled;

  constructor(restart: () => Scheduled) {
    this.#restart = restart;
    this.#task = restart();
  }

  cancel(): void {
    this.#task.cancel();
  }

  refresh(): this {
    this.#task.cancel();
    this.#task = this.#restart();
    return this;
  }

  ref(): this {
    return this;
  }

  /** Nothing waits for a timer here. */
  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

/** Gives back what puts everything back in its place. */
export function installVirtualGlobals(
  time: VirtualTime,
  options: { readonly rng: Rng; readonly wallClockStart: number },
): () => void {
  const { rng, wallClockStart } = options;
  const after = (ms: number | undefined, task: () => void): VirtualTimer => {
    const process = LibraryProcess.present();
    const run = process === undefined ? task : (): void => process.perform(task);
    return new VirtualTimer(() => time.after(Math.max(ms ?? 0, 0), run));
  };
  const clear = (timer: unknown): void => {
    if (timer instanceof VirtualTimer) timer.cancel();
  };
  const set = (task: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) =>
    after(ms, () => task(...given));
  const setSoon = (task: (...given: unknown[]) => void, ...given: unknown[]) =>
    after(0, () => task(...given));
  const repeat = (task: (...given: unknown[]) => void, ms = 1, ...given: unknown[]) => {
    const timer: VirtualTimer = after(Math.max(ms, 1), () => {
      timer.refresh();
      task(...given);
    });
    return timer;
  };
  const undo = [
    replace(globalThis, 'setTimeout', set),
    replace(globalThis, 'clearTimeout', clear),
    replace(globalThis, 'setInterval', repeat),
    replace(globalThis, 'clearInterval', clear),
    replace(globalThis, 'setImmediate', setSoon),
    replace(timers, 'setImmediate', setSoon),
    replace(performance, 'now', () => time.now),
    replace(Date, 'now', () => Math.floor(wallClockStart + time.now)),
    replace(Math, 'random', () => rng.next()),
    replace(crypto, 'randomUUID', () => uuid(rng)),
  ];
  syncBuiltinESMExports();
  return () => {
    for (const each of undo) each();
    syncBuiltinESMExports();
  };
}

function replace(owner: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, before);
  };
}

function uuid(rng: Rng): string {
  const part = (digits: number): string =>
    Array.from({ length: digits }, () => rng.between(0, 15).toString(16)).join('');
  return `${part(8)}-${part(4)}-4${part(3)}-8${part(3)}-${part(12)}`;
}
