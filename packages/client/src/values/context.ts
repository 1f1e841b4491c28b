import { AsyncResource } from 'node:async_hooks';

/**
 * A handler that runs in the context in which it was given: what `AsyncLocalStorage` held there it holds
 * when the handler is called, which is when something came over a socket that knows nothing of it.
 */
export function inContext<A extends readonly unknown[], R>(
  handler: (...args: A) => R,
): (...args: A) => R {
  return AsyncResource.bind((...args: A): R => handler(...args));
}
