import {
  type ConnectOptions,
  type GroupServices,
  InvalidArgumentError,
} from '@group-services/client';

/**
 * Where a recipe runs: in a connection of the program, and then the recipe ends when that does; or in one
 * of its own, made by these options, and then it connects and joins again after a loss.
 */
export type Where = GroupServices | ConnectOptions;

/** What every recipe takes. */
export interface RecipeOptions {
  /** Ends the recipe: it lets go of what it holds and leaves its group. */
  readonly signal?: AbortSignal | undefined;
}

/** How long a call may wait. */
export interface WaitOptions {
  /** Gives up waiting; what was got before stays. */
  readonly signal?: AbortSignal | undefined;
  /** Gives up after so many milliseconds with a TimeoutError; default 0, never. */
  readonly timeout?: number | undefined;
}

export function isServices(where: Where): where is GroupServices {
  return 'join' in where && typeof where.join === 'function';
}

/** The group of a recipe; its prefix keeps recipes of one name apart, and tells operators what it is. */
export function groupName(recipe: string, name: string): string {
  if (typeof name !== 'string' || name === '') {
    throw new InvalidArgumentError('name must be a text that is not empty', { argument: 'name' });
  }
  return `${recipe}:${name}`;
}

/** A name that no other member of this process uses; `mark` stands before it and is seen by all. */
export function instanceName(mark: string): string {
  return `${mark}-${crypto.randomUUID().slice(0, 18)}`;
}

export function checkCount(argument: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InvalidArgumentError(`${argument} must be a whole number, at least ${least}`, {
    argument,
  });
}

export function checkFunction(argument: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new InvalidArgumentError(`${argument} must be a function`, { argument });
}
