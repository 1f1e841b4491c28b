import { defineGroup, type GroupView } from '@group-services/client';
import {
  checkCount,
  groupName,
  type RecipeOptions,
  type WaitOptions,
  type Where,
} from '../base/where.js';
import { type Lock, Locks } from './lock.js';
import { among } from './place.js';

/** Where locks of one kind are had. */
export interface Mutex extends AsyncDisposable {
  /** Waits in line for it; rejects with AbortedError, TimeoutError, ConnectionLostError. */
  acquire(options?: WaitOptions): Promise<Lock>;
}

export interface ReadWriteLock extends AsyncDisposable {
  /** Shared with other readers. */
  read(options?: WaitOptions): Promise<Lock>;
  /** Held alone. */
  write(options?: WaitOptions): Promise<Lock>;
}

/**
 * A lock that one process of the domain holds at a time: who asked first has it first, and who dies has
 * released it. Each lock is a place of its own, also within one process.
 */
export async function mutex(
  where: Where,
  name: string,
  options: RecipeOptions = {},
): Promise<Mutex> {
  return new Counted(1, locksOf('mutex', { where, name, version: 'mutex' }, options));
}

/** The same for so many holders at a time. All who use it must give the same number. */
export async function semaphore(
  where: Where,
  name: string,
  permits: number,
  options: RecipeOptions = {},
): Promise<Mutex> {
  checkCount('permits', permits, 1);
  const version = `semaphore of ${permits}`;
  return new Counted(permits, locksOf('semaphore', { where, name, version }, options));
}

/** A lock that many readers share, or one writer holds alone; whoever asked first comes first. */
export async function rwlock(
  where: Where,
  name: string,
  options: RecipeOptions = {},
): Promise<ReadWriteLock> {
  return new ReadersAndWriters(locksOf('rwlock', { where, name, version: 'rwlock' }, options));
}

interface Named {
  readonly where: Where;
  readonly name: string;
  /** Members that mean something else are refused when they join. */
  readonly version: string;
}

function locksOf(recipe: string, { where, name, version }: Named, options: RecipeOptions): Locks {
  const group = defineGroup({ name: groupName(recipe, name), attributes: { version } });
  return new Locks({ where, group, title: `${recipe} ${name}` }, options);
}

class Counted implements Mutex {
  readonly #permits: number;
  readonly #locks: Locks;

  constructor(permits: number, locks: Locks) {
    this.#permits = permits;
    this.#locks = locks;
  }

  acquire(options?: WaitOptions): Promise<Lock> {
    return this.#locks.acquire('lock', among(this.#permits), options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#locks[Symbol.asyncDispose]();
  }
}

const WRITER = 'write';
const READER = 'read';

class ReadersAndWriters implements ReadWriteLock {
  readonly #locks: Locks;

  constructor(locks: Locks) {
    this.#locks = locks;
  }

  read(options?: WaitOptions): Promise<Lock> {
    return this.#locks.acquire(READER, noWriterBefore, options);
  }

  write(options?: WaitOptions): Promise<Lock> {
    return this.#locks.acquire(WRITER, among(1), options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#locks[Symbol.asyncDispose]();
  }
}

/** What a member is, stands in its id: `<node>/write-…`. */
function noWriterBefore(view: GroupView, id: string): boolean {
  const index = view.providers.indexOf(id);
  return index >= 0 && !view.providers.slice(0, index).some((each) => each.includes(`/${WRITER}-`));
}
