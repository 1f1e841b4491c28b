/**
 * The promise's result, or `expired()`'s error once the time is over. The promise itself goes on:
 * what it waits for is ended by whoever closes the connection.
 */
export async function within<T>(
  limitMs: number,
  promise: Promise<T>,
  expired: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    // Started here, stopped in `finally`.
    timer = setTimeout(() => reject(expired()), limitMs);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}
