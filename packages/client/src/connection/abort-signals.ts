/**
 * One listener for each signal, however many calls are given the same one.
 *
 * Programs hand one signal to everything they do. A listener for each call would be taken for a leak:
 * Node warns of more than ten.
 */
const watched = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `then` when the signal aborts, unless the function that is given back was called before. */
export function whenAborted(signal: AbortSignal | undefined, then: () => void): () => void {
  if (signal === undefined) return () => {};
  const waiting = watched.get(signal) ?? listenTo(signal);
  // A function of its own for each call: the same `then` may be given twice.
  const call = (): void => then();
  waiting.add(call);
  return () => void waiting.delete(call);
}

/** The listener stays for as long as the signal lives; it holds nothing but what still waits. */
function listenTo(signal: AbortSignal): Set<() => void> {
  const waiting = new Set<() => void>();
  watched.set(signal, waiting);
  const onAbort = (): void => {
    const calls = [...waiting];
    waiting.clear();
    for (const call of calls) call();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return waiting;
}
